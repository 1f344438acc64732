namespace Numerics.Nn;

/// <summary>How often yes/no decisions were right and wrong; weights of examples, not necessarily integers.</summary>
/// <param name="TruePositives">What was rightly taken for 1.</param>
/// <param name="FalsePositives">What was wrongly taken for 1.</param>
/// <param name="FalseNegatives">What was wrongly taken for 0.</param>
/// <param name="TrueNegatives">What was rightly taken for 0.</param>
public readonly record struct BinaryCounts(double TruePositives, double FalsePositives, double FalseNegatives, double TrueNegatives)
{
    /// <summary>Of what was taken for 1, the share that is: TP / (TP + FP); 0 when nothing was.</summary>
    public double Precision() => TruePositives == 0 ? 0 : TruePositives / (TruePositives + FalsePositives);

    /// <summary>Of what is 1, the share that was taken for it: TP / (TP + FN), the sensitivity; 0 when nothing is.</summary>
    public double Recall() => TruePositives == 0 ? 0 : TruePositives / (TruePositives + FalseNegatives);

    /// <summary>Of what is 0, the share that was taken for it: TN / (TN + FP); 0 when nothing is.</summary>
    public double Specificity() => TrueNegatives == 0 ? 0 : TrueNegatives / (TrueNegatives + FalsePositives);

    /// <summary>(1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP); 0 without true positives.</summary>
    /// <param name="beta">How many times as much recall counts as precision.</param>
    public double FBeta(double beta = 1)
    {
        double square = beta * beta, hits = (1 + square) * TruePositives;
        return TruePositives == 0 ? 0 : hits / (hits + (square * FalseNegatives) + FalsePositives);
    }

    /// <summary>The mean of TP / (TP + FN) and TN / (TN + FP); of one of them where the other class does not occur, 0 without
    /// examples.</summary>
    public double BalancedAccuracy()
    {
        double positives = TruePositives + FalseNegatives, negatives = TrueNegatives + FalsePositives;
        return positives == 0 && negatives == 0 ? 0
            : positives == 0 ? TrueNegatives / negatives
            : negatives == 0 ? TruePositives / positives
            : ((TruePositives / positives) + (TrueNegatives / negatives)) / 2;
    }

    /// <summary>
    /// (TP·TN - FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN)), in [-1, 1]; 0 where a factor is.
    /// Source: Matthews, "Comparison of the predicted and observed secondary structure of T4 phage lysozyme", 1975.
    /// </summary>
    public double MatthewsCorrelation()
    {
        // Roots of pairs of factors keep the product in range.
        double scale = Math.Sqrt((TruePositives + FalsePositives) * (TruePositives + FalseNegatives))
            * Math.Sqrt((TrueNegatives + FalsePositives) * (TrueNegatives + FalseNegatives));
        return scale == 0 ? 0 : ((TruePositives * TrueNegatives) - (FalsePositives * FalseNegatives)) / scale;
    }
}

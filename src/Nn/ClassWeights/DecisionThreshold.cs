using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The threshold of scores above which class 1 is decided for, and what it achieves.</summary>
/// <param name="Threshold">Greater scores count as 1, as in <see cref="Precision"/> and the other metrics.</param>
/// <param name="Value">The objective's value there.</param>
public readonly record struct DecisionThreshold(float Threshold, double Value)
{
    /// <summary>
    /// The best of all thresholds on validation data. Decisions differ between two neighbouring scores only, so each gap is tried
    /// once, at its middle, and also nothing (at the highest score) and everything (just below the lowest) as class 1. Of equally
    /// good thresholds it is the highest.
    /// </summary>
    /// <param name="yTrue">Yes/no labels or class numbers [examples] or [examples, 1], or one-hot rows [examples, classes].</param>
    /// <param name="scores">The predictions [examples], [examples, 1], or [examples, classes].</param>
    /// <param name="objective">What is made great, such as <c>counts => counts.FBeta(2)</c>; NaN is taken for worst.</param>
    /// <param name="classId">The class that is decided for or against, where there are several columns of scores.</param>
    /// <param name="sampleWeight">The weight of each example [examples]; 1 when null.</param>
    /// <exception cref="ShapeMismatchException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentException">There are no examples of weight, a score is not finite, or a label names no class.
    /// </exception>
    public static DecisionThreshold Tune(
        NDArray yTrue, NDArray scores, Func<BinaryCounts, double> objective, int classId = 1, NDArray? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(objective);
        ArgumentOutOfRangeException.ThrowIfNegative(classId);
        ScoreRanking ranking = Rank(yTrue, scores, classId, sampleWeight);
        (double positives, double negatives) = ranking.Totals();
        if (positives + negatives == 0)
            throw new ArgumentException($"{nameof(DecisionThreshold)}: there are no examples that count", nameof(scores));
        DecisionThreshold best = default;
        ScoreRanking.Cut last = default;
        bool any = false;
        void Try(float threshold)
        {
            double found = objective(new BinaryCounts(
                last.TruePositives, last.FalsePositives, positives - last.TruePositives, negatives - last.FalsePositives));
            double value = double.IsNaN(found) ? double.NegativeInfinity : found;
            if (!any || value > best.Value)
                best = new DecisionThreshold(threshold, value);
            any = true;
        }

        foreach (ScoreRanking.Cut cut in ranking)
        {
            Try(any ? Between(cut.Score, last.Score) : cut.Score);
            last = cut;
        }

        Try(float.BitDecrement(last.Score));
        return best;
    }

    private static ScoreRanking Rank(NDArray yTrue, NDArray scores, int classId, NDArray? sampleWeight)
    {
        using var scope = new TensorScope();
        Tensor? weights = sampleWeight is null ? null : Tensor.From(sampleWeight);
        ClassifierBatch batch = ClassifierBatch.Read(yTrue, scores, weights, nameof(DecisionThreshold));
        int column = batch.ColumnsOf(batch.Columns == 1 ? 0 : classId).First;
        var ranking = new ScoreRanking();
        for (int i = 0; i < batch.Examples; i++)
        {
            float score = batch.Row(i)[column];
            if (!float.IsFinite(score))
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{nameof(DecisionThreshold)}: the score of example {i} is {score}"), nameof(scores));
            }

            ranking.Add(score, batch.IsPositive(i, column), batch.Weight(i));
        }

        return ranking;
    }

    // Neighbouring floats have no middle: the lower one still leaves it below the upper one.
    private static float Between(float low, float high)
    {
        float middle = (float)(((double)low + high) / 2);
        return middle < high ? middle : low;
    }
}

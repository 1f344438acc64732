namespace Numerics.Nn;

/// <summary>
/// The agreement of labels and predictions beyond chance: 1 - Σ w_ij·O_ij / Σ w_ij·E_ij, where O_ij is the share of class i taken
/// for j, E_ij the product of the shares of label i and prediction j, and w_ij how bad the error is. 1 is agreement, 0 chance.
/// 0 where the divisor is: nothing taken in, or labels and predictions of one and the same class.
/// Sources: Cohen, "A coefficient of agreement for nominal scales", 1960; with weights, Cohen, "Weighted kappa", 1968.
/// </summary>
public sealed class CohenKappa : ConfusionMatrixMetric
{
    private readonly KappaWeights _weights;

    /// <summary>Creates the metric.</summary>
    /// <param name="weights">How bad it is to take one class for another.</param>
    /// <param name="threshold">A greater prediction counts as class 1, where there is a single column; use 0 for logits.</param>
    /// <param name="name">The name in logs.</param>
    public CohenKappa(KappaWeights weights = KappaWeights.None, float threshold = 0.5f, string name = "cohen_kappa")
        : base(threshold, name)
    {
        if (!Enum.IsDefined(weights))
            throw new ArgumentOutOfRangeException(nameof(weights), weights, "unknown weights");
        _weights = weights;
    }

    private protected override double Result(double[,] counts)
    {
        (double all, double[] labels, double[] predictions) = Totals(counts);
        double observed = 0, expected = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            for (int j = 0; j < labels.Length; j++)
            {
                double distance = Math.Abs(i - j);
                double weight = _weights switch
                {
                    KappaWeights.None => i == j ? 0 : 1,
                    KappaWeights.Linear => distance,
                    _ => distance * distance,
                };
                observed += weight * counts[i, j];
                expected += weight * labels[i] * predictions[j];
            }
        }

        return expected == 0 ? 0 : 1 - (observed * all / expected);
    }
}

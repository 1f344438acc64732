namespace Numerics.Nn;

/// <summary>
/// The correlation of labels and predictions, in [-1, 1]: for n examples of which c are right, t_k of class k and p_k taken for
/// it, R_K = (c·n - Σ p_k·t_k) / √((n² - Σ p_k²)(n² - Σ t_k²)). For two classes it is Matthews' φ coefficient. 0 where the root
/// is: nothing taken in, or labels or predictions of one class only.
/// Source: Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004, equation 8.
/// </summary>
/// <param name="threshold">A greater prediction counts as class 1, where there is a single column; use 0 for logits.</param>
/// <param name="name">The name in logs.</param>
public sealed class MatthewsCorrelation(float threshold = 0.5f, string name = "matthews_correlation")
    : ConfusionMatrixMetric(threshold, name)
{
    private protected override double Result(double[,] counts)
    {
        (double all, double[] labels, double[] predictions) = Totals(counts);
        double covariance = 0;
        for (int i = 0; i < labels.Length; i++)
            covariance += (counts[i, i] * all) - (labels[i] * predictions[i]);
        double scale = Math.Sqrt(Variance(labels, all)) * Math.Sqrt(Variance(predictions, all));
        return scale == 0 ? 0 : Math.Clamp(covariance / scale, -1, 1);
    }

    // n² - Σ x² with n = Σ x, without subtracting squares.
    private static double Variance(double[] totals, double all)
    {
        double sum = 0;
        foreach (double total in totals)
            sum += total * Math.Max(all - total, 0);
        return sum;
    }
}

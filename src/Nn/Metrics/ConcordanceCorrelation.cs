namespace Numerics.Nn;

/// <summary>
/// The mean over the examples of 2·cov(y, p) / (σ_y² + σ_p² + (μ_y - μ_p)²), in [-1, 1]: how near the values of an example are to the line
/// p = y, not to any line. 0 where both are constant. Keras adds 1e-7 to the divisor.
/// Source: Lin, "A concordance correlation coefficient to evaluate reproducibility", Biometrics 45, 1989.
/// </summary>
/// <param name="axis">The axis of the values, not the first; negative counts from the end.</param>
/// <param name="name">The name in logs.</param>
public sealed class ConcordanceCorrelation(int axis = -1, string name = "concordance_correlation") : CorrelationMetric(axis, name)
{
    private protected override double Correlation(Moments moments)
    {
        double scale = moments.OfTarget + moments.OfPrediction + (moments.Shift * moments.Shift);
        return scale == 0 ? 0 : 2 * moments.Covariance / scale;
    }
}

namespace Numerics.Nn;

/// <summary>
/// The mean over the examples of cov(y, p) / (σ_y·σ_p), in [-1, 1]: how well a line through the values of an example fits them. 0 where
/// target or prediction is constant (Keras' is NaN there).
/// Source: Pearson, "Notes on regression and inheritance in the case of two parents", 1895.
/// </summary>
/// <param name="axis">The axis of the values, not the first; negative counts from the end.</param>
/// <param name="name">The name in logs.</param>
public sealed class PearsonCorrelation(int axis = -1, string name = "pearson_correlation") : CorrelationMetric(axis, name)
{
    private protected override double Correlation(Moments moments)
    {
        double scale = Math.Sqrt(moments.OfTarget) * Math.Sqrt(moments.OfPrediction);
        return scale == 0 ? 0 : Math.Clamp(moments.Covariance / scale, -1, 1);
    }
}

namespace Numerics.Tensors;

/// <content>Batch normalisation.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// gamma·(x - mean)/√(variance + epsilon) + beta with mean and biased variance of this batch over all axes but the last
    /// (Ioffe and Szegedy 2015), then max(·, 0) if asked for. The gradient takes the statistics' dependence on x into account.
    /// </summary>
    /// <param name="gamma">[channels].</param>
    /// <param name="beta">[channels].</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <returns>The normalised tensor, and the batch's mean and variance as constants.</returns>
    public (Tensor Y, Tensor Mean, Tensor Variance) BatchNormalization(Tensor gamma, Tensor beta, float epsilon, bool relu = false)
    {
        Backend backend = SameBackend(this, gamma);
        CheckFloat(this);
        int channels = Rank == 0 ? 0 : Shape[-1];
        if (channels == 0 || Count == 0)
            throw new ShapeMismatchException($"BatchNormalization: expected [.., channels] with something in it, got {Shape}");
        CheckShape(gamma, channels, "gamma");
        CheckShape(beta, channels, "beta");
        Shape rows = new(Count / channels, channels);
        Tensor y = Empty(backend, Shape), mean = Empty(backend, channels), variance = Empty(backend, channels);
        backend.BatchNormalization(View(rows), gamma, beta, epsilon, relu, y.View(rows), mean, variance);
        GradientTape.Record(y, [this, gamma, beta], [mean, variance], (dy, _) =>
        {
            Tensor dx = Empty(backend, Shape), dgamma = Empty(backend, channels), dbeta = Empty(backend, channels);
            backend.BatchNormalizationGradient(
                View(rows), gamma, mean, variance, epsilon, relu ? y.View(rows) : null, dy.View(rows), dx.View(rows), dgamma, dbeta);
            return [dx, dgamma, dbeta];
        });
        return (y, mean, variance);
    }
}

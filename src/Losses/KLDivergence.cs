using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The Kullback-Leibler divergence over the last axis, Σ y·ln(y/p), of distributions y and p; both are kept in [1e-7, 1] before the
/// division, as in Keras. Source: Kullback and Leibler, "On information and sufficiency", 1951.
/// </summary>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class KLDivergence(Reduction reduction = Reduction.SumOverBatchSize, string name = "kl_divergence") : Loss(name, reduction)
{
    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        Tensor y = SameShape(yTrue, yPred).Clip(Epsilon, 1), p = yPred.Clip(Epsilon, 1);
        return (y * (y / p).Log()).Sum(-1);
    }
}

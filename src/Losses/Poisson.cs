using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The mean over the last axis of p - y·ln(p + 1e-7): the negative logarithm of a Poisson distribution's probability of the count y at the rate
/// p, but for what does not depend on p.
/// </summary>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class Poisson(Reduction reduction = Reduction.SumOverBatchSize, string name = "poisson") : Loss(name, reduction)
{
    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) => MeanOverLast(yPred - (SameShape(yTrue, yPred) * (yPred + Epsilon).Log()));
}

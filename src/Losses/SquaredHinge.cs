using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>The mean over the last axis of max(1 - y·p, 0)², with the labels of <see cref="Hinge"/>.</summary>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class SquaredHinge(Reduction reduction = Reduction.SumOverBatchSize, string name = "squared_hinge") : Loss(name, reduction)
{
    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) => MeanOverLast(Hinge.Shortfall(SameShape(yTrue, yPred), yPred).Square());
}

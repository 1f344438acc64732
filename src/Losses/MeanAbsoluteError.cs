using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>The mean of |y - p| over the last axis.</summary>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class MeanAbsoluteError(Reduction reduction = Reduction.SumOverBatchSize, string name = "mean_absolute_error")
    : Loss(name, reduction)
{
    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) => MeanOverLast((SameShape(yTrue, yPred) - yPred).Abs());
}

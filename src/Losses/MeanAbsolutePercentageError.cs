using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>The mean of 100·|y - p| / max(|y|, 1e-7) over the last axis, in per cent of the target.</summary>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class MeanAbsolutePercentageError(Reduction reduction = Reduction.SumOverBatchSize, string name = "mean_absolute_percentage_error")
    : Loss(name, reduction)
{
    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        Tensor y = SameShape(yTrue, yPred);
        return MeanOverLast((y - yPred).Abs() / y.Abs().Maximum(Epsilon)) * 100f;
    }
}

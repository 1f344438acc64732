using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>The mean of (ln(1 + y) - ln(1 + p))² over the last axis; values below 1e-7 count as 1e-7.</summary>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class MeanSquaredLogarithmicError(Reduction reduction = Reduction.SumOverBatchSize, string name = "mean_squared_logarithmic_error")
    : Loss(name, reduction)
{
    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) =>
        MeanOverLast((SameShape(yTrue, yPred).Maximum(Epsilon).Log1p() - yPred.Maximum(Epsilon).Log1p()).Square());
}

using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The mean over the last axis of ln cosh(p - y): about e²/2 for small errors e, |e| - ln 2 for large ones. It is computed as
/// e + ln(1 + e^(-2e)) - ln 2, which stays finite.
/// </summary>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class LogCosh(Reduction reduction = Reduction.SumOverBatchSize, string name = "log_cosh") : Loss(name, reduction)
{
    private const float Ln2 = 0.6931471806f;

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        // Of the distance, so that large errors of both signs subtract nothing from each other.
        Tensor error = (yPred - SameShape(yTrue, yPred)).Abs();
        return MeanOverLast(error + (error * -2f).Softplus() - Ln2);
    }
}

using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The mean over the last axis of e²/2 where |e| ≤ delta and delta·(|e| - delta/2) beyond, with e = y - p: quadratic for small
/// errors, linear for outliers. Source: Huber, "Robust estimation of a location parameter", 1964.
/// </summary>
/// <param name="delta">Where the line begins, above 0.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class HuberLoss(float delta = 1, Reduction reduction = Reduction.SumOverBatchSize, string name = "huber_loss")
    : Loss(name, reduction)
{
    /// <summary>Where the parabola becomes a line.</summary>
    public float Delta { get; } = LossArguments.Positive(delta);

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        Tensor error = (SameShape(yTrue, yPred) - yPred).Abs(), small = error.Minimum(Delta);
        return MeanOverLast(small * (error - (small * 0.5f)));
    }
}

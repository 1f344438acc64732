using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The mean over the last axis of max(1 - y·p, 0) for labels -1 and 1; a batch of only 0 and 1 is taken as -1 and 1. Source: Cortes and
/// Vapnik, "Support-vector networks", 1995.
/// </summary>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class Hinge(Reduction reduction = Reduction.SumOverBatchSize, string name = "hinge") : Loss(name, reduction)
{
    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) => MeanOverLast(Shortfall(SameShape(yTrue, yPred), yPred));

    /// <summary>How far each prediction is from the right side of its margin.</summary>
    internal static Tensor Shortfall(Tensor labels, Tensor yPred)
    {
        // 1 where every label is 0 or 1, so that y becomes 2y - 1; no look at the labels makes a device wait.
        Tensor isBinary = (labels * (labels - 1f)).Abs().Sum().Equal(0f);
        return (1f - ((labels + (isBinary * (labels - 1f))) * yPred)).Relu();
    }
}

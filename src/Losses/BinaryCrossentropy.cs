using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The cross-entropy of independent yes/no predictions, averaged over the last axis: -(y·ln p + (1 - y)·ln(1 - p)). Probabilities are clipped
/// to [1e-7, 1 - 1e-7]; logits go through softplus, which is exact for logits of any size.
/// </summary>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">The share s in [0, 1] by which labels move towards one half: y·(1 - s) + s / 2.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class BinaryCrossentropy(
    bool fromLogits = false, float labelSmoothing = 0, Reduction reduction = Reduction.SumOverBatchSize, string name = "binary_crossentropy")
    : Loss(name, reduction)
{
    private readonly float _labelSmoothing = LossArguments.Share(labelSmoothing);

    /// <summary>The cross-entropy of each element.</summary>
    internal static Tensor PerElement(Tensor target, Tensor prediction, bool fromLogits)
    {
        if (fromLogits)
            return (target * (-prediction).Softplus()) + ((1f - target) * prediction.Softplus());
        Tensor p = prediction.Clip(Epsilon, 1 - Epsilon);
        return -((target * p.Log()) + ((1f - target) * (1f - p).Log()));
    }

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        Tensor target = LabelSmoothing.Binary(SameShape(yTrue, yPred), _labelSmoothing);
        return MeanOverLast(PerElement(target, yPred, fromLogits));
    }
}

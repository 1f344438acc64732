using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The cross-entropy of independent yes/no predictions, averaged over the last axis: -(y·ln p + (1 - y)·ln(1 - p)). Logits, and
/// probabilities that come straight from a sigmoid, go through softplus, which is exact for logits of any size; other
/// probabilities are clipped to [1e-7, 1 - 1e-7].
/// </summary>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">The share s in [0, 1] by which labels move towards one half: y·(1 - s) + s / 2.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class BinaryCrossentropy(
    bool fromLogits = false, float labelSmoothing = 0, Reduction reduction = Reduction.SumOverBatchSize, string name = "binary_crossentropy")
    : BinaryLoss(name, reduction, fromLogits)
{
    /// <summary>The share of each label that is spread evenly.</summary>
    public float LabelSmoothing { get; } = LossArguments.Share(labelSmoothing);

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) =>
        MeanOverLast(Terms(yTrue, yPred, new BinaryFocalTerm(0, 0), LabelSmoothing));
}

using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The focal loss of independent yes/no predictions, averaged over the last axis (Keras' BinaryFocalCrossentropy):
/// alpha_t·(1 - p_t)^gamma·-(posWeight·y·ln p + (1 - y)·ln(1 - p)) with p_t = y·p + (1 - y)·(1 - p) and
/// alpha_t = y·alpha + (1 - y)·(1 - alpha). Logits, and probabilities that come straight from a sigmoid, go through sigmoid and
/// softplus of both signs, so that no difference of near-equal numbers is taken; other probabilities are clipped to
/// [1e-7, 1 - 1e-7].
/// Source: Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", ICCV 2017, equation 5.
/// </summary>
/// <param name="alpha">The weight of the class 1 in [0, 1], 1 - alpha being that of the class 0; null for no weights
/// (Keras' apply_class_balancing).</param>
/// <param name="gamma">The focusing exponent, at least 0; 0 gives the weighted cross-entropy.</param>
/// <param name="posWeight">The weight of ln p against ln(1 - p), at least 0, as PyTorch's pos_weight.</param>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">The share s in [0, 1] by which labels move towards one half: y·(1 - s) + s / 2.</param>
/// <param name="gradient">Whether probabilities that come from a sigmoid are clipped.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class BinaryFocalLoss(
    float? alpha = null,
    float gamma = 2,
    float posWeight = 1,
    bool fromLogits = false,
    float labelSmoothing = 0,
    FocalGradient gradient = FocalGradient.Stable,
    Reduction reduction = Reduction.SumOverBatchSize,
    string name = "binary_focal_loss")
    : BinaryLoss(name, reduction, fromLogits, gradient)
{
    private readonly BinaryFocalTerm _term = LossArguments.Balanced(alpha, gamma) with { PositiveLog = LossArguments.NonNegative(posWeight) };

    /// <summary>The weight of the positive class against the negative one, or null.</summary>
    public float? Alpha { get; } = alpha;

    /// <summary>The focusing exponent.</summary>
    public float Gamma { get; } = gamma;

    /// <summary>The weight of positive examples.</summary>
    public float PosWeight { get; } = posWeight;

    /// <summary>The share of each label that is spread evenly.</summary>
    public float LabelSmoothing { get; } = LossArguments.Share(labelSmoothing);

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) => MeanOverLast(Terms(yTrue, yPred, _term, LabelSmoothing));
}

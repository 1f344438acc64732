using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The focal loss of independent yes/no predictions, averaged over the last axis (the sigmoid focal loss of RetinaNet):
/// alpha_t·(1 - p_t)^gamma·crossentropy with p_t = y·p + (1 - y)·(1 - p) and alpha_t = y·alpha + (1 - y)·(1 - alpha). Probabilities are clipped
/// to [1e-7, 1 - 1e-7]; logits go through sigmoid and softplus of both signs, so that no difference of near-equal numbers is taken.
/// Source: Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", ICCV 2017, equation 5.
/// </summary>
public sealed class BinaryFocalCrossentropy : Loss
{
    // The smallest normal float: the power's slope stays finite where 1 - p_t underflows, and the values there are below any gradient.
    private const float Tiny = 1.17549435e-38f;

    private readonly float? _alpha;
    private readonly float _gamma;
    private readonly bool _fromLogits;
    private readonly float _labelSmoothing;

    /// <summary>Creates the loss.</summary>
    /// <param name="alpha">The weight of the class 1 in [0, 1], 1 - alpha being that of the class 0; null for no weights (Keras' apply_class_balancing).</param>
    /// <param name="gamma">The focusing exponent, at least 0; 0 gives the weighted cross-entropy.</param>
    /// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
    /// <param name="labelSmoothing">The share s in [0, 1] by which labels move towards one half: y·(1 - s) + s / 2.</param>
    /// <param name="reduction">How the examples' values become the result.</param>
    /// <param name="name">The name in logs and messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public BinaryFocalCrossentropy(
        float? alpha = null,
        float gamma = 2,
        bool fromLogits = false,
        float labelSmoothing = 0,
        Reduction reduction = Reduction.SumOverBatchSize,
        string name = "binary_focal_crossentropy")
        : base(name, reduction)
    {
        _alpha = alpha is { } weight ? LossArguments.Share(weight, nameof(alpha)) : null;
        _gamma = LossArguments.NonNegative(gamma);
        _fromLogits = fromLogits;
        _labelSmoothing = LossArguments.Share(labelSmoothing);
    }

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        Tensor y = LabelSmoothing.Binary(SameShape(yTrue, yPred), _labelSmoothing);
        Tensor p = _fromLogits ? yPred.Sigmoid() : yPred.Clip(Epsilon, 1 - Epsilon);
        Tensor q = _fromLogits ? (-yPred).Sigmoid() : 1f - p;
        Tensor loss = BinaryCrossentropy.PerElement(y, yPred, _fromLogits);
        if (_gamma > 0)
            loss = ((y * q) + ((1f - y) * p)).Maximum(Tiny).Pow(_gamma) * loss;
        if (_alpha is { } alpha)
            loss = Tensor.Apply(y, new UnaryOp(UnaryKind.Affine, (2 * alpha) - 1, 1 - alpha)) * loss;
        return MeanOverLast(loss);
    }
}

using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The focal loss of dense detectors, one value for each logit as torchvision's sigmoid_focal_loss has it: with p = sigmoid(z) and
/// p_t = y·p + (1 - y)·(1 - p), alpha_t·(1 - p_t)^gamma·crossentropy. With <see cref="Reduction.SumOverPositives"/> it is divided by
/// the number of positive labels, as RetinaNet does; <see cref="Reduction.SumOverBatchSize"/> is the mean over all logits.
/// Source: Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", ICCV 2017, equation 5 and section 4.1.
/// </summary>
/// <param name="alpha">The weight of positive labels in [0, 1], 1 - alpha being that of the others; null for no weights
/// (torchvision: negative).</param>
/// <param name="gamma">The focusing exponent, at least 0.</param>
/// <param name="reduction">How the values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class SigmoidFocalLoss(
    float? alpha = 0.25f, float gamma = 2, Reduction reduction = Reduction.SumOverBatchSize, string name = "sigmoid_focal_loss")
    : BinaryLoss(name, reduction, fromLogits: true)
{
    private readonly BinaryFocalTerm _term = LossArguments.Balanced(alpha, gamma);

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) => Terms(yTrue, yPred, _term);
}

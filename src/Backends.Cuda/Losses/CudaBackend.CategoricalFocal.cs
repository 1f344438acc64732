using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>The focal terms, forward and backward in one pass each.</content>
public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void CategoricalFocal(Tensor target, Tensor probabilities, Tensor alpha, float gamma, float epsilon, Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        (int rows, int classes) = (probabilities.Shape[0], probabilities.Shape[1]);
        EachRow(KernelFamily.Focal, "categorical_focal", rows, target, probabilities, alpha, alpha.Count, gamma, epsilon, loss, rows, classes);
    }

    /// <inheritdoc/>
    public override void CategoricalFocalGradient(
        Tensor target, Tensor probabilities, Tensor alpha, float gamma, float epsilon, Tensor dloss, Tensor dprobabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        (int rows, int classes) = (probabilities.Shape[0], probabilities.Shape[1]);
        Each(
            KernelFamily.Focal,
            "categorical_focal_gradient",
            probabilities.Count,
            target,
            probabilities,
            alpha,
            alpha.Count,
            gamma,
            epsilon,
            dloss,
            dprobabilities,
            rows,
            classes);
    }

    /// <inheritdoc/>
    public override void SoftmaxCategoricalFocal(Tensor target, Tensor logits, Tensor alpha, float gamma, Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(logits);
        (int rows, int classes) = (logits.Shape[0], logits.Shape[1]);
        EachRow(KernelFamily.Focal, "softmax_categorical_focal", rows, target, logits, alpha, alpha.Count, gamma, loss, rows, classes);
    }

    /// <inheritdoc/>
    public override void SoftmaxCategoricalFocalGradient(Tensor target, Tensor logits, Tensor alpha, float gamma, Tensor dloss, Tensor dlogits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        (int rows, int classes) = (logits.Shape[0], logits.Shape[1]);
        EachRow(
            KernelFamily.Focal, "softmax_categorical_focal_gradient", rows, target, logits, alpha, alpha.Count, gamma, dloss, dlogits, rows, classes);
    }
}

using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>The focal terms of classes, forward and backward in one pass each.</content>
public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void CategoricalFocal(Tensor target, Tensor probabilities, Tensor alpha, in FocalTerm term, float epsilon, Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        (int rows, int classes) = (probabilities.Shape[0], probabilities.Shape[1]);
        (KernelArgument soft, KernelArgument numbers) = Labels(target);
        EachHeldRow(
            KernelFamily.Focal,
            "categorical_focal",
            rows,
            classes,
            soft,
            numbers,
            probabilities,
            alpha,
            alpha.Count,
            term.Gamma,
            term.Poly,
            epsilon,
            (float)Math.Log(epsilon),
            (float)Math.Log(1 - (double)epsilon),
            Output(loss),
            rows,
            classes);
    }

    /// <inheritdoc/>
    public override void CategoricalFocalGradient(
        Tensor target, Tensor probabilities, Tensor alpha, in FocalTerm term, float epsilon, Tensor dloss, Tensor dprobabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        (int rows, int classes) = (probabilities.Shape[0], probabilities.Shape[1]);
        (KernelArgument soft, KernelArgument numbers) = Labels(target);
        EachHeldRow(
            KernelFamily.Focal,
            "categorical_focal_gradient",
            rows,
            classes,
            soft,
            numbers,
            probabilities,
            alpha,
            alpha.Count,
            term.Gamma,
            term.Poly,
            epsilon,
            dloss,
            Output(dprobabilities),
            rows,
            classes);
    }

    /// <inheritdoc/>
    public override void SoftmaxCategoricalFocal(Tensor target, Tensor logits, Tensor alpha, in FocalTerm term, Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(logits);
        (int rows, int classes) = (logits.Shape[0], logits.Shape[1]);
        (KernelArgument soft, KernelArgument numbers) = Labels(target);
        EachHeldRow(
            KernelFamily.SoftmaxFocal,
            "softmax_categorical_focal",
            rows,
            classes,
            soft,
            numbers,
            logits,
            alpha,
            alpha.Count,
            term.Gamma,
            term.Poly,
            Output(loss),
            rows,
            classes);
    }

    /// <inheritdoc/>
    public override void SoftmaxCategoricalFocalGradient(
        Tensor target, Tensor logits, Tensor alpha, in FocalTerm term, Tensor dloss, Tensor dlogits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        (int rows, int classes) = (logits.Shape[0], logits.Shape[1]);
        (KernelArgument soft, KernelArgument numbers) = Labels(target);
        EachHeldRow(
            KernelFamily.SoftmaxFocal,
            "softmax_categorical_focal_gradient",
            rows,
            classes,
            soft,
            numbers,
            logits,
            alpha,
            alpha.Count,
            term.Gamma,
            term.Poly,
            dloss,
            Output(dlogits),
            rows,
            classes);
    }

    private static (KernelArgument Soft, KernelArgument Numbers) Labels(Tensor target) =>
        target.DType == DType.Int32 ? (0ul, target) : (target, 0ul);
}

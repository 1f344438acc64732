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
        EachHeldRow(
            KernelFamily.Focal,
            IsSparse(target) ? "sparse_categorical_focal" : "categorical_focal",
            rows,
            classes,
            target,
            probabilities,
            alpha,
            alpha.Count,
            term.Gamma,
            term.Poly,
            epsilon,
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
        EachHeldRow(
            KernelFamily.Focal,
            IsSparse(target) ? "sparse_categorical_focal_gradient" : "categorical_focal_gradient",
            rows,
            classes,
            target,
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
        EachHeldRow(
            KernelFamily.SoftmaxFocal,
            IsSparse(target) ? "softmax_sparse_categorical_focal" : "softmax_categorical_focal",
            rows,
            classes,
            target,
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
        EachHeldRow(
            KernelFamily.SoftmaxFocal,
            IsSparse(target) ? "softmax_sparse_categorical_focal_gradient" : "softmax_categorical_focal_gradient",
            rows,
            classes,
            target,
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

    // Class numbers instead of labels of all classes.
    private static bool IsSparse(Tensor target) => target.DType == DType.Int32;
}

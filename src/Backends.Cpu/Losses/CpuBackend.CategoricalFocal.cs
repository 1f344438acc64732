using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>The focal terms of classes, forward and backward in one pass each.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void CategoricalFocal(Tensor target, Tensor probabilities, Tensor alpha, in FocalTerm term, float epsilon, Tensor loss) =>
        Focal(target, probabilities, alpha, term, epsilon, null, loss);

    /// <inheritdoc/>
    public override void CategoricalFocalGradient(
        Tensor target, Tensor probabilities, Tensor alpha, in FocalTerm term, float epsilon, Tensor dloss, Tensor dprobabilities) =>
        Focal(target, probabilities, alpha, term, epsilon, dloss, dprobabilities);

    /// <inheritdoc/>
    public override void SoftmaxCategoricalFocal(Tensor target, Tensor logits, Tensor alpha, in FocalTerm term, Tensor loss) =>
        SoftmaxFocal(target, logits, alpha, term, null, loss);

    /// <inheritdoc/>
    public override void SoftmaxCategoricalFocalGradient(
        Tensor target, Tensor logits, Tensor alpha, in FocalTerm term, Tensor dloss, Tensor dlogits) =>
        SoftmaxFocal(target, logits, alpha, term, dloss, dlogits);

    private void Focal(Tensor target, Tensor probabilities, Tensor alpha, in FocalTerm term, float epsilon, Tensor? dloss, Tensor output)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(output);
        (int rows, int classes) = (probabilities.Shape[0], probabilities.Shape[1]);
        var work = new CategoricalFocalWork(
            Labels(target, alpha, classes),
            Pointer<float>(probabilities),
            term,
            epsilon,
            rows,
            classes,
            dloss is null ? null : Pointer<float>(dloss),
            Pointer<float>(output));
        _team.Run(work, work.Count);
        GC.KeepAlive(target);
        GC.KeepAlive(probabilities);
        GC.KeepAlive(alpha);
        GC.KeepAlive(dloss);
        GC.KeepAlive(output);
    }

    private void SoftmaxFocal(Tensor target, Tensor logits, Tensor alpha, in FocalTerm term, Tensor? dloss, Tensor output)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(output);
        (int rows, int classes) = (logits.Shape[0], logits.Shape[1]);
        if (classes == 0)
        {
            Fill(0, output);
            return;
        }

        var work = new SoftmaxFocalWork(
            Labels(target, alpha, classes),
            Pointer<float>(logits),
            term,
            rows,
            classes,
            dloss is null ? null : Pointer<float>(dloss),
            Pointer<float>(output));
        _team.Run(work, work.Count);
        GC.KeepAlive(target);
        GC.KeepAlive(logits);
        GC.KeepAlive(alpha);
        GC.KeepAlive(dloss);
        GC.KeepAlive(output);
    }

    private static FocalLabels Labels(Tensor target, Tensor alpha, int classes)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(alpha);
        return target.DType == DType.Int32
            ? new FocalLabels(null, Pointer<int>(target), Pointer<float>(alpha), alpha.Count, classes)
            : new FocalLabels(Pointer<float>(target), null, Pointer<float>(alpha), alpha.Count, classes);
    }
}

using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>The focal terms, forward and backward in one pass each.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void CategoricalFocal(Tensor target, Tensor probabilities, Tensor alpha, float gamma, float epsilon, Tensor loss) =>
        Focal(target, probabilities, alpha, gamma, epsilon, null, loss);

    /// <inheritdoc/>
    public override void CategoricalFocalGradient(
        Tensor target, Tensor probabilities, Tensor alpha, float gamma, float epsilon, Tensor dloss, Tensor dprobabilities) =>
        Focal(target, probabilities, alpha, gamma, epsilon, dloss, dprobabilities);

    /// <inheritdoc/>
    public override void SoftmaxCategoricalFocal(Tensor target, Tensor logits, Tensor alpha, float gamma, Tensor loss) =>
        SoftmaxFocal(target, logits, alpha, gamma, null, loss);

    /// <inheritdoc/>
    public override void SoftmaxCategoricalFocalGradient(Tensor target, Tensor logits, Tensor alpha, float gamma, Tensor dloss, Tensor dlogits) =>
        SoftmaxFocal(target, logits, alpha, gamma, dloss, dlogits);

    private void Focal(Tensor target, Tensor probabilities, Tensor alpha, float gamma, float epsilon, Tensor? dloss, Tensor output)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(alpha);
        ArgumentNullException.ThrowIfNull(output);
        var work = new CategoricalFocalWork(
            Pointer<float>(target),
            Pointer<float>(probabilities),
            Pointer<float>(alpha),
            alpha.Count,
            gamma,
            epsilon,
            probabilities.Shape[0],
            probabilities.Shape[1],
            dloss is null ? null : Pointer<float>(dloss),
            Pointer<float>(output));
        _team.Run(work, work.Count);
        GC.KeepAlive(target);
        GC.KeepAlive(probabilities);
        GC.KeepAlive(alpha);
        GC.KeepAlive(dloss);
        GC.KeepAlive(output);
    }

    private void SoftmaxFocal(Tensor target, Tensor logits, Tensor alpha, float gamma, Tensor? dloss, Tensor output)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(alpha);
        ArgumentNullException.ThrowIfNull(output);
        if (logits.Shape[1] == 0)
        {
            Fill(0, output);
            return;
        }

        var work = new SoftmaxFocalWork(
            Pointer<float>(target),
            Pointer<float>(logits),
            Pointer<float>(alpha),
            alpha.Count,
            gamma,
            logits.Shape[0],
            logits.Shape[1],
            dloss is null ? null : Pointer<float>(dloss),
            Pointer<float>(output));
        _team.Run(work, work.Count);
        GC.KeepAlive(target);
        GC.KeepAlive(logits);
        GC.KeepAlive(alpha);
        GC.KeepAlive(dloss);
        GC.KeepAlive(output);
    }
}

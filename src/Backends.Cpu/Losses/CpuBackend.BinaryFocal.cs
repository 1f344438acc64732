using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>The focal terms of yes/no predictions, forward and backward in one pass each.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void BinaryFocal(Tensor target, Tensor probabilities, in BinaryFocalTerm term, float epsilon, Tensor loss) =>
        Zip(new BinaryFocalFunction(term, epsilon), target, probabilities, loss);

    /// <inheritdoc/>
    public override void BinaryFocalGradient(
        Tensor target, Tensor probabilities, in BinaryFocalTerm term, float epsilon, Tensor dloss, Tensor dprobabilities) =>
        MapGradient(new BinaryFocalGradient(term, epsilon), target, probabilities, dloss, dprobabilities);

    /// <inheritdoc/>
    public override void SigmoidBinaryFocal(Tensor target, Tensor logits, in BinaryFocalTerm term, Tensor loss) =>
        Zip(new SigmoidBinaryFocalFunction(term), target, logits, loss);

    /// <inheritdoc/>
    public override void SigmoidBinaryFocalGradient(Tensor target, Tensor logits, in BinaryFocalTerm term, Tensor dloss, Tensor dlogits) =>
        MapGradient(new SigmoidBinaryFocalGradient(term), target, logits, dloss, dlogits);
}

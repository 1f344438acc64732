using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>The focal terms of yes/no predictions, forward and backward in one pass each.</content>
public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void BinaryFocal(Tensor target, Tensor probabilities, in BinaryFocalTerm term, float epsilon, Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Each(KernelFamily.BinaryFocal, "binary_focal", loss.Count, target, probabilities, Words(term), epsilon, Output(loss), loss.Count);
    }

    /// <inheritdoc/>
    public override void BinaryFocalGradient(
        Tensor target, Tensor probabilities, in BinaryFocalTerm term, float epsilon, Tensor dloss, Tensor dprobabilities)
    {
        ArgumentNullException.ThrowIfNull(dprobabilities);
        int count = dprobabilities.Count;
        Each(KernelFamily.BinaryFocal, "binary_focal_gradient", count, target, probabilities, Words(term), epsilon, dloss, Output(dprobabilities), count);
    }

    /// <inheritdoc/>
    public override void SigmoidBinaryFocal(Tensor target, Tensor logits, in BinaryFocalTerm term, Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Each(KernelFamily.BinaryFocal, "sigmoid_binary_focal", loss.Count, target, logits, Words(term), Output(loss), loss.Count);
    }

    /// <inheritdoc/>
    public override void SigmoidBinaryFocalGradient(Tensor target, Tensor logits, in BinaryFocalTerm term, Tensor dloss, Tensor dlogits)
    {
        ArgumentNullException.ThrowIfNull(dlogits);
        int count = dlogits.Count;
        Each(KernelFamily.BinaryFocal, "sigmoid_binary_focal_gradient", count, target, logits, Words(term), dloss, Output(dlogits), count);
    }

    private static int[] Words(in BinaryFocalTerm term) =>
    [
        BitConverter.SingleToInt32Bits(term.GammaPositive),
        BitConverter.SingleToInt32Bits(term.GammaNegative),
        BitConverter.SingleToInt32Bits(term.WeightPositive),
        BitConverter.SingleToInt32Bits(term.WeightNegative),
        BitConverter.SingleToInt32Bits(term.PositiveLog),
        BitConverter.SingleToInt32Bits(term.Margin),
    ];
}

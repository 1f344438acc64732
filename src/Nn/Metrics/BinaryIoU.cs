using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// <see cref="IoU"/> of the classes 0 and 1, or of one of them, with predictions of class 1 [batch, ..] that count as 1 from the threshold
/// on, the threshold itself as well, and labels 0 or 1 of their shape.
/// </summary>
public sealed class BinaryIoU : IoU
{
    /// <summary>Creates the metric.</summary>
    /// <param name="targetClassIds">The classes whose mean is given; both when null.</param>
    /// <param name="threshold">The smallest prediction that counts as 1; use 0 for logits.</param>
    /// <param name="name">The name in logs.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is not finite, or a class is neither 0 nor 1.</exception>
    /// <exception cref="ArgumentException">There are no classes.</exception>
    public BinaryIoU(IReadOnlyList<int>? targetClassIds = null, float threshold = 0.5f, string name = "binary_io_u")
        : base(2, targetClassIds ?? [0, 1], null, sparseYTrue: true, sparseYPred: true, threshold, name)
    {
    }

    private protected override Tensor Decide(Tensor yPred) =>
        (yPred.DType == DType.Float32 ? yPred : yPred.Cast(DType.Float32)) >= Threshold;
}

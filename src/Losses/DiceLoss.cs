using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// One less the Dice coefficient of labels and predictions: 1 - 2·Σ y·p / (Σ y + Σ p + 1e-7).
/// Source: Milletari, Navab, Ahmadi, "V-Net: fully convolutional neural networks for volumetric medical image segmentation", 2016,
/// section 3, in the form without squares that Keras has.
/// </summary>
/// <param name="axis">The axes that the sums run over; all of them, the batch's too, when null, as in Keras. The others remain.</param>
/// <param name="reduction">How the remaining values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class DiceLoss(
    IReadOnlyList<int>? axis = null, Reduction reduction = Reduction.SumOverBatchSize, string name = "dice")
    : OverlapLoss(axis, reduction, name)
{
    private protected override Tensor Index(Tensor both, Tensor labels, Tensor predictions) =>
        both * 2f / (labels + predictions + Epsilon);
}

using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The cross-entropy between class numbers and predicted classes: -ln p of the right class. It equals
/// <see cref="CategoricalCrossentropy"/> of the one-hot labels, which are never made.
/// </summary>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="ignoreClass">A number that means "no label": its examples have the loss 0 and do not count in means.</param>
/// <param name="axis">The axis of the classes in predictions; negative counts from the end.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class SparseCategoricalCrossentropy(
    bool fromLogits = false,
    int? ignoreClass = null,
    int axis = -1,
    Reduction reduction = Reduction.SumOverBatchSize,
    string name = "sparse_categorical_crossentropy")
    : SparseClassifierLoss(name, reduction, fromLogits, axis, ignoreClass, FocalGradient.Stable)
{
    private protected override ClassAlpha Weights { get; } = new([1]);

    private protected override FocalTerm Term => new(0);

    private protected override bool NormalizesPredictions => true;
}

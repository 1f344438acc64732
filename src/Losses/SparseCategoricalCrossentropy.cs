using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The cross-entropy between class numbers and predicted classes: -ln p of the right class. It equals
/// <see cref="CategoricalCrossentropy"/> of the one-hot labels.
/// </summary>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class SparseCategoricalCrossentropy(
    bool fromLogits = false, Reduction reduction = Reduction.SumOverBatchSize, string name = "sparse_categorical_crossentropy")
    : Loss(name, reduction)
{
    /// <summary>The value of each example.</summary>
    /// <param name="yTrue">Class numbers 0..classes-1, Int32 (other types are cast), of the prediction's shape without its last axis or with 1 there.</param>
    /// <param name="yPred">[batch, .., classes].</param>
    /// <exception cref="ArgumentException">A label is not a class.</exception>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        if (yPred.Rank < 2 || yPred.Shape[-1] == 0)
            throw Mismatch("yPred [batch, .., classes]", yTrue, yPred);
        Shape examples = yPred.Shape.Without(-1);
        if (yTrue.Shape != examples && yTrue.Shape != yPred.Shape.With(-1, 1))
            throw Mismatch("labels of yPred's shape without its last axis", yTrue, yPred);
        int classes = yPred.Shape[-1];
        Tensor labels = (yTrue.DType == DType.Int32 ? yTrue : yTrue.Cast(DType.Int32)).View(examples.Count);
        CheckLabels(labels, classes);
        Tensor logs = CategoricalCrossentropy.LogProbabilities(yPred.Reshape(RowsOf(yPred)), fromLogits);
        return (-(Tensor.OneHot(labels, classes) * logs).Sum(1)).Reshape(examples);
    }

    private void CheckLabels(Tensor labels, int classes)
    {
        ReadOnlySpan<int> values = labels.ToNDArray().AsSpan<int>();
        int wrong = values.IndexOfAnyExceptInRange(0, classes - 1);
        if (wrong >= 0)
            throw new ArgumentException($"{Name}: label {values[wrong]} of example {wrong} is not a class in 0..{classes - 1}");
    }
}

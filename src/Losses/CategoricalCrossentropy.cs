using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The cross-entropy between one-hot or soft labels and predicted classes: -Σ_c y_c·ln p_c. Probabilities are first divided by their
/// sum and clipped to [1e-7, 1 - 1e-7], as Keras does; logits go through log-softmax.
/// </summary>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">The share s in [0, 1] of each label that is spread evenly: y·(1 - s) + s / classes.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class CategoricalCrossentropy(
    bool fromLogits = false, float labelSmoothing = 0, Reduction reduction = Reduction.SumOverBatchSize, string name = "categorical_crossentropy")
    : Loss(name, reduction)
{
    private readonly float _labelSmoothing = LossArguments.Share(labelSmoothing);

    /// <summary>ln p of each class, from probabilities or logits [.., classes].</summary>
    internal static Tensor LogProbabilities(Tensor prediction, bool fromLogits) => fromLogits
        ? prediction.LogSoftmax()
        : (prediction / prediction.Sum(-1, keepDims: true)).Clip(Epsilon, 1 - Epsilon).Log();

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        (Tensor target, Tensor prediction) = Rows(yTrue, yPred);
        Tensor smooth = LabelSmoothing.OverClasses(target, _labelSmoothing);
        return (-(smooth * LogProbabilities(prediction, fromLogits)).Sum(1)).Reshape(yPred.Shape.Without(-1));
    }
}

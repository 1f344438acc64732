using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The cross-entropy between one-hot or soft labels and predicted classes: -Σ_c y_c·ln p_c. Logits, and probabilities that come
/// straight from a softmax, go through log-softmax; other probabilities are first divided by their sum and clipped to
/// [1e-7, 1 - 1e-7], as Keras does.
/// </summary>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">The share s in [0, 1] of each label that is spread evenly: y·(1 - s) + s / classes.</param>
/// <param name="axis">The axis of the classes; negative counts from the end.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class CategoricalCrossentropy(
    bool fromLogits = false,
    float labelSmoothing = 0,
    int axis = -1,
    Reduction reduction = Reduction.SumOverBatchSize,
    string name = "categorical_crossentropy")
    : ClassifierLoss(name, reduction, fromLogits, axis, FocalGradient.Stable)
{
    private static readonly ClassAlpha s_alpha = new([1]);

    /// <summary>The share of each label that is spread evenly.</summary>
    public float LabelSmoothing { get; } = LossArguments.Share(labelSmoothing);

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) =>
        DenseTerms(yTrue, yPred, s_alpha, new FocalTerm(0), LabelSmoothing, normalize: true);
}

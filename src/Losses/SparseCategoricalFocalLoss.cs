using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// <see cref="CategoricalFocalLoss"/> for targets that are class numbers: -alpha_t·(1 - p_t)^gamma·ln p_t of the right class t. The
/// one-hot labels are never made.
/// </summary>
public sealed class SparseCategoricalFocalLoss : SparseClassifierLoss
{
    /// <summary>Creates the loss with one alpha for all classes.</summary>
    /// <param name="alpha">The weight of the focal term, at least 0.</param>
    /// <param name="gamma">The focusing exponent, at least 0; 0 gives the weighted cross-entropy.</param>
    /// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
    /// <param name="ignoreClass">A number that means "no label": its examples have the loss 0 and do not count in means.</param>
    /// <param name="normalizePredictions">Whether probabilities are divided by their sum first, as Keras does.</param>
    /// <param name="gradient">Whether probabilities that come from a softmax are clipped.</param>
    /// <param name="axis">The axis of the classes in predictions; negative counts from the end.</param>
    /// <param name="reduction">How the examples' values become the result.</param>
    /// <param name="name">The name in logs and messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative or not finite.</exception>
    public SparseCategoricalFocalLoss(
        float alpha = 0.25f,
        float gamma = 2,
        bool fromLogits = false,
        int? ignoreClass = null,
        bool normalizePredictions = false,
        FocalGradient gradient = FocalGradient.Stable,
        int axis = -1,
        Reduction reduction = Reduction.SumOverBatchSize,
        string name = "sparse_categorical_focal_loss")
        : this([alpha], gamma, fromLogits, ignoreClass, normalizePredictions, gradient, axis, reduction, name)
    {
    }

    /// <summary>Creates the loss with an alpha for each class.</summary>
    /// <param name="alpha">The weights of the classes' focal terms, each at least 0; predictions must have as many classes.</param>
    /// <param name="gamma">The focusing exponent, at least 0; 0 gives the weighted cross-entropy.</param>
    /// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
    /// <param name="ignoreClass">A number that means "no label": its examples have the loss 0 and do not count in means.</param>
    /// <param name="normalizePredictions">Whether probabilities are divided by their sum first, as Keras does.</param>
    /// <param name="gradient">Whether probabilities that come from a softmax are clipped.</param>
    /// <param name="axis">The axis of the classes in predictions; negative counts from the end.</param>
    /// <param name="reduction">How the examples' values become the result.</param>
    /// <param name="name">The name in logs and messages.</param>
    /// <exception cref="ArgumentException">There is no alpha, or a number is out of its range.</exception>
    public SparseCategoricalFocalLoss(
        ReadOnlySpan<float> alpha,
        float gamma = 2,
        bool fromLogits = false,
        int? ignoreClass = null,
        bool normalizePredictions = false,
        FocalGradient gradient = FocalGradient.Stable,
        int axis = -1,
        Reduction reduction = Reduction.SumOverBatchSize,
        string name = "sparse_categorical_focal_loss")
        : base(name, reduction, fromLogits, axis, ignoreClass, gradient)
    {
        Weights = new ClassAlpha(alpha);
        Term = new FocalTerm(LossArguments.NonNegative(gamma));
        NormalizesPredictions = normalizePredictions;
    }

    /// <summary>The weights of the classes, or one for all.</summary>
    public IReadOnlyList<float> Alpha => Weights.Values;

    /// <summary>The focusing exponent.</summary>
    public float Gamma => Term.Gamma;

    /// <summary>Whether probabilities are divided by their sum first.</summary>
    public bool NormalizePredictions => NormalizesPredictions;

    private protected override ClassAlpha Weights { get; }

    private protected override FocalTerm Term { get; }

    private protected override bool NormalizesPredictions { get; }
}

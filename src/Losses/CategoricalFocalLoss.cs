using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The focal loss for several classes, with optional penalties on the predictions. With q = clip(p, 1e-7, 1 - 1e-7): <c>mean
/// over the batch of Σ_c -alpha_c·y_c·(1 - q_c)^gamma·ln q_c  +  l1·Σ|q|  +  l2·Σq²</c>, where the last two sums run over the
/// whole batch and are not divided by its size. Over probabilities that sum to 1, Σ|q| is the number of examples whatever the
/// model says: l1 adds a constant and no gradient. From logits, p = softmax(z) enters through log-softmax: value and gradient are
/// exact and finite for logits of any size, nothing is clipped, and the penalties act on softmax(z). Probabilities that come
/// straight from a softmax take the same way unless <see cref="FocalGradient.Clipped"/> is asked for.
/// Source: Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", ICCV 2017, equation 5.
/// </summary>
public sealed class CategoricalFocalLoss : ClassifierLoss
{
    private readonly ClassAlpha _alpha;
    private readonly FocalTerm _term;

    /// <summary>Creates the loss with one alpha for all classes.</summary>
    /// <param name="alpha">The weight of the focal term, at least 0.</param>
    /// <param name="gamma">The focusing exponent, at least 0; 0 gives the weighted cross-entropy.</param>
    /// <param name="l1">The weight of Σ|q| over the batch, at least 0.</param>
    /// <param name="l2">The weight of Σq² over the batch, at least 0.</param>
    /// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
    /// <param name="labelSmoothing">The share s in [0, 1] of each label that is spread evenly: y·(1 - s) + s / classes.</param>
    /// <param name="normalizePredictions">Whether probabilities are divided by their sum first, as Keras does.</param>
    /// <param name="gradient">Whether probabilities that come from a softmax are clipped.</param>
    /// <param name="axis">The axis of the classes; negative counts from the end.</param>
    /// <param name="reduction">How the focal terms of the examples become the result; with <see cref="Reduction.None"/> each
    /// example carries its own penalty.</param>
    /// <param name="name">The name in logs and messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, not finite or out of its range.</exception>
    public CategoricalFocalLoss(
        float alpha = 0.25f,
        float gamma = 2,
        float l1 = 0,
        float l2 = 0,
        bool fromLogits = false,
        float labelSmoothing = 0,
        bool normalizePredictions = false,
        FocalGradient gradient = FocalGradient.Stable,
        int axis = -1,
        Reduction reduction = Reduction.SumOverBatchSize,
        string name = "categorical_focal_loss")
        : this([alpha], gamma, l1, l2, fromLogits, labelSmoothing, normalizePredictions, gradient, axis, reduction, name)
    {
    }

    /// <summary>Creates the loss with an alpha for each class.</summary>
    /// <param name="alpha">The weights of the classes' focal terms, each at least 0; predictions must have as many classes.</param>
    /// <param name="gamma">The focusing exponent, at least 0; 0 gives the weighted cross-entropy.</param>
    /// <param name="l1">The weight of Σ|q| over the batch, at least 0.</param>
    /// <param name="l2">The weight of Σq² over the batch, at least 0.</param>
    /// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
    /// <param name="labelSmoothing">The share s in [0, 1] of each label that is spread evenly: y·(1 - s) + s / classes.</param>
    /// <param name="normalizePredictions">Whether probabilities are divided by their sum first, as Keras does.</param>
    /// <param name="gradient">Whether probabilities that come from a softmax are clipped.</param>
    /// <param name="axis">The axis of the classes; negative counts from the end.</param>
    /// <param name="reduction">How the focal terms of the examples become the result; with <see cref="Reduction.None"/> each
    /// example carries its own penalty.</param>
    /// <param name="name">The name in logs and messages.</param>
    /// <exception cref="ArgumentException">There is no alpha, or a number is out of its range.</exception>
    public CategoricalFocalLoss(
        ReadOnlySpan<float> alpha,
        float gamma = 2,
        float l1 = 0,
        float l2 = 0,
        bool fromLogits = false,
        float labelSmoothing = 0,
        bool normalizePredictions = false,
        FocalGradient gradient = FocalGradient.Stable,
        int axis = -1,
        Reduction reduction = Reduction.SumOverBatchSize,
        string name = "categorical_focal_loss")
        : base(name, reduction, fromLogits, axis, gradient)
    {
        _alpha = new ClassAlpha(alpha);
        _term = new FocalTerm(LossArguments.NonNegative(gamma));
        L1 = LossArguments.NonNegative(l1);
        L2 = LossArguments.NonNegative(l2);
        LabelSmoothing = LossArguments.Share(labelSmoothing);
        NormalizePredictions = normalizePredictions;
    }

    /// <summary>The weights of the classes, or one for all.</summary>
    public IReadOnlyList<float> Alpha => _alpha.Values;

    /// <summary>The focusing exponent.</summary>
    public float Gamma => _term.Gamma;

    /// <summary>The weight of Σ|q| over the batch.</summary>
    public float L1 { get; }

    /// <summary>The weight of Σq² over the batch.</summary>
    public float L2 { get; }

    /// <summary>The share of each label that is spread evenly.</summary>
    public float LabelSmoothing { get; }

    /// <summary>Whether probabilities are divided by their sum first.</summary>
    public bool NormalizePredictions { get; }

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) =>
        DenseTerms(yTrue, yPred, _alpha, _term, LabelSmoothing, NormalizePredictions);

    /// <inheritdoc/>
    protected override Tensor? Penalty(Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        if (L1 == 0 && L2 == 0)
            return null;
        int axis = Axis(yPred, yPred);
        Tensor q = FromLogits ? Rows(yPred, axis).Softmax() : Probabilities(yPred, axis, NormalizePredictions).Clip(Epsilon, 1 - Epsilon);

        // q is positive, so that |q| is q.
        Tensor each = L2 == 0 ? q * L1 : L1 == 0 ? q.Square() * L2 : (q * L1) + (q.Square() * L2);
        return each.Sum(-1).Reshape(yPred.Shape.Without(axis));
    }
}

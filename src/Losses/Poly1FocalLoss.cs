using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The focal loss with the first coefficient of its Taylor expansion raised: Σ_c y_c·(-alpha·(1 - p_c)^gamma·ln p_c +
/// epsilon·(1 - p_c)^(gamma + 1)). With alpha 1 and gamma 0 it is Poly-1 of the cross-entropy.
/// Source: Leng, Tan, Liu, Cubuk, Shi, Cheng, Anguelov, "PolyLoss: a polynomial expansion perspective of classification loss
/// functions", ICLR 2022, table 1 and section 4.3.
/// </summary>
/// <param name="epsilon">What is added to the first coefficient, at least -1.</param>
/// <param name="alpha">The weight of the focal term, at least 0.</param>
/// <param name="gamma">The focusing exponent, at least 0.</param>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">The share s in [0, 1] of each label that is spread evenly: y·(1 - s) + s / classes.</param>
/// <param name="gradient">Whether probabilities that come from a softmax are clipped.</param>
/// <param name="axis">The axis of the classes; negative counts from the end.</param>
/// <param name="reduction">How the examples' values become the result.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class Poly1FocalLoss(
    float epsilon = 1,
    float alpha = 0.25f,
    float gamma = 2,
    bool fromLogits = false,
    float labelSmoothing = 0,
    FocalGradient gradient = FocalGradient.Stable,
    int axis = -1,
    Reduction reduction = Reduction.SumOverBatchSize,
    string name = "poly1_focal_loss")
    : ClassifierLoss(name, reduction, fromLogits, axis, gradient)
{
    private readonly ClassAlpha _alpha = new([alpha]);
    private readonly FocalTerm _term = new(LossArguments.NonNegative(gamma), LossArguments.AtLeast(-1, epsilon));
    private readonly float _labelSmoothing = LossArguments.Share(labelSmoothing);

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred) =>
        DenseTerms(yTrue, yPred, _alpha, _term, _labelSmoothing, normalize: false);
}

using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>
/// The loss for many labels an example, most of them 0, summed over the last axis: positive labels cost
/// -(1 - p)^gammaPositive·ln p, negative ones -p'^gammaNegative·ln(1 - p') with p' = max(p - clip, 0), so that easy negatives count
/// for nothing.
/// Source: Ridnik, Ben-Baruch, Zamir, Noy, Friedman, Protter, Zelnik-Manor, "Asymmetric loss for multi-label classification",
/// ICCV 2021, equations 4 to 6.
/// </summary>
/// <param name="gammaNegative">The focusing exponent of negative labels, at least 0.</param>
/// <param name="gammaPositive">The focusing exponent of positive labels, at least 0.</param>
/// <param name="clip">The margin that is taken off p of negative labels, in [0, 1).</param>
/// <param name="fromLogits">Whether predictions are logits instead of probabilities.</param>
/// <param name="labelSmoothing">The share s in [0, 1] by which labels move towards one half: y·(1 - s) + s / 2.</param>
/// <param name="gradient">Whether probabilities that come from a sigmoid are clipped.</param>
/// <param name="reduction">How the examples' values become the result; the paper's code uses <see cref="Reduction.Sum"/>.</param>
/// <param name="name">The name in logs and messages.</param>
public sealed class AsymmetricLoss(
    float gammaNegative = 4,
    float gammaPositive = 1,
    float clip = 0.05f,
    bool fromLogits = false,
    float labelSmoothing = 0,
    FocalGradient gradient = FocalGradient.Stable,
    Reduction reduction = Reduction.SumOverBatchSize,
    string name = "asymmetric_loss")
    : BinaryLoss(name, reduction, fromLogits, gradient)
{
    private readonly BinaryFocalTerm _term = new(
        LossArguments.NonNegative(gammaPositive), LossArguments.NonNegative(gammaNegative), Margin: LossArguments.ShareBelowOne(clip));

    private readonly float _labelSmoothing = LossArguments.Share(labelSmoothing);

    /// <inheritdoc/>
    protected override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        Tensor terms = Terms(yTrue, yPred, _term, _labelSmoothing);
        return terms.Rank == 1 ? terms : terms.Sum(-1);
    }
}

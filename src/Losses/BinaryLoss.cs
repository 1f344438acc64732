using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>What the losses over yes/no labels share: where the logits are, and the count of positive labels.</summary>
public abstract class BinaryLoss : Loss
{
    private readonly bool _fromLogits;
    private readonly FocalGradient _gradient;

    private protected BinaryLoss(
        string name, Reduction reduction, bool fromLogits, FocalGradient gradient = FocalGradient.Stable)
        : base(name, reduction, countsPositives: true)
    {
        if (!Enum.IsDefined(gradient))
            throw new ArgumentOutOfRangeException(nameof(gradient), gradient, "unknown gradient");
        (_fromLogits, _gradient) = (fromLogits, gradient);
    }

    /// <summary>The labels above one half.</summary>
    /// <param name="yTrue">The labels.</param>
    protected sealed override Tensor Positives(Tensor yTrue) => (Floats(yTrue) > 0.5f).Sum();

    /// <summary>The focal terms of a prediction, one for each of its elements.</summary>
    private protected Tensor Terms(Tensor yTrue, Tensor yPred, BinaryFocalTerm term, float labelSmoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        Tensor target = LabelSmoothing.Binary(SameShape(yTrue, yPred), labelSmoothing);
        Tensor? logits = _fromLogits ? yPred : _gradient == FocalGradient.Stable ? yPred.SigmoidLogits : null;
        return logits is null ? yPred.BinaryFocal(target, term, Epsilon) : logits.SigmoidBinaryFocal(target, term);
    }
}

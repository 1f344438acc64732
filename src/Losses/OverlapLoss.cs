using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>What the losses share that measure how far a predicted region covers the labelled one.</summary>
public abstract class OverlapLoss : Loss
{
    private readonly int[]? _axis;

    private protected OverlapLoss(IReadOnlyList<int>? axis, Reduction reduction, string name)
        : base(name, reduction) =>
        _axis = axis is null ? null : [.. axis];

    /// <inheritdoc/>
    protected sealed override Tensor PerExample(Tensor yTrue, Tensor yPred)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        Tensor target = SameShape(yTrue, yPred);
        return 1f - Index(Over(target * yPred), Over(target), Over(yPred));
    }

    /// <summary>How much the regions overlap, from 0 to 1.</summary>
    /// <param name="both">Σ y·p.</param>
    /// <param name="labels">Σ y.</param>
    /// <param name="predictions">Σ p.</param>
    private protected abstract Tensor Index(Tensor both, Tensor labels, Tensor predictions);

    private Tensor Over(Tensor x)
    {
        if (_axis is null)
            return x.Sum();
        Tensor sum = x;
        foreach (int axis in _axis.Select(x.Shape.Axis).Distinct().OrderDescending())
            sum = sum.Sum(axis);
        return sum;
    }
}

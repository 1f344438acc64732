using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The mean of a loss over the examples, weighted by their number in each batch.</summary>
public sealed class LossMetric : Metric
{
    private readonly Loss _loss;
    private readonly Mean _mean = new();

    /// <summary>Creates the metric.</summary>
    /// <param name="loss">The loss; one that is reduced to a number.</param>
    /// <param name="name">The name in logs; the loss's when null.</param>
    /// <exception cref="ArgumentException">The loss is not reduced.</exception>
    public LossMetric(Loss loss, string? name = null)
        : base(name ?? (loss ?? throw new ArgumentNullException(nameof(loss))).Name)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Reduction == Reduction.None)
            throw new ArgumentException($"the loss '{loss.Name}' has a value for each example; a metric needs a reduced one", nameof(loss));
        _loss = loss;
    }

    /// <inheritdoc/>
    public override double Result() => _mean.Result();

    /// <inheritdoc/>
    public override void ResetState() => _mean.ResetState();

    /// <inheritdoc/>
    public override void SaveState(TrainingState state) => _mean.SaveState(state);

    /// <inheritdoc/>
    public override void LoadState(TrainingState state) => _mean.LoadState(state);

    /// <inheritdoc/>
    protected override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        _mean.UpdateState(_loss.Compute(yTrue, yPred, sampleWeight).Item(), yPred.Rank == 0 ? 1 : yPred.Shape[0]);
    }
}

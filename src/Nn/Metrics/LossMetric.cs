using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The mean of a loss over the examples, Σ w·v / Σ w, as Keras' metrics of losses have it: <c>keras.metrics.MeanSquaredError</c>
/// is <c>new MeanSquaredError()</c> among the metrics, and so are the other errors, the cross-entropies, hinges, and divergences.
/// Examples without a label, such as a sparse loss ignores, count nothing. A loss reduced by <see cref="Reduction.Sum"/> or
/// <see cref="Reduction.SumOverPositives"/> is no mean of examples: its values of the batches are averaged, weighted by the batches' sizes.
/// </summary>
public class LossMetric : Mean
{
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
        Loss = loss;
    }

    /// <summary>What is averaged.</summary>
    public Loss Loss { get; }

    /// <inheritdoc/>
    public override MonitorMode Direction => MonitorMode.Min;

    /// <inheritdoc/>
    protected sealed override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        (double value, double weight) = Loss.Reduction is Reduction.SumOverBatchSize or Reduction.MeanWithSampleWeight
            ? Loss.Average(yTrue, yPred, sampleWeight)
            : (Loss.Compute(yTrue, yPred, sampleWeight).Item(), yPred.Rank == 0 ? 1 : yPred.Shape[0]);
        UpdateState(value, weight);
    }
}

using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The number of decisions of one kind about yes/no labels, or their weight. Takes predictions [batch] or [batch, .., classes], each
/// compared with the threshold, and labels of their shape or class numbers; all classes count together.
/// </summary>
public abstract class ConfusionCountMetric : Metric
{
    private double _count;

    private protected ConfusionCountMetric(float threshold, string name)
        : base(name) => Threshold = FiniteThreshold(threshold);

    /// <summary>What predictions are compared with; greater ones count as 1.</summary>
    public float Threshold { get; }

    /// <inheritdoc/>
    public sealed override double Result() => _count;

    /// <inheritdoc/>
    public sealed override void ResetState() => _count = 0;

    /// <inheritdoc/>
    public sealed override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("count", _count);
    }

    /// <inheritdoc/>
    public sealed override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.TryGet("count", out double count))
            _count = count;
    }

    /// <summary>Whether decisions with a label and a prediction are counted.</summary>
    private protected abstract bool Counts(bool label, bool prediction);

    /// <inheritdoc/>
    protected sealed override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        ClassifierBatch batch = ClassifierBatch.Read(yTrue, yPred, sampleWeight, Name);
        for (int i = 0; i < batch.Examples; i++)
        {
            ReadOnlySpan<float> scores = batch.Row(i);
            for (int c = 0; c < scores.Length; c++)
                _count += Counts(batch.IsPositive(i, c), scores[c] > Threshold) ? batch.Weight(i, c) : 0;
        }
    }
}

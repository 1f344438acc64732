using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A running weighted sum of numbers, Σ w·v; as a metric of a model it adds up the predictions.</summary>
/// <param name="name">The name in logs.</param>
public sealed class Sum(string name = "sum") : Metric(name)
{
    private double _sum;

    /// <summary>Takes in one number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="weight">How much it counts.</param>
    public void UpdateState(double value, double weight = 1) => _sum += value * weight;

    /// <inheritdoc/>
    public override double Result() => _sum;

    /// <inheritdoc/>
    public override void ResetState() => _sum = 0;

    /// <inheritdoc/>
    public override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("sum", _sum);
    }

    /// <inheritdoc/>
    public override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.TryGet("sum", out double sum))
            _sum = sum;
    }

    /// <inheritdoc/>
    protected override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        Each(yPred, sampleWeight, UpdateState);
    }
}

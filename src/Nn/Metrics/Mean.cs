using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A running weighted mean of numbers, such as a loss; as a metric of a model it averages the predictions.</summary>
/// <param name="name">The name in logs.</param>
public class Mean(string name = "mean") : Metric(name)
{
    private double _sum;
    private double _weight;

    /// <summary>Takes in one number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="weight">How much it counts.</param>
    public void UpdateState(double value, double weight = 1)
    {
        _sum += value * weight;
        _weight += weight;
    }

    /// <inheritdoc/>
    public override double Result() => _weight == 0 ? 0 : _sum / _weight;

    /// <inheritdoc/>
    public override void ResetState() => _sum = _weight = 0;

    /// <inheritdoc/>
    public override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("sum", _sum);
        state.Set("weight", _weight);
    }

    /// <inheritdoc/>
    public override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.TryGet("sum", out double sum) && state.TryGet("weight", out double weight))
            (_sum, _weight) = (sum, weight);
    }

    /// <inheritdoc/>
    protected override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yPred);
        Each(yPred, sampleWeight, UpdateState);
    }
}

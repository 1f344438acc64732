namespace Numerics.Nn;

/// <summary>A callback made of functions.</summary>
public sealed class LambdaCallback : Callback
{
    private readonly Action? _onTrainBegin;
    private readonly Action? _onTrainEnd;
    private readonly Action<int>? _onEpochBegin;
    private readonly Action<int, IReadOnlyDictionary<string, double>>? _onEpochEnd;
    private readonly Action<int>? _onTrainBatchBegin;
    private readonly Action<int, IReadOnlyDictionary<string, double>>? _onTrainBatchEnd;

    /// <summary>Creates the callback.</summary>
    /// <param name="onEpochBegin">Called before an epoch, counted from 0.</param>
    /// <param name="onEpochEnd">Called after an epoch with its logs.</param>
    /// <param name="onTrainBegin">Called before the first epoch.</param>
    /// <param name="onTrainEnd">Called after the last epoch.</param>
    /// <param name="onTrainBatchBegin">Called before a step, counted from 0 within the epoch.</param>
    /// <param name="onTrainBatchEnd">Called after a step with the logs of the epoch so far.</param>
    public LambdaCallback(
        Action<int>? onEpochBegin = null,
        Action<int, IReadOnlyDictionary<string, double>>? onEpochEnd = null,
        Action? onTrainBegin = null,
        Action? onTrainEnd = null,
        Action<int>? onTrainBatchBegin = null,
        Action<int, IReadOnlyDictionary<string, double>>? onTrainBatchEnd = null)
    {
        (_onEpochBegin, _onEpochEnd) = (onEpochBegin, onEpochEnd);
        (_onTrainBegin, _onTrainEnd) = (onTrainBegin, onTrainEnd);
        (_onTrainBatchBegin, _onTrainBatchEnd) = (onTrainBatchBegin, onTrainBatchEnd);
    }

    /// <inheritdoc/>
    public override void OnTrainBegin() => _onTrainBegin?.Invoke();

    /// <inheritdoc/>
    public override void OnTrainEnd() => _onTrainEnd?.Invoke();

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch) => _onEpochBegin?.Invoke(epoch);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs) => _onEpochEnd?.Invoke(epoch, logs);

    /// <inheritdoc/>
    public override void OnTrainBatchBegin(int batch) => _onTrainBatchBegin?.Invoke(batch);

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs) => _onTrainBatchEnd?.Invoke(batch, logs);
}

namespace Numerics.Nn;

/// <summary>Ends training when the loss is no longer a finite number.</summary>
public sealed class TerminateOnNaN : Callback
{
    /// <summary>The epoch and batch, counted from 0, at which training was ended; null when it was not.</summary>
    public (int Epoch, int Batch)? StoppedAt { get; private set; }

    private int _epoch;

    /// <inheritdoc/>
    public override void OnTrainBegin() => StoppedAt = null;

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch) => _epoch = epoch;

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (!logs.TryGetValue("loss", out double loss) || double.IsFinite(loss))
            return;
        StoppedAt = (_epoch, batch);
        Model.StopTraining = true;
    }
}

namespace Numerics.Nn;

/// <summary>Notes each epoch in a history.</summary>
/// <param name="history">The history.</param>
internal sealed class HistoryRecorder(History history) : Callback
{
    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs) => history.Add(epoch, logs);
}

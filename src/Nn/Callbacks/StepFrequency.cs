namespace Numerics.Nn;

/// <summary>Something that happens every so many steps, over the ends of epochs.</summary>
/// <param name="frequency">After how many steps; never when null.</param>
internal sealed class StepFrequency(int? frequency)
{
    private int _waiting;
    private int _lastBatch = -1;

    /// <summary>Begins to count anew.</summary>
    public void Reset() => (_waiting, _lastBatch) = (0, -1);

    /// <summary>Whether it is time. Batches between two calls, of several steps taken in a row, count as well.</summary>
    /// <param name="batch">The batch that is done, from 0 within its epoch.</param>
    public bool IsDue(int batch)
    {
        _waiting += batch <= _lastBatch ? batch + 1 : batch - _lastBatch;
        _lastBatch = batch;
        if (frequency is not { } steps || _waiting < steps)
            return false;
        _waiting = 0;
        return true;
    }

    /// <summary>Notes the count.</summary>
    public void SaveState(TrainingState state)
    {
        state.Set("waiting", (long)_waiting);
        state.Set("last_batch", (long)_lastBatch);
    }

    /// <summary>Takes back what <see cref="SaveState"/> wrote.</summary>
    public void LoadState(TrainingState state)
    {
        if (state.TryGet("waiting", out long waiting) && state.TryGet("last_batch", out long last))
            (_waiting, _lastBatch) = ((int)waiting, (int)last);
    }
}

namespace Numerics.Nn;

/// <summary>
/// Saves the whole state of a run now and then, and goes on from the newest state when Fit is called again with the same arguments:
/// after a crash, a kill or a cancellation. The run then takes bitwise the steps that it would have taken without the interruption.
/// It runs after all other callbacks, whose state it saves as well (<see cref="Callback.SaveState"/>).
/// </summary>
/// <remarks>
/// A checkpoint is one safetensors file, <c>checkpoint-EPOCH-STEP.safetensors</c>, written under a temporary name, flushed and
/// renamed. One that is damaged is reported on the error stream and renamed, and the one before it is used. Metrics of one's own go on in
/// the middle of an epoch if they override <see cref="Metric.SaveState"/>. Data that is no <see cref="Numerics.Tensors.IResumableDataSource"/> is
/// read again up to the step, and has to yield the same batches.
/// </remarks>
public sealed class BackupAndRestore : Callback
{
    private readonly CheckpointFolder _folder;
    private readonly StepFrequency _saveFreq;
    private readonly int _keep;
    private readonly bool _deleteCheckpoint;

    /// <summary>Creates the callback.</summary>
    /// <param name="backupDir">The folder of the checkpoints of this run; made when it is not there.</param>
    /// <param name="saveFreq">After how many steps the state is saved; after every epoch when null.</param>
    /// <param name="keep">How many checkpoints are kept; at least 2, so that there is one before a damaged one.</param>
    /// <param name="deleteCheckpoint">Whether they are removed when training ends.</param>
    public BackupAndRestore(string backupDir, int? saveFreq = null, int keep = 2, bool deleteCheckpoint = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(backupDir);
        if (saveFreq < 1)
            throw new ArgumentOutOfRangeException(nameof(saveFreq), saveFreq, "saveFreq is at least 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 2);
        _folder = new CheckpointFolder(backupDir);
        (_saveFreq, _keep, _deleteCheckpoint) = (new StepFrequency(saveFreq), keep, deleteCheckpoint);
    }

    /// <summary>The checkpoint that the run went on from, or null.</summary>
    public string? RestoredFrom { get; private set; }

    /// <summary>The checkpoint that was written last, or null.</summary>
    public string? LastPath { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The checkpoints are of another model or optimizer.</exception>
    public override void OnTrainBegin()
    {
        (RestoredFrom, LastPath) = (null, null);
        _saveFreq.Reset();
        if (_folder.Load(message => Console.Error.WriteLine($"warning: {message}")) is not var (state, path))
            return;
        Checkpoint.Restore(Model, state, path);
        RestoredFrom = path;
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
        if (_saveFreq.IsDue(batch))
            Save();
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs) => Save();

    /// <inheritdoc/>
    public override void OnTrainInterrupted() => Save();

    /// <inheritdoc/>
    public override void OnTrainEnd()
    {
        if (_deleteCheckpoint)
            _folder.Clear();
    }

    /// <inheritdoc/>
    public override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _saveFreq.SaveState(state);
    }

    /// <inheritdoc/>
    public override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _saveFreq.LoadState(state);
    }

    /// <summary>Removes all checkpoints of the run.</summary>
    public void DeleteCheckpoints() => _folder.Clear();

    private void Save()
    {
        TrainingRun run = Model.Run!;
        LastPath = _folder.Save(Checkpoint.Capture(Model), run.Epoch, run.Step, _keep);
    }
}

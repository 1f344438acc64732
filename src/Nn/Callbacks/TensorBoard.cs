using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Writes event files for TensorBoard: loss and metrics of each epoch, those of training into the folder <c>train</c>, those of
/// validation into <c>validation</c>, under <c>epoch_loss</c> and so on as Keras names them, and histograms of the weights.
/// </summary>
/// <param name="logDir">The folder.</param>
/// <param name="histogramFreq">After how many epochs histograms of all weights are written; never when 0.</param>
/// <param name="updateFreq">After how many steps loss and metrics are written besides, as <c>batch_loss</c>; never when null.</param>
public sealed class TensorBoard(string logDir, int histogramFreq = 0, int? updateFreq = null) : Callback, IDisposable
{
    private const string Validation = "val_";

    private readonly string _folder = !string.IsNullOrEmpty(logDir) ? logDir : throw new ArgumentException("a folder is needed", nameof(logDir));
    private EventFile? _train;
    private EventFile? _validation;

    /// <inheritdoc/>
    public override bool RunsOnEveryProcess => false;

    /// <inheritdoc/>
    public override void OnTrainBegin() => Dispose();

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        long step = Model.Optimizer!.Iterations;
        if (updateFreq is not { } frequency || step % frequency != 0)
            return;
        foreach ((string name, double value) in logs)
            Train.Scalar($"batch_{name}", value, step);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        foreach ((string name, double value) in logs)
        {
            if (name.StartsWith(Validation, StringComparison.Ordinal))
                Held.Scalar($"epoch_{name[Validation.Length..]}", value, epoch);
            else
                Train.Scalar($"epoch_{name}", value, epoch);
        }

        if (histogramFreq > 0 && epoch % histogramFreq == 0)
        {
            foreach (Variable variable in Model.Variables)
                Train.Histogram($"{variable.Name}/histogram", variable.Value.ToArray(), epoch);
        }

        _train?.Flush();
        _validation?.Flush();
    }

    /// <inheritdoc/>
    public override void OnTrainEnd() => Dispose();

    /// <inheritdoc/>
    public override void OnTrainInterrupted() => Dispose();

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _train?.Dispose();
        _validation?.Dispose();
        (_train, _validation) = (null, null);
    }

    private EventFile Train => _train ??= new EventFile(Path.Combine(_folder, "train"));

    private EventFile Held => _validation ??= new EventFile(Path.Combine(_folder, "validation"));
}

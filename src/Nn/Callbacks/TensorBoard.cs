using System.Diagnostics;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Writes event files for TensorBoard under Keras' names: loss, metrics and learning rate of each epoch (<c>epoch_loss</c>, …), those
/// of training into the folder <c>train</c>, those of validation into <c>validation</c>; the graph of the layers, histograms and
/// pictures of the weights, and whatever <see cref="WriteScalar"/> and <see cref="WriteImage"/> are given during training.
/// </summary>
/// <param name="logDir">The folder.</param>
/// <param name="histogramFreq">After how many epochs histograms of all weights are written; never when 0.</param>
/// <param name="writeGraph">Whether the graph of the layers is written; a model of one's own class has none that could be known.</param>
/// <param name="writeImages">Whether weights are written as pictures besides, where there are histograms and a weight has at most 2^20
/// elements: from its least value, black, to its greatest, white.</param>
/// <param name="writeStepsPerSecond">Whether the speed of each epoch is written.</param>
/// <param name="updateFreq">After how many steps loss and metrics are written besides, as <c>batch_loss</c>; never when null.</param>
public sealed class TensorBoard(
    string logDir, int histogramFreq = 0, bool writeGraph = true, bool writeImages = false, bool writeStepsPerSecond = false, int? updateFreq = null)
    : Callback, IDisposable
{
    private const string Validation = "val_";

    private readonly string _folder = !string.IsNullOrEmpty(logDir) ? logDir : throw new ArgumentException("a folder is needed", nameof(logDir));
    private readonly int? _updateFreq = updateFreq is null or >= 1 ? updateFreq : throw new ArgumentOutOfRangeException(nameof(updateFreq), updateFreq, "updateFreq is at least 1");
    private EventFile? _train;
    private EventFile? _validation;
    private bool _graphWritten;
    private long _epochStart;
    private long _firstStep;

    /// <summary>Writes a number of one's own, beside those of training.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="value">The number.</param>
    /// <param name="step">The epoch or step that it belongs to.</param>
    public void WriteScalar(string tag, double value, long step)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        Train.Scalar(tag, value, step);
    }

    /// <summary>Writes a picture of one's own, beside what is written of training.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="picture">[height, width, 1 or 3], bytes or floats in [0, 1].</param>
    /// <param name="step">The epoch or step that it belongs to.</param>
    /// <exception cref="ShapeMismatchException">The array is no picture.</exception>
    public void WriteImage(string tag, NDArray picture, long step)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        PngPicture pixels = PngPicture.Of(picture);
        Train.Image(tag, pixels, step);
    }

    /// <inheritdoc/>
    public override bool RunsOnEveryProcess => false;

    /// <inheritdoc/>
    public override void OnTrainBegin()
    {
        Dispose();
        _graphWritten = false;
        WriteGraph();
    }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch)
    {
        _epochStart = Stopwatch.GetTimestamp();
        _firstStep = Model.Optimizer!.Calls;
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        WriteGraph();
        long step = Model.Optimizer!.Calls;
        if (_updateFreq is not { } frequency || step % frequency != 0)
            return;
        foreach ((string name, double value) in logs)
            Train.Scalar($"batch_{name}", value, step);
    }

    /// <inheritdoc/>
    public override void OnTestEnd(IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        foreach ((string name, double value) in logs)
            Held.Scalar($"evaluation_{name}_vs_iterations", value, Model.Optimizer!.Iterations);
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

        if (!logs.ContainsKey(LogText.LearningRate))
            Train.Scalar($"epoch_{LogText.LearningRate}", Model.Optimizer!.LearningRate, epoch);
        if (writeStepsPerSecond)
        {
            double steps = Model.Optimizer!.Calls - _firstStep;
            Train.Scalar("epoch_steps_per_second", steps / Stopwatch.GetElapsedTime(_epochStart).TotalSeconds, epoch);
        }

        if (histogramFreq > 0 && epoch % histogramFreq == 0)
        {
            foreach (Variable variable in Model.Variables)
            {
                NDArray weight = variable.Value.ToNDArray();
                Train.Histogram($"{variable.Name}/histogram", weight.AsSpan<float>(), epoch);
                if (writeImages && PngPicture.OfWeight(weight) is { } picture)
                    Train.Image($"{variable.Name}/image", picture, epoch);
            }
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd() => Dispose();

    /// <inheritdoc/>
    public override void OnTrainInterrupted() => Dispose();

    /// <inheritdoc/>
    public override void OnTrainFailed(Exception error) => Dispose();

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _train?.Dispose();
        _validation?.Dispose();
        (_train, _validation) = (null, null);
    }

    private EventFile Train => _train ??= new EventFile(Path.Combine(_folder, "train"));

    private EventFile Held => _validation ??= new EventFile(Path.Combine(_folder, "validation"));

    // A model without an Input gets its shapes from the first batch.
    private void WriteGraph()
    {
        if (!writeGraph || _graphWritten || !Model.Built)
            return;
        _graphWritten = true;
        if (GraphMessage.Of(Model) is { } graph)
            Train.Graph(graph);
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace Numerics.Nn;

/// <summary>Saves the model, or its weights, now and then. The best value so far is kept from one call of Fit to the next.</summary>
public sealed partial class ModelCheckpoint : Callback
{
    private readonly string _filepath;
    private readonly Monitor _monitor;
    private readonly bool _saveBestOnly;
    private readonly StepFrequency? _saveFreq;
    private readonly int _verbose;
    private readonly Action<Model, string> _save;
    private double? _best;
    private int _epoch;

    /// <summary>Creates the callback.</summary>
    /// <param name="filepath">The file; <c>{epoch}</c>, <c>{batch}</c> and names of logs in it are filled in, with Keras' formats:
    /// <c>{epoch:02d}-{val_loss:.2f}.safetensors</c>. Epochs and batches are counted from 1, folders are made.</param>
    /// <param name="monitor">The value that says which model is the best.</param>
    /// <param name="verbose">1 writes when and why the model is saved.</param>
    /// <param name="saveBestOnly">Whether it is only saved when it is better than all before.</param>
    /// <param name="mode">Which values are better.</param>
    /// <param name="saveFreq">After how many steps it is saved; after every epoch when null.</param>
    /// <param name="initialValueThreshold">The value that the first model has to beat.</param>
    /// <param name="save">How a model is written, such as <c>(model, path) => KerasModel.Save(model, path)</c>; its weights as a safetensors
    /// file when null.</param>
    /// <exception cref="ArgumentException">The path says that the file is one of Keras or ONNX, and <paramref name="save"/> is null.</exception>
    public ModelCheckpoint(
        string filepath,
        string monitor = "val_loss",
        int verbose = 0,
        bool saveBestOnly = false,
        MonitorMode mode = MonitorMode.Auto,
        int? saveFreq = null,
        double? initialValueThreshold = null,
        Action<Model, string>? save = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(filepath);
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        if (saveFreq < 1)
            throw new ArgumentOutOfRangeException(nameof(saveFreq), saveFreq, "saveFreq is at least 1");
        if (save is null)
            Nn.Model.CheckWeightsPath(filepath, nameof(filepath));
        _monitor = new Monitor(this, monitor, mode, 0);
        (_filepath, _verbose, _saveBestOnly, _saveFreq) = (filepath, verbose, saveBestOnly, saveFreq is null ? null : new StepFrequency(saveFreq));
        _best = initialValueThreshold;
        _save = save ?? ((model, path) => model.SaveWeights(path));
    }

    /// <summary>The file that was saved last, or null.</summary>
    public string? LastPath { get; private set; }

    /// <inheritdoc/>
    public override bool RunsOnEveryProcess => false;

    /// <inheritdoc/>
    public override void OnTrainBegin() => _saveFreq?.Reset();

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch) => _epoch = epoch;

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
        if (_saveFreq?.IsDue(batch) == true)
            Save(batch, logs);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        if (_saveFreq is null)
            Save(null, logs);
    }

    /// <inheritdoc/>
    public override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _saveFreq?.SaveState(state);
        if (_best is { } best)
            state.Set("best", best);
    }

    /// <inheritdoc/>
    public override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _saveFreq?.LoadState(state);
        if (state.TryGet("best", out double best))
            _best = best;
    }

    [GeneratedRegex(@"\{(\w+)(?::(?<zero>0?)(?<width>\d*)(?:\.(?<digits>\d+))?(?<kind>[dfge]?))?\}")]
    private static partial Regex Placeholder();

    private void Save(int? batch, IReadOnlyDictionary<string, double> logs)
    {
        string path = PathFor(batch, logs);
        if (!IsWanted(logs, path))
            return;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } folder)
            _ = Directory.CreateDirectory(folder);
        _save(Model, path);
        LastPath = path;
    }

    private bool IsWanted(IReadOnlyDictionary<string, double> logs, string path)
    {
        if (!_saveBestOnly || !_monitor.TryRead(logs, out double value))
        {
            Say($"saving model to {path}");
            return true;
        }

        string before = _best is { } best ? best.ToString("F5", CultureInfo.InvariantCulture) : "None";
        if (!_monitor.Improves(value, _best))
        {
            Say($"{_monitor.Name} did not improve from {before}");
            return false;
        }

        Say($"{_monitor.Name} improved from {before} to {value.ToString("F5", CultureInfo.InvariantCulture)}, saving model to {path}");
        _best = value;
        return true;
    }

    private void Say(string what)
    {
        if (_verbose > 0)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nEpoch {_epoch + 1}: {what}"));
    }

    private string PathFor(int? batch, IReadOnlyDictionary<string, double> logs) => Placeholder().Replace(_filepath, match =>
    {
        string name = match.Groups[1].Value;
        double value = name switch
        {
            "epoch" => _epoch + 1,
            "batch" when batch is { } number => number + 1,
            _ => logs.TryGetValue(name, out double log)
                ? log
                : throw new InvalidOperationException(
                    $"ModelCheckpoint: the path '{_filepath}' needs '{name}'; there are: epoch, {string.Join(", ", logs.Keys)}"),
        };
        string digits = match.Groups["digits"].Value;
        string text = match.Groups["kind"].Value switch
        {
            "f" => value.ToString($"F{(digits.Length > 0 ? digits : "6")}", CultureInfo.InvariantCulture),
            "e" => value.ToString($"0.{new string('0', digits.Length > 0 ? int.Parse(digits, CultureInfo.InvariantCulture) : 6)}e+00", CultureInfo.InvariantCulture),
            _ => value.ToString(CultureInfo.InvariantCulture),
        };
        string width = match.Groups["width"].Value;
        char filler = match.Groups["zero"].Length > 0 ? '0' : ' ';
        return width.Length == 0 ? text : text.PadLeft(int.Parse(width, CultureInfo.InvariantCulture), filler);
    });
}

using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Ends training when a value has not improved for some epochs.</summary>
public sealed class EarlyStopping : Callback
{
    private readonly Monitor _monitor;
    private readonly int _patience;
    private readonly double? _baseline;
    private readonly bool _restoreBestWeights;
    private readonly int _startFromEpoch;
    private readonly int _verbose;
    private NDArray[]? _bestWeights;
    private double? _best;
    private int _wait;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The name of the value, such as <c>val_loss</c>.</param>
    /// <param name="minDelta">The least change that counts as an improvement, at least 0.</param>
    /// <param name="patience">The number of epochs without improvement that are allowed.</param>
    /// <param name="verbose">1 writes when training is ended and weights are put back.</param>
    /// <param name="mode">Which values are better.</param>
    /// <param name="baseline">The value that has to be beaten for patience to begin anew; any improvement counts when null.</param>
    /// <param name="restoreBestWeights">Whether the weights of the best epoch are put back at the end.</param>
    /// <param name="startFromEpoch">The epochs, counted from 0, before this one are not looked at.</param>
    public EarlyStopping(
        string monitor = "val_loss",
        double minDelta = 0,
        int patience = 0,
        int verbose = 0,
        MonitorMode mode = MonitorMode.Auto,
        double? baseline = null,
        bool restoreBestWeights = false,
        int startFromEpoch = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        ArgumentOutOfRangeException.ThrowIfNegative(minDelta);
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(startFromEpoch);
        _monitor = new Monitor(this, monitor, mode, minDelta);
        (_patience, _verbose, _baseline) = (patience, verbose, baseline);
        (_restoreBestWeights, _startFromEpoch) = (restoreBestWeights, startFromEpoch);
    }

    /// <summary>The epoch, counted from 0, with the best value; -1 before the first.</summary>
    public int BestEpoch { get; private set; } = -1;

    /// <summary>The epoch, counted from 0, after which training was ended; null when it was not.</summary>
    public int? StoppedEpoch { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin()
    {
        (_wait, _best, _bestWeights) = (0, null, null);
        BestEpoch = -1;
        StoppedEpoch = null;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is not known which values of the metric are better.</exception>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (!_monitor.TryRead(logs, out double value) || epoch < _startFromEpoch)
            return;
        if (_restoreBestWeights && _bestWeights is null)
            Remember(epoch);
        _wait++;
        if (_monitor.Improves(value, _best))
        {
            _best = value;
            Remember(epoch);
            if (_baseline is null || _monitor.Improves(value, _baseline))
                _wait = 0;
            return;
        }

        if (_wait < _patience || epoch == 0)
            return;
        StoppedEpoch = epoch;
        Model.StopTraining = true;
    }

    /// <inheritdoc/>
    public override void OnTrainEnd()
    {
        if (_verbose > 0 && StoppedEpoch is { } stopped)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Epoch {stopped + 1}: early stopping"));
        if (_bestWeights is null)
            return;
        if (_verbose > 0)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Restoring model weights from the end of the best epoch: {BestEpoch + 1}."));
        }

        foreach ((Variable variable, NDArray value) in Model.Variables.Zip(_bestWeights))
            variable.Assign(value);
        _bestWeights = null;
    }

    /// <inheritdoc/>
    public override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("wait", (long)_wait);
        state.Set("best_epoch", (long)BestEpoch);
        if (_best is { } best)
            state.Set("best", best);
        for (int i = 0; i < (_bestWeights?.Length ?? 0); i++)
            state.Set(string.Create(CultureInfo.InvariantCulture, $"weights/{i}"), _bestWeights![i]);
    }

    /// <inheritdoc/>
    public override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _wait = state.TryGet("wait", out long wait) ? (int)wait : 0;
        BestEpoch = state.TryGet("best_epoch", out long epoch) ? (int)epoch : -1;
        _best = state.TryGet("best", out double best) ? best : null;
        var weights = new List<NDArray>();
        while (state.TryGet(string.Create(CultureInfo.InvariantCulture, $"weights/{weights.Count}"), out NDArray? array))
            weights.Add(array);
        _bestWeights = weights.Count > 0 ? [.. weights] : null;
    }

    private void Remember(int epoch)
    {
        BestEpoch = epoch;
        if (!_restoreBestWeights)
            return;
        IReadOnlyList<Variable> variables = Model.Variables;
        _bestWeights ??= [.. variables.Select(variable => NDArray.Empty(variable.Shape, variable.Value.DType))];
        foreach ((Variable variable, NDArray best) in variables.Zip(_bestWeights))
            variable.Value.Backend.Download(variable.Value, 0, best.Bytes);
    }
}

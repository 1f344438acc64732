using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Ends training when a value has not improved for some epochs.</summary>
public sealed class EarlyStopping : Callback
{
    private readonly string _monitor;
    private readonly double _minDelta;
    private readonly int _patience;
    private readonly bool _restoreBestWeights;
    private readonly int _startFromEpoch;
    private readonly bool _maximise;
    private NDArray[]? _bestWeights;
    private double _best;
    private int _wait;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The name of the value, such as <c>val_loss</c>.</param>
    /// <param name="minDelta">The least change that counts as an improvement, at least 0.</param>
    /// <param name="patience">The number of epochs without improvement that are allowed.</param>
    /// <param name="maximise">Whether greater is better; when null, it is for names that contain accuracy, precision or recall.</param>
    /// <param name="restoreBestWeights">Whether the weights of the best epoch are put back at the end.</param>
    /// <param name="startFromEpoch">The epochs, counted from 0, before this one are not looked at.</param>
    public EarlyStopping(
        string monitor = "val_loss", double minDelta = 0, int patience = 0, bool? maximise = null, bool restoreBestWeights = false, int startFromEpoch = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        ArgumentOutOfRangeException.ThrowIfNegative(minDelta);
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(startFromEpoch);
        (_monitor, _minDelta, _patience) = (monitor, minDelta, patience);
        (_restoreBestWeights, _startFromEpoch) = (restoreBestWeights, startFromEpoch);
        string[] rising = ["accuracy", "precision", "recall"];
        _maximise = maximise ?? rising.Any(name => monitor.Contains(name, StringComparison.Ordinal));
    }

    /// <summary>The epoch, counted from 0, with the best value; -1 before the first.</summary>
    public int BestEpoch { get; private set; } = -1;

    /// <summary>The epoch, counted from 0, after which training was ended; null when it was not.</summary>
    public int? StoppedEpoch { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin()
    {
        _wait = 0;
        _best = _maximise ? double.NegativeInfinity : double.PositiveInfinity;
        _bestWeights = null;
        BestEpoch = -1;
        StoppedEpoch = null;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The logs have no such value; the message lists what they have.</exception>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (epoch < _startFromEpoch)
            return;
        if (!logs.TryGetValue(_monitor, out double value))
            throw new InvalidOperationException($"EarlyStopping watches '{_monitor}', the logs have: {string.Join(", ", logs.Keys)}");
        if (_maximise ? value - _minDelta > _best : value + _minDelta < _best)
        {
            (_best, _wait, BestEpoch) = (value, 0, epoch);
            if (_restoreBestWeights)
                _bestWeights = [.. Model.Variables.Select(variable => variable.Value.ToNDArray())];
            return;
        }

        if (++_wait < _patience || epoch == 0)
            return;
        StoppedEpoch = epoch;
        Model.StopTraining = true;
    }

    /// <inheritdoc/>
    public override void OnTrainEnd()
    {
        if (_bestWeights is null)
            return;
        foreach ((Variable variable, NDArray value) in Model.Variables.Zip(_bestWeights))
            variable.Assign(value);
        _bestWeights = null;
    }
}

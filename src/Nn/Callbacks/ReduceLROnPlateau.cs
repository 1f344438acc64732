using System.Globalization;

namespace Numerics.Nn;

/// <summary>Lowers the learning rate when a value has not improved for some epochs.</summary>
public sealed class ReduceLROnPlateau : Callback
{
    private readonly Monitor _monitor;
    private readonly double _factor;
    private readonly int _patience;
    private readonly int _verbose;
    private readonly int _cooldown;
    private readonly double _minLearningRate;
    private double? _best;
    private int _wait;
    private int _cooling;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The name of the value, such as <c>val_loss</c>.</param>
    /// <param name="factor">What the rate is multiplied by, in (0, 1).</param>
    /// <param name="patience">The number of epochs without improvement after which it is.</param>
    /// <param name="verbose">1 writes each new rate.</param>
    /// <param name="mode">Which values are better.</param>
    /// <param name="minDelta">The least change that counts as an improvement, at least 0.</param>
    /// <param name="cooldown">The epochs after a change that are not counted.</param>
    /// <param name="minLr">The least rate.</param>
    public ReduceLROnPlateau(
        string monitor = "val_loss",
        double factor = 0.1,
        int patience = 10,
        int verbose = 0,
        MonitorMode mode = MonitorMode.Auto,
        double minDelta = 1e-4,
        int cooldown = 0,
        double minLr = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(monitor);
        if (factor is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "factor is in (0, 1)");
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(minDelta);
        ArgumentOutOfRangeException.ThrowIfNegative(cooldown);
        ArgumentOutOfRangeException.ThrowIfNegative(minLr);
        _monitor = new Monitor(this, monitor, mode, minDelta);
        (_factor, _patience, _verbose, _cooldown, _minLearningRate) = (factor, patience, verbose, cooldown, minLr);
    }

    /// <inheritdoc/>
    public override void OnTrainBegin() => (_best, _wait, _cooling) = (null, 0, 0);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is not known which values of the metric are better, or the optimizer's rate
    /// comes from a schedule.</exception>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        Optimizer optimizer = Model.Optimizer!;
        LogText.Add(logs, LogText.LearningRate, optimizer.LearningRate);
        if (!_monitor.TryRead(logs, out double value))
            return;
        if (_cooling > 0)
        {
            _cooling--;
            _wait = 0;
        }

        if (_monitor.Improves(value, _best))
        {
            (_best, _wait) = (value, 0);
            return;
        }

        if (_cooling > 0 || ++_wait < _patience || optimizer.LearningRate <= (float)_minLearningRate)
            return;
        optimizer.LearningRate = (float)Math.Max(optimizer.LearningRate * _factor, _minLearningRate);
        if (_verbose > 0)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {optimizer.LearningRate}."));
        }

        (_cooling, _wait) = (_cooldown, 0);
    }

    /// <inheritdoc/>
    public override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("wait", (long)_wait);
        state.Set("cooldown", (long)_cooling);
        if (_best is { } best)
            state.Set("best", best);
    }

    /// <inheritdoc/>
    public override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _wait = state.TryGet("wait", out long wait) ? (int)wait : 0;
        _cooling = state.TryGet("cooldown", out long cooling) ? (int)cooling : 0;
        _best = state.TryGet("best", out double best) ? best : null;
    }
}

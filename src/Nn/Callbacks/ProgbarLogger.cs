using System.Globalization;
using System.Text;

namespace Numerics.Nn;

/// <summary>
/// Writes the progress of training or evaluation as Keras does: on a terminal a bar of 20 cells that is redrawn in place, with the
/// time that is left, the time of a step and loss and metrics; elsewhere a line an epoch. Fit and Evaluate make one unless
/// <c>verbose</c> is 0.
/// </summary>
public sealed class ProgbarLogger : Callback
{
    private const int Cells = 20;
    private static readonly TimeSpan s_redraw = TimeSpan.FromMilliseconds(50);

    private readonly int _verbose;
    private readonly TextWriter? _writer;
    private readonly bool _bar;
    private readonly TimeProvider _time;
    private long _start;
    private long? _afterFirst;
    private long? _drawn;
    private int _done;
    private int _width;
    private bool _training;

    /// <summary>Creates the callback.</summary>
    /// <param name="verbose">1 for the bar, 2 for a line an epoch.</param>
    /// <param name="writer">Where to; the console when null.</param>
    /// <param name="isTerminal">Whether the bar can be redrawn in place; found out when null.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public ProgbarLogger(int verbose = 1, TextWriter? writer = null, bool? isTerminal = null, TimeProvider? time = null)
    {
        _verbose = verbose;
        _writer = writer;
        _bar = verbose == 1 && (isTerminal ?? (writer is null && !Console.IsOutputRedirected));
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The number of epochs; the number of each is written when there is more than one.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>The number of steps of an epoch, asked for at every step; null when it is not known.</summary>
    public Func<int?>? Steps { get; init; }

    private TextWriter Writer => _writer ?? Console.Out;

    /// <inheritdoc/>
    public override bool RunsOnEveryProcess => false;

    /// <inheritdoc/>
    public override void OnTrainBegin() => _training = true;

    /// <inheritdoc/>
    public override void OnTrainEnd() => _training = false;

    /// <inheritdoc/>
    public override void OnTrainInterrupted() => Leave();

    /// <inheritdoc/>
    public override void OnTrainFailed(Exception error) => Leave();

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch)
    {
        Restart();
        if (Epochs > 1)
            Writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Epoch {epoch + 1}/{Epochs}"));
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs) => Advance(batch, logs);

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs) => Finish(logs);

    /// <inheritdoc/>
    public override void OnTestBegin()
    {
        if (!_training)
            Restart();
    }

    /// <inheritdoc/>
    public override void OnTestBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
        if (!_training)
            Advance(batch, logs);
    }

    /// <inheritdoc/>
    public override void OnTestEnd(IReadOnlyDictionary<string, double> logs)
    {
        if (!_training)
            Finish(logs);
    }

    private void Restart()
    {
        (_done, _width, _drawn, _afterFirst) = (0, 0, null, null);
        _start = _time.GetTimestamp();
    }

    private void Advance(int batch, IReadOnlyDictionary<string, double> logs)
    {
        _done = batch + 1;
        long now = _time.GetTimestamp();
        if (_bar && (_drawn is not { } last || _time.GetElapsedTime(last, now) >= s_redraw))
        {
            _drawn = now;
            Draw(logs, final: false);
        }

        _afterFirst ??= now;
    }

    private void Finish(IReadOnlyDictionary<string, double> logs)
    {
        if (_bar)
        {
            Draw(logs, final: true);
            Writer.WriteLine();
        }
        else if (_verbose == 2)
        {
            Writer.WriteLine($"{Count(_done)} - {Elapsed()} - {PerStep()} - {LogText.Format(logs)}");
        }
        else
        {
            Writer.WriteLine($"{Count(_done)} {Elapsed()} {PerStep()} - {LogText.Format(logs)}");
        }
    }

    // What is written next does not belong into the line of the bar.
    private void Leave()
    {
        _training = false;
        if (_bar)
            Writer.WriteLine();
    }

    private void Draw(IReadOnlyDictionary<string, double> logs, bool final)
    {
        int? steps = Steps?.Invoke();
        string count = steps is > 0 ? Count(_done) : string.Create(CultureInfo.InvariantCulture, $"{_done,7}/Unknown");
        string time = final || steps is not > 0 ? Elapsed() : Remaining(steps.Value);
        string rest = $" {PerStep()} - {LogText.Format(logs)}";
        var line = new StringBuilder("\r");
        if (steps is > 0 and int total)
        {
            int full = Math.Min(Cells, (int)((long)_done * Cells / total));
            _ = line.Append(CultureInfo.InvariantCulture, $"\e[1m{count}\e[0m ");
            if (full > 0)
                _ = line.Append(CultureInfo.InvariantCulture, $"\e[32m{new string('━', full)}\e[0m");
            _ = line.Append(CultureInfo.InvariantCulture, $"\e[37m{new string('━', Cells - full)}\e[0m");
        }
        else
        {
            _ = line.Append(count);
        }

        _ = line.Append(CultureInfo.InvariantCulture, $" \e[1m{time}\e[0m{rest}");
        int width = count.Length + (steps is > 0 ? Cells + 1 : 0) + 1 + time.Length + rest.Length;
        if (width < _width)
            _ = line.Append(' ', _width - width);
        _width = width;
        Writer.Write(line);
    }

    private string Count(int done)
    {
        if (Steps?.Invoke() is not { } steps)
            return done.ToString(CultureInfo.InvariantCulture);
        string all = steps.ToString(CultureInfo.InvariantCulture);
        return $"{done.ToString(CultureInfo.InvariantCulture).PadLeft(all.Length)}/{all}";
    }

    private string Elapsed() => string.Create(CultureInfo.InvariantCulture, $"{_time.GetElapsedTime(_start).TotalSeconds:F0}s");

    private string Remaining(int steps)
    {
        var left = TimeSpan.FromSeconds(Math.Floor(SecondsPerStep() * (steps - _done)));
        if (left.TotalHours > 1)
            return string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours}:{left.Minutes:D2}:{left.Seconds:D2}");
        return left.TotalMinutes > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{left.Minutes}:{left.Seconds:D2}")
            : string.Create(CultureInfo.InvariantCulture, $"{left.TotalSeconds:F0}s");
    }

    // The first step, which builds and compiles, would tell nothing about the others.
    private double SecondsPerStep() => _done > 1 && _afterFirst is { } first
        ? _time.GetElapsedTime(first).TotalSeconds / (_done - 1)
        : _time.GetElapsedTime(_start).TotalSeconds / Math.Max(1, _done);

    private string PerStep()
    {
        double seconds = SecondsPerStep();
        if (seconds is >= 1 or 0)
            return string.Create(CultureInfo.InvariantCulture, $"{seconds:F0}s/step");
        return seconds >= 1e-3
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:F0}ms/step")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:F0}us/step");
    }
}

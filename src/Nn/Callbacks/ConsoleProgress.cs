using System.Diagnostics;
using System.Globalization;

namespace Numerics.Nn;

/// <summary>
/// Writes the progress of training to the console: a bar that is redrawn in place on a terminal, otherwise a line an epoch.
/// </summary>
/// <param name="verbose">1 for the bar, 2 for lines.</param>
/// <param name="epochs">The number of epochs.</param>
/// <param name="steps">The steps of an epoch; null when not known.</param>
internal sealed class ConsoleProgress(int verbose, int epochs, int? steps) : Callback
{
    private const int Cells = 20;
    private const int RedrawMilliseconds = 100;

    private readonly bool _bar = verbose == 1 && !Console.IsOutputRedirected;
    private readonly Stopwatch _clock = new();
    private long _drawnAt;
    private int _width;
    private int _done;

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch)
    {
        (_done, _drawnAt, _width) = (0, -RedrawMilliseconds, 0);
        _clock.Restart();
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Epoch {epoch + 1}/{epochs}"));
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
        _done = batch + 1;
        if (!_bar || _clock.ElapsedMilliseconds - _drawnAt < RedrawMilliseconds)
            return;
        _drawnAt = _clock.ElapsedMilliseconds;
        Draw(logs);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        if (_bar)
            Draw(logs);
        else
            Console.Out.Write(Line(logs));
        Console.Out.WriteLine();
    }

    private void Draw(IReadOnlyDictionary<string, double> logs)
    {
        string line = Line(logs);
        Console.Out.Write($"\r{line.PadRight(_width)}");
        _width = line.Length;
    }

    private string Line(IReadOnlyDictionary<string, double> logs)
    {
        string count = steps is { } all ? string.Create(CultureInfo.InvariantCulture, $"{_done}/{all}") : _done.ToString(CultureInfo.InvariantCulture);
        string bar = "";
        if (_bar && steps is > 0 and int total)
        {
            int full = Math.Min(Cells, (int)((long)_done * Cells / total));
            bar = $" {new string('━', full)}{new string('─', Cells - full)}";
        }

        double perStep = _clock.Elapsed.TotalMilliseconds / Math.Max(_done, 1);
        return string.Create(CultureInfo.InvariantCulture, $"{count}{bar} {_clock.Elapsed.TotalSeconds:F0}s {perStep:F0}ms/step - {LogText.Format(logs)}");
    }
}

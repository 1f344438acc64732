using System.Diagnostics;

namespace Numerics.Samples.CatsVsDogs.Progress;

/// <summary>Lines: the first step, one every few seconds, and one for each epoch. For files, pipes and continuous integration.</summary>
internal sealed class PlainDisplay(TextWriter output) : TrainingDisplay
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long _lastLine;

    public override void Show(Action training) => training();

    public override void Report(StepReport step)
    {
        bool first = step is { Epoch: 1, Step: 1 };
        if (!first && Stopwatch.GetElapsedTime(_lastLine) < Interval)
            return;
        string steps = step.Steps is { } count ? $"/{count}" : "";
        WriteLine($"epoch {step.Epoch}/{step.Epochs}  step {step.Step}{steps}  {step.Figures}");
    }

    public override void Report(EpochReport epoch) => WriteLine(epoch.ToString());

    private void WriteLine(string line)
    {
        output.WriteLine(line);
        output.Flush();
        _lastLine = Stopwatch.GetTimestamp();
    }
}

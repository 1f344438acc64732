using Spectre.Console;

namespace Numerics.Samples.CatsVsDogs.Progress;

/// <summary>A bar for the epoch at hand; the finished epochs stand above it.</summary>
internal sealed class LiveDisplay : TrainingDisplay
{
    private ProgressTask? _task;
    private string _figures = "";

    public override void Show(Action training)
    {
        var bar = new Spectre.Console.Progress(AnsiConsole.Console) { AutoClear = true };
        bar.Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = 30 }, new FiguresColumn(() => _figures), new SpinnerColumn());
        bar.Start(context =>
        {
            _task = context.AddTask("starting", new ProgressTaskSettings { MaxValue = 1 });
            training();
        });
    }

    public override void Report(StepReport step)
    {
        _task!.Description = $"epoch {step.Epoch}/{step.Epochs}";
        _task.IsIndeterminate = step.Steps is null;
        _task.MaxValue = step.Steps ?? step.Step;
        _task.Value = step.Step;
        _figures = $"{step.Step}/{step.Steps}  {step.Figures}";
    }

    public override void Report(EpochReport epoch)
    {
        string held = epoch.HeldOut is var (loss, accuracy) ? $"  held-out loss {loss:F4}  accuracy [green]{100 * accuracy:F1} %[/]" : "";
        AnsiConsole.MarkupLine($"[bold]epoch {epoch.Last.Epoch}/{epoch.Last.Epochs}[/]  {Markup.Escape(epoch.Last.Figures)}{held}  [grey]{epoch.Time.TotalSeconds:F1} s[/]");
    }
}

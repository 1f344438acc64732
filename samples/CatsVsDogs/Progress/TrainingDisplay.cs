namespace Numerics.Samples.CatsVsDogs.Progress;

/// <summary>Shows how a training goes.</summary>
internal abstract class TrainingDisplay
{
    /// <summary>Bars that move for somebody who watches, else lines.</summary>
    public static TrainingDisplay Create(Terminal terminal) => terminal.IsLive ? new LiveDisplay() : new PlainDisplay(terminal.Out);

    /// <summary>Shows the training while it runs.</summary>
    /// <param name="training">The training, which reports to this display. It runs on the caller's thread.</param>
    public abstract void Show(Action training);

    /// <summary>A step is done.</summary>
    public abstract void Report(StepReport step);

    /// <summary>An epoch is done.</summary>
    public abstract void Report(EpochReport epoch);
}

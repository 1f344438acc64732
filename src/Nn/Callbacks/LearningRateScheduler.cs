using System.Globalization;

namespace Numerics.Nn;

/// <summary>Sets the learning rate before each epoch.</summary>
/// <param name="schedule">The rate for an epoch, counted from 0, and the rate so far.</param>
/// <param name="verbose">1 writes each rate.</param>
public sealed class LearningRateScheduler(Func<int, float, float> schedule, int verbose = 0) : Callback
{
    private readonly Func<int, float, float> _schedule = schedule ?? throw new ArgumentNullException(nameof(schedule));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer's rate comes from a schedule of its own.</exception>
    public override void OnEpochBegin(int epoch)
    {
        Optimizer optimizer = Model.Optimizer!;
        optimizer.LearningRate = _schedule(epoch, optimizer.LearningRate);
        if (verbose > 0)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {optimizer.LearningRate}."));
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs) =>
        LogText.Add(logs, LogText.LearningRate, Model.Optimizer!.LearningRate);
}

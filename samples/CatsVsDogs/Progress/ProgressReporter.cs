using System.Diagnostics;
using Numerics.Data;
using Numerics.Nn;

namespace Numerics.Samples.CatsVsDogs.Progress;

/// <summary>Turns what happens in training into reports for a display.</summary>
/// <param name="display">Where they go.</param>
/// <param name="epochs">How many epochs there will be.</param>
/// <param name="batches">What is trained on; its number of steps becomes exact once damaged files are known.</param>
/// <param name="batchSize">How many pictures a step has.</param>
internal sealed class ProgressReporter(TrainingDisplay display, int epochs, Dataset batches, int batchSize) : Callback
{
    private long _epochStart;
    private StepReport? _last;

    public override void OnEpochBegin(int epoch)
    {
        _epochStart = Stopwatch.GetTimestamp();
        _last = new StepReport(epoch + 1, epochs, 0, batches.Cardinality, double.NaN, 0, 0);
    }

    public override void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
        double seconds = Stopwatch.GetElapsedTime(_epochStart).TotalSeconds;
        _last = _last! with
        {
            Step = batch + 1,
            Steps = batches.Cardinality,
            Loss = logs["loss"],
            Accuracy = logs["accuracy"],
            PicturesPerSecond = (batch + 1) * batchSize / seconds,
        };
        display.Report(_last);
    }

    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        (double, double)? heldOut = logs.TryGetValue("val_loss", out double loss) ? (loss, logs["val_accuracy"]) : null;

        // A run that was interrupted after the last step of the epoch has no step of it.
        StepReport last = _last! with { Loss = logs["loss"], Accuracy = logs["accuracy"] };
        display.Report(new EpochReport(last, heldOut, Stopwatch.GetElapsedTime(_epochStart)));
    }
}

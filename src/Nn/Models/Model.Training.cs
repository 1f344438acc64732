using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>The loop over epochs and batches.</content>
public partial class Model
{
    private History Fit(IBatchSource data, IBatchSource? validationData, FitPlan plan)
    {
        (int epochs, IReadOnlyList<Callback>? callbacks, int verbose, int initialEpoch, int? stepsPerEpoch, int? validationSteps, int validationFreq, CancellationToken cancellationToken) = plan;
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        ArgumentOutOfRangeException.ThrowIfNegative(initialEpoch);
        ArgumentOutOfRangeException.ThrowIfLessThan(validationFreq, 1);
        CheckSteps(stepsPerEpoch, nameof(stepsPerEpoch));
        CheckSteps(validationSteps, nameof(validationSteps));
        CheckVerbose(verbose);
        CheckCompiled();
        var history = new History();
        if (Strategy is not null)
        {
            BuildFor(data);
            (data, validationData) = (Distributed(data), validationData is null ? null : Distributed(validationData));
        }

        using var feed = new TrainingFeed(data, stepsPerEpoch);
        Callback[] progress = verbose == 0 ? [] : [new ProgbarLogger(verbose) { Epochs = epochs, Steps = () => feed.Steps }];
        var all = new CallbackList(this, [.. callbacks ?? [], .. progress, new HistoryRecorder(history)]);
        var run = _run = new TrainingRun
        {
            Feed = feed,
            ValidationData = validationData,
            History = history,
            Callbacks = all.Callbacks,
            Epoch = initialEpoch,
        };
        StopTraining = false;
        try
        {
            all.Each(callback => callback.OnTrainBegin());
            if (Strategy is { } strategy)
                Synchronize(strategy);
            while (run.Epoch < epochs && !StopTraining)
            {
                int epoch = run.Epoch;
                all.Each(callback => callback.OnEpochBegin(epoch));
                var logs = new OrderedDictionary<string, double>();
                run.TrainingLogs ??= TrainEpoch(run, all, cancellationToken);
                foreach ((string name, double value) in run.TrainingLogs)
                    logs[name] = value;
                if (validationData is not null && (epoch + 1) % validationFreq == 0)
                {
                    foreach ((string name, double value) in EvaluateEpoch(validationData, validationSteps, all, "validation data", cancellationToken))
                        logs[$"val_{name}"] = value;
                }

                (run.Epoch, run.Step, run.TrainingLogs) = (epoch + 1, 0, null);
                all.Each(callback => callback.OnEpochEnd(epoch, logs));
            }

            Optimizer!.FinalizeVariableValues(TrainableVariables);
            all.Each(callback => callback.OnTrainEnd());
            return history;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || Strategy is not null)
        {
            try
            {
                all.Each(callback => callback.OnTrainInterrupted());
            }
            catch (Exception error)
            {
                all.EachAfter(error, callback => callback.OnTrainFailed(error));
                throw;
            }

            throw;
        }
        catch (Exception error)
        {
            Strategy?.OnError(error);
            all.EachAfter(error, callback => callback.OnTrainFailed(error));
            throw;
        }
        finally
        {
            (_run, _deferLogs) = (null, false);
        }
    }

    private IReadOnlyDictionary<string, double> TrainEpoch(TrainingRun run, CallbackList callbacks, CancellationToken cancellationToken)
    {
        // An epoch that was interrupted goes on with the sums that its checkpoint brought back.
        if (run.Step == 0)
            ResetMetrics();
        IReadOnlyDictionary<string, double>? logs = run.Step == 0 ? null : ComputeLogs();
        run.Feed.BeginEpoch(run.Step);
        int waiting = 0;
        while (true)
        {
            // Before a batch is taken: one that is taken is trained on, or a checkpoint would leave it out.
            ThrowIfCancelled(cancellationToken);
            if (!run.Feed.TryNext(out Func<TensorBatch>? batch))
                break;
            int step = run.Step;
            if (waiting == 0)
                callbacks.Each(callback => callback.OnTrainBatchBegin(step));
            _deferLogs = ++waiting < StepsPerExecution && (run.Feed.Steps is not { } steps || step + 1 < steps);
            IReadOnlyDictionary<string, double> now;
            using (new TensorScope())
                now = TrainStep(batch());
            run.Step = step + 1;
            if (_deferLogs)
                continue;
            (logs, waiting) = (now, 0);
            callbacks.Each(callback => callback.OnTrainBatchEnd(step, now));
            if (StopTraining)
                break;
        }

        _deferLogs = false;
        if (waiting > 0)
            logs = ComputeLogs();
        if (run.Feed.RanOut && Strategy is not { Rank: > 0 })
        {
            Console.Error.WriteLine(
                $"warning: {Title}: the data ran out in epoch {run.Epoch + 1} after {run.Step} steps; it should yield at least stepsPerEpoch · epochs batches. Does it need Repeat()?");
        }

        return logs ?? throw new ArgumentException(
            run.History.Epoch.Count == 0
                ? $"{Title}: the training data is empty"
                : $"{Title}: the training data yields nothing any more in epoch {run.Epoch + 1}; it is enumerated anew in every epoch, unless stepsPerEpoch is given");
    }

    private static void CheckVerbose(int verbose)
    {
        if (verbose is < 0 or > 2)
            throw new ArgumentOutOfRangeException(nameof(verbose), verbose, "verbose is 0, 1 or 2");
    }

    private static void CheckSteps(int? steps, string name)
    {
        if (steps < 1)
            throw new ArgumentOutOfRangeException(name, steps, $"{name} is at least 1");
    }
}

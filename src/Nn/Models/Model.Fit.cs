using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Training and evaluation over data sets.</content>
public partial class Model
{
    /// <summary>Trains for some epochs.</summary>
    /// <param name="data">Batches of inputs [batch, ..] and targets [batch, ..], and of sample weights [batch] where examples count
    /// differently; enumerated once an epoch.</param>
    /// <param name="epochs">The number of the last epoch; with <paramref name="initialEpoch"/> at 0 how many there are.</param>
    /// <param name="validationData">Batches to evaluate on after each epoch, reported as <c>val_loss</c> and so on.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="verbose">0 is silent, 1 shows a progress bar (lines where the output is not a terminal), 2 a line an
    /// epoch.</param>
    /// <param name="initialEpoch">The epochs that are done already, when a run is resumed.</param>
    /// <param name="classWeight">How much the examples of a class count in the loss, by class number; 1 for classes without an
    /// entry, and all when null. Targets are one-hot rows, class numbers or yes/no labels. It multiplies the
    /// sample weights that <paramref name="data"/> yields; validation data is not weighted by it.</param>
    /// <param name="stepsPerEpoch">The steps of an epoch; the data goes on from one epoch to the next. All that the data yields when
    /// null.</param>
    /// <param name="validationSteps">The steps of each evaluation; all that the validation data yields when null.</param>
    /// <param name="validationFreq">After how many epochs each evaluation comes.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>Loss and metrics of each epoch; the loss is the mean over the epoch's examples.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data is empty, or a class weight is not finite or negative, or targets name no
    /// classes for it.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled; the weights are those after the last whole
    /// step.</exception>
    public History Fit(
        IDataSource data,
        int epochs = 1,
        IDataSource? validationData = null,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 1,
        int initialEpoch = 0,
        IReadOnlyDictionary<int, float>? classWeight = null,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        int validationFreq = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        ArgumentOutOfRangeException.ThrowIfNegative(initialEpoch);
        ArgumentOutOfRangeException.ThrowIfLessThan(validationFreq, 1);
        CheckSteps(stepsPerEpoch, nameof(stepsPerEpoch));
        CheckSteps(validationSteps, nameof(validationSteps));
        CheckVerbose(verbose);
        CheckCompiled();
        var history = new History();
        if (Strategy is not null)
            BuildFor(data);
        IDataSource training = Distributed(data);
        IDataSource? validation = validationData is null ? null : Distributed(validationData);
        using var feed = new TrainingFeed(training, ClassWeightedDataSource.Of(training, classWeight), stepsPerEpoch);
        Callback[] progress = verbose == 0 ? [] : [new ProgbarLogger(verbose) { Epochs = epochs, Steps = () => feed.Steps }];
        var all = new CallbackList(this, [.. callbacks ?? [], .. progress, new HistoryRecorder(history)]);
        var run = _run = new TrainingRun
        {
            Feed = feed,
            ValidationData = validation,
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
                if (validation is not null && (epoch + 1) % validationFreq == 0)
                {
                    foreach ((string name, double value) in EvaluateEpoch(validation, validationSteps, all, "validation data", cancellationToken))
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
            all.Each(callback => callback.OnTrainInterrupted());
            throw;
        }
        catch (Exception error) when (Strategy is not null)
        {
            Strategy.OnError(error);
            throw;
        }
        finally
        {
            _run = null;
        }
    }

    /// <summary>Trains on arrays.</summary>
    /// <param name="x">The inputs [examples, ..].</param>
    /// <param name="y">The targets [examples, ..].</param>
    /// <param name="batchSize">The examples of one step; the last step of an epoch may have fewer.</param>
    /// <param name="epochs">The number of the last epoch; with <paramref name="initialEpoch"/> at 0 how many there are.</param>
    /// <param name="validationSplit">The share of the examples, taken from the end before shuffling, that is only evaluated
    /// on; in [0, 1).</param>
    /// <param name="validationData">Inputs and targets to evaluate on instead.</param>
    /// <param name="shuffle">Whether each epoch goes through the examples in another order, drawn from
    /// <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="sampleWeight">The weight of each example [examples]; 1 when null.</param>
    /// <param name="classWeight">How much the examples of a class count in the loss, by class number; 1 for classes without an
    /// entry, and all when null. Targets are one-hot rows, class numbers or yes/no labels. It multiplies
    /// <paramref name="sampleWeight"/>; validation data is not weighted by it.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="verbose">0 is silent, 1 shows a progress bar (lines where the output is not a terminal), 2 a line an
    /// epoch.</param>
    /// <param name="initialEpoch">The epochs that are done already, when a run is resumed.</param>
    /// <param name="stepsPerEpoch">The steps of an epoch; all examples when null.</param>
    /// <param name="validationSteps">The steps of each evaluation; all validation examples when null.</param>
    /// <param name="validationFreq">After how many epochs each evaluation comes.</param>
    /// <param name="validationBatchSize">The examples of one step of evaluation; <paramref name="batchSize"/> when null.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Fit(IDataSource, int, IDataSource?, IReadOnlyList{Callback}?, int, int, IReadOnlyDictionary{int, float}?, int?, int?, int, CancellationToken)"/>
    public History Fit(
        NDArray x,
        NDArray y,
        int batchSize = 32,
        int epochs = 1,
        double validationSplit = 0,
        (NDArray X, NDArray Y)? validationData = null,
        bool shuffle = true,
        NDArray? sampleWeight = null,
        IReadOnlyDictionary<int, float>? classWeight = null,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 1,
        int initialEpoch = 0,
        int? stepsPerEpoch = null,
        int? validationSteps = null,
        int validationFreq = 1,
        int? validationBatchSize = null,
        CancellationToken cancellationToken = default)
    {
        if (validationSplit is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(validationSplit), validationSplit, "validationSplit is in [0, 1)");
        if (validationSplit > 0 && validationData is not null)
            throw new ArgumentException("give either validationSplit or validationData", nameof(validationData));
        var all = new ArrayDataSource(new DataItem(x, y, sampleWeight), batchSize, shuffle);
        IDataSource? validation = validationData is { } given
            ? new ArrayDataSource(new DataItem(given.X, given.Y), validationBatchSize ?? batchSize, shuffle: false)
            : null;
        ArrayDataSource training = all;
        if (validationSplit > 0)
            (training, validation) = Split(all, validationSplit, validationBatchSize ?? batchSize, shuffle);
        return Fit(
            training, epochs, validation, callbacks, verbose, initialEpoch, classWeight, stepsPerEpoch, validationSteps, validationFreq, cancellationToken);
    }

    /// <summary>Computes loss and metrics over a data set.</summary>
    /// <param name="data">Batches of inputs and targets, and of sample weights where examples count differently.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="verbose">0 is silent, 1 shows a progress bar (a line where the output is not a terminal), 2 a line.</param>
    /// <param name="classWeight">How much the examples of a class count in the loss, by class number; 1 for classes without an
    /// entry, and all when null. Targets are one-hot rows, class numbers or yes/no labels. It multiplies the
    /// sample weights that <paramref name="data"/> yields.</param>
    /// <param name="steps">The steps to take; all that the data yields when null.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>Loss and metrics by name.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data is empty.</exception>
    public IReadOnlyDictionary<string, double> Evaluate(
        IDataSource data,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 0,
        IReadOnlyDictionary<int, float>? classWeight = null,
        int? steps = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckSteps(steps, nameof(steps));
        CheckVerbose(verbose);
        CheckCompiled();
        Callback[] progress = verbose == 0 ? [] : [new ProgbarLogger(verbose) { Steps = () => steps ?? data.Cardinality }];
        return EvaluateEpoch(
            ClassWeightedDataSource.Of(Distributed(data), classWeight), steps, new CallbackList(this, [.. callbacks ?? [], .. progress]), "data", cancellationToken);
    }

    /// <summary>Computes loss and metrics over arrays.</summary>
    /// <param name="x">The inputs [examples, ..].</param>
    /// <param name="y">The targets [examples, ..].</param>
    /// <param name="batchSize">The examples of one step.</param>
    /// <param name="sampleWeight">The weight of each example [examples]; 1 when null.</param>
    /// <param name="classWeight">How much the examples of a class count in the loss, by class number; 1 for classes without an
    /// entry, and all when null. Targets are one-hot rows, class numbers or yes/no labels. It multiplies
    /// <paramref name="sampleWeight"/>.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="verbose">0 is silent, 1 shows a progress bar (a line where the output is not a terminal), 2 a line.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Evaluate(IDataSource, IReadOnlyList{Callback}?, int, IReadOnlyDictionary{int, float}?, int?, CancellationToken)"/>
    public IReadOnlyDictionary<string, double> Evaluate(
        NDArray x,
        NDArray y,
        int batchSize = 32,
        NDArray? sampleWeight = null,
        IReadOnlyDictionary<int, float>? classWeight = null,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 0,
        CancellationToken cancellationToken = default) =>
        Evaluate(
            new ArrayDataSource(new DataItem(x, y, sampleWeight), batchSize, shuffle: false), callbacks, verbose, classWeight, steps: null, cancellationToken);

    /// <summary>The model's outputs for a data set; targets are not looked at.</summary>
    /// <param name="data">Batches of inputs.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="steps">The steps to take; all that the data yields when null.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>The outputs of all examples, in order.</returns>
    /// <exception cref="ArgumentException">The data is empty.</exception>
    public NDArray Predict(
        IDataSource data, IReadOnlyList<Callback>? callbacks = null, int? steps = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckSteps(steps, nameof(steps));
        return Joined(PredictEach(data.Select(batch => batch.X), callbacks, steps, cancellationToken));
    }

    /// <summary>The model's outputs for an array of inputs.</summary>
    /// <param name="x">The inputs [examples, ..].</param>
    /// <param name="batchSize">The examples that are computed at once.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Predict(IDataSource, IReadOnlyList{Callback}?, int?, CancellationToken)"/>
    public NDArray Predict(
        NDArray x, int batchSize = 32, IReadOnlyList<Callback>? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (x.Shape.Rank == 0)
            throw new ShapeMismatchException($"{Title}: expected inputs [examples, ..], got a scalar");
        return Joined(PredictEach(ArrayRows.Batches(x, batchSize), callbacks, steps: null, cancellationToken));
    }

    /// <summary>The outputs for one batch after the other, of data of any size: an output is made when it is asked for.</summary>
    /// <inheritdoc cref="Predict(IDataSource, IReadOnlyList{Callback}?, int?, CancellationToken)"/>
    /// <returns>The outputs of each batch, in order.</returns>
    public IEnumerable<NDArray> PredictBatches(
        IDataSource data, IReadOnlyList<Callback>? callbacks = null, int? steps = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckSteps(steps, nameof(steps));
        return PredictEach(data.Select(batch => batch.X), callbacks, steps, cancellationToken);
    }

    /// <summary>The outputs for one batch.</summary>
    /// <param name="x">The inputs [batch, ..].</param>
    public NDArray PredictOnBatch(NDArray x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = new TensorScope();
        return Call(x).ToNDArray();
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

    private static (ArrayDataSource Training, ArrayDataSource Validation) Split(
        ArrayDataSource all, double validationSplit, int validationBatchSize, bool shuffle)
    {
        int kept = (int)(all.Examples * (1 - validationSplit));
        if (kept == 0 || kept == all.Examples)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"a validationSplit of {validationSplit} leaves one side of {all.Examples} examples empty"),
                nameof(validationSplit));
        }

        return (all.Part(0, kept, shuffle), all.Part(kept, all.Examples - kept, shuffle: false, validationBatchSize));
    }

    private NDArray Joined(IEnumerable<NDArray> outputs)
    {
        NDArray[] all = [.. outputs];
        return all.Length > 0 ? ArrayRows.Concat(all) : throw new ArgumentException($"{Title}: there is no data to predict");
    }

    private IEnumerable<NDArray> PredictEach(
        IEnumerable<NDArray> batches, IReadOnlyList<Callback>? callbacks, int? steps, CancellationToken cancellationToken)
    {
        var all = new CallbackList(this, callbacks ?? []);
        all.Each(callback => callback.OnPredictBegin());
        int step = 0;
        foreach (NDArray batch in steps is { } count ? batches.Take(count) : batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            all.Each(callback => callback.OnPredictBatchBegin(step));
            NDArray output = PredictOnBatch(batch);
            all.Each(callback => callback.OnPredictBatchEnd(step, output));
            step++;
            yield return output;
        }

        all.Each(callback => callback.OnPredictEnd());
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
            if (!run.Feed.TryNext(out DataItem batch))
                break;
            int step = run.Step;
            if (waiting == 0)
                callbacks.Each(callback => callback.OnTrainBatchBegin(step));
            _deferLogs = ++waiting < StepsPerExecution && (run.Feed.Steps is not { } steps || step + 1 < steps);
            IReadOnlyDictionary<string, double> now = Step(batch, training: true);
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

        return logs ?? throw new ArgumentException($"{Title}: the training data is empty");
    }

    private IReadOnlyDictionary<string, double> EvaluateEpoch(
        IDataSource data, int? steps, CallbackList callbacks, string what, CancellationToken cancellationToken)
    {
        ResetMetrics();
        callbacks.Each(callback => callback.OnTestBegin());
        IReadOnlyDictionary<string, double>? logs = null;
        int step = 0;
        foreach (DataItem batch in steps is { } count ? data.Take(count) : data)
        {
            ThrowIfCancelled(cancellationToken);
            callbacks.Each(callback => callback.OnTestBatchBegin(step));
            IReadOnlyDictionary<string, double> now = logs = Step(batch, training: false);
            callbacks.Each(callback => callback.OnTestBatchEnd(step, now));
            step++;
        }

        IReadOnlyDictionary<string, double> found = logs ?? throw new ArgumentException($"{Title}: the {what} is empty", nameof(data));
        callbacks.Each(callback => callback.OnTestEnd(found));
        return found;
    }
}

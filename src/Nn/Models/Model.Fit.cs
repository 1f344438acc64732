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
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        ArgumentOutOfRangeException.ThrowIfNegative(initialEpoch);
        CheckVerbose(verbose);
        CheckCompiled();
        IDataSource weighted = ClassWeightedDataSource.Of(data, classWeight);
        var history = new History();
        Callback[] progress = verbose == 0 ? [] : [new ConsoleProgress(verbose, epochs, data.Cardinality)];
        var all = new CallbackList(this, [.. callbacks ?? [], .. progress]);
        StopTraining = false;
        all.Each(callback => callback.OnTrainBegin());
        for (int epoch = initialEpoch; epoch < epochs && !StopTraining; epoch++)
        {
            all.Each(callback => callback.OnEpochBegin(epoch));
            var logs = new OrderedDictionary<string, double>();
            foreach ((string name, double value) in TrainEpoch(weighted, all, cancellationToken))
                logs[name] = value;
            if (validationData is not null)
            {
                foreach ((string name, double value) in EvaluateEpoch(validationData, all, "validation data", cancellationToken))
                    logs[$"val_{name}"] = value;
            }

            history.Add(epoch, logs);
            all.Each(callback => callback.OnEpochEnd(epoch, logs));
        }

        all.Each(callback => callback.OnTrainEnd());
        return history;
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
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Fit(IDataSource, int, IDataSource?, IReadOnlyList{Callback}?, int, int, IReadOnlyDictionary{int, float}?, CancellationToken)"/>
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
        CancellationToken cancellationToken = default)
    {
        if (validationSplit is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(validationSplit), validationSplit, "validationSplit is in [0, 1)");
        if (validationSplit > 0 && validationData is not null)
            throw new ArgumentException("give either validationSplit or validationData", nameof(validationData));
        var all = new ArrayDataSource(new DataItem(x, y, sampleWeight), batchSize, shuffle);
        IDataSource? validation = validationData is { } given
            ? new ArrayDataSource(new DataItem(given.X, given.Y), batchSize, shuffle: false)
            : null;
        if (validationSplit == 0)
            return Fit(all, epochs, validation, callbacks, verbose, initialEpoch, classWeight, cancellationToken);
        int kept = (int)(all.Examples * (1 - validationSplit));
        if (kept == 0 || kept == all.Examples)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"a validationSplit of {validationSplit} leaves one side of {all.Examples} examples empty"),
                nameof(validationSplit));
        }

        ArrayDataSource training = all.Part(0, kept, shuffle);
        validation = all.Part(kept, all.Examples - kept, shuffle: false);
        return Fit(training, epochs, validation, callbacks, verbose, initialEpoch, classWeight, cancellationToken);
    }

    /// <summary>Computes loss and metrics over a data set.</summary>
    /// <param name="data">Batches of inputs and targets, and of sample weights where examples count differently.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="verbose">0 is silent, 1 and 2 write a line.</param>
    /// <param name="classWeight">How much the examples of a class count in the loss, by class number; 1 for classes without an
    /// entry, and all when null. Targets are one-hot rows, class numbers or yes/no labels. It multiplies the
    /// sample weights that <paramref name="data"/> yields.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>Loss and metrics by name.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    /// <exception cref="ArgumentException">The data is empty.</exception>
    public IReadOnlyDictionary<string, double> Evaluate(
        IDataSource data,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 0,
        IReadOnlyDictionary<int, float>? classWeight = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckVerbose(verbose);
        CheckCompiled();
        IReadOnlyDictionary<string, double> logs = EvaluateEpoch(
            ClassWeightedDataSource.Of(data, classWeight), new CallbackList(this, callbacks ?? []), "data", cancellationToken);
        if (verbose > 0)
            Console.Out.WriteLine(LogText.Format(logs));
        return logs;
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
    /// <param name="verbose">0 is silent, 1 and 2 write a line.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Evaluate(IDataSource, IReadOnlyList{Callback}?, int, IReadOnlyDictionary{int, float}?, CancellationToken)"/>
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
            new ArrayDataSource(new DataItem(x, y, sampleWeight), batchSize, shuffle: false), callbacks, verbose, classWeight, cancellationToken);

    /// <summary>The model's outputs for a data set; targets are not looked at.</summary>
    /// <param name="data">Batches of inputs.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>The outputs of all examples, in order.</returns>
    /// <exception cref="ArgumentException">The data is empty.</exception>
    public NDArray Predict(IDataSource data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        return Predict(data.Select(batch => batch.X), cancellationToken);
    }

    /// <summary>The model's outputs for an array of inputs.</summary>
    /// <param name="x">The inputs [examples, ..].</param>
    /// <param name="batchSize">The examples that are computed at once.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Predict(IDataSource, CancellationToken)"/>
    public NDArray Predict(NDArray x, int batchSize = 32, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (x.Shape.Rank == 0)
            throw new ShapeMismatchException($"{Title}: expected inputs [examples, ..], got a scalar");
        return Predict(ArrayRows.Batches(x, batchSize), cancellationToken);
    }

    private static void CheckVerbose(int verbose)
    {
        if (verbose is < 0 or > 2)
            throw new ArgumentOutOfRangeException(nameof(verbose), verbose, "verbose is 0, 1 or 2");
    }

    private NDArray Predict(IEnumerable<NDArray> batches, CancellationToken cancellationToken)
    {
        var outputs = new List<NDArray>();
        foreach (NDArray batch in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            outputs.Add(Call(batch).ToNDArray());
        }

        return outputs.Count > 0 ? ArrayRows.Concat(outputs) : throw new ArgumentException($"{Title}: there is no data to predict");
    }

    private IReadOnlyDictionary<string, double> TrainEpoch(IDataSource data, CallbackList callbacks, CancellationToken cancellationToken)
    {
        ResetMetrics();
        IReadOnlyDictionary<string, double>? logs = null;
        int step = 0;
        foreach (DataItem batch in data)
        {
            cancellationToken.ThrowIfCancellationRequested();
            callbacks.Each(callback => callback.OnTrainBatchBegin(step));
            IReadOnlyDictionary<string, double> now = logs = Step(batch, training: true);
            callbacks.Each(callback => callback.OnTrainBatchEnd(step, now));
            step++;
            if (StopTraining)
                break;
        }

        return logs ?? throw new ArgumentException($"{Title}: the training data is empty", nameof(data));
    }

    private IReadOnlyDictionary<string, double> EvaluateEpoch(
        IDataSource data, CallbackList callbacks, string what, CancellationToken cancellationToken)
    {
        ResetMetrics();
        callbacks.Each(callback => callback.OnTestBegin());
        IReadOnlyDictionary<string, double>? logs = null;
        foreach (DataItem batch in data)
        {
            cancellationToken.ThrowIfCancellationRequested();
            logs = Step(batch, training: false);
        }

        IReadOnlyDictionary<string, double> found = logs ?? throw new ArgumentException($"{Title}: the {what} is empty", nameof(data));
        callbacks.Each(callback => callback.OnTestEnd(found));
        return found;
    }
}

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
        return Fit(
            new UploadedBatches(data, classWeight, Upload), epochs, validationData is null ? null : Uploaded(validationData), callbacks, verbose,
            initialEpoch, stepsPerEpoch, validationSteps, validationFreq, cancellationToken);
    }

    /// <summary>Trains on arrays.</summary>
    /// <param name="x">The inputs [examples, ..].</param>
    /// <param name="y">The targets [examples, ..].</param>
    /// <param name="batchSize">The examples of one step; the last step of an epoch may have fewer.</param>
    /// <param name="epochs">The number of the last epoch; with <paramref name="initialEpoch"/> at 0 how many there are.</param>
    /// <param name="validationSplit">The share of the examples, taken from the end before shuffling, that is only evaluated
    /// on; in [0, 1).</param>
    /// <param name="validationData">Inputs, targets and, if given, weights to evaluate on instead: <c>(x, y)</c> or <c>(x, y, weights)</c>.</param>
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
        DataItem? validationData = null,
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
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return Fit(
            [x], [y], batchSize, epochs, validationSplit, validationData, shuffle, sampleWeight, classWeight, callbacks, verbose, initialEpoch,
            stepsPerEpoch, validationSteps, validationFreq, validationBatchSize, cancellationToken);
    }

    /// <summary>Trains a model of several inputs or outputs on arrays, which are in the order of the model's.</summary>
    /// <inheritdoc cref="Fit(NDArray, NDArray, int, int, double, DataItem?, bool, NDArray?, IReadOnlyDictionary{int, float}?, IReadOnlyList{Callback}?, int, int, int?, int?, int, int?, CancellationToken)"/>
    public History Fit(
        IReadOnlyList<NDArray> x,
        IReadOnlyList<NDArray> y,
        int batchSize = 32,
        int epochs = 1,
        double validationSplit = 0,
        DataItem? validationData = null,
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
        CheckSplit(validationSplit, validationData is not null);
        int validationBatch = validationBatchSize ?? batchSize;
        var all = new ArrayDataSource(new DataItem(x, y, sampleWeight), batchSize, shuffle);
        IDataSource? validation = validationData is { } given ? new ArrayDataSource(given, validationBatch, shuffle: false) : null;
        ArrayDataSource training = all;
        if (validationSplit > 0)
        {
            int kept = Kept(all.Examples, validationSplit);
            (training, validation) = (all.Part(0, kept, shuffle), all.Part(kept, all.Examples - kept, shuffle: false, validationBatch));
        }

        return Fit(
            training, epochs, validation, callbacks, verbose, initialEpoch, classWeight, stepsPerEpoch, validationSteps, validationFreq, cancellationToken);
    }

    /// <summary>Trains on tensors: examples that are on the backend stay there, nothing is uploaded in a step.</summary>
    /// <inheritdoc cref="Fit(NDArray, NDArray, int, int, double, DataItem?, bool, NDArray?, IReadOnlyDictionary{int, float}?, IReadOnlyList{Callback}?, int, int, int?, int?, int, int?, CancellationToken)"/>
    public History Fit(
        Tensor x,
        Tensor y,
        int batchSize = 32,
        int epochs = 1,
        double validationSplit = 0,
        (Tensor X, Tensor Y)? validationData = null,
        bool shuffle = true,
        Tensor? sampleWeight = null,
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
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return Fit(
            new TensorBatch([x], [y], sampleWeight), batchSize, epochs, validationSplit,
            validationData is { } given ? new TensorBatch([given.X], [given.Y]) : null, shuffle, classWeight, callbacks, verbose, initialEpoch,
            stepsPerEpoch, validationSteps, validationFreq, validationBatchSize, cancellationToken);
    }

    /// <summary>Trains on tensors, also a model of several inputs or outputs: examples that are on the backend stay there.
    /// Class weights read the targets back from it once.</summary>
    /// <inheritdoc cref="Fit(NDArray, NDArray, int, int, double, DataItem?, bool, NDArray?, IReadOnlyDictionary{int, float}?, IReadOnlyList{Callback}?, int, int, int?, int?, int, int?, CancellationToken)"/>
    public History Fit(
        TensorBatch examples,
        int batchSize = 32,
        int epochs = 1,
        double validationSplit = 0,
        TensorBatch? validationData = null,
        bool shuffle = true,
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
        CheckSplit(validationSplit, validationData is not null);
        int count = Examples(examples), kept = validationSplit > 0 ? Kept(count, validationSplit) : count;
        int validationBatch = validationBatchSize ?? batchSize;
        using var scope = new TensorScope();
        IBatchSource? validation = validationData is not null ? new TensorBatches(validationData, 0, Examples(validationData), validationBatch, shuffle: false)
            : kept < count ? new TensorBatches(examples, kept, count - kept, validationBatch, shuffle: false)
            : null;
        return Fit(
            new TensorBatches(Weighted(examples, classWeight), 0, kept, batchSize, shuffle), epochs, validation, callbacks, verbose, initialEpoch,
            stepsPerEpoch, validationSteps, validationFreq, cancellationToken);
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
        return Evaluate(new UploadedBatches(data, classWeight, Upload), steps, callbacks, verbose, cancellationToken);
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
        Evaluate([x], [y], batchSize, sampleWeight, classWeight, callbacks, verbose, cancellationToken);

    /// <summary>Computes loss and metrics of a model of several inputs or outputs over arrays.</summary>
    /// <param name="x">The inputs [examples, ..], in the order of the model's.</param>
    /// <param name="y">The targets [examples, ..], in the order of the model's outputs.</param>
    /// <param name="batchSize">The examples of one step.</param>
    /// <param name="sampleWeight">The weight of each example [examples]; 1 when null.</param>
    /// <param name="classWeight">How much the examples of a class count in the loss, by class number, where there is one output.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="verbose">0 is silent, 1 shows a progress bar (a line where the output is not a terminal), 2 a line.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Evaluate(IDataSource, IReadOnlyList{Callback}?, int, IReadOnlyDictionary{int, float}?, int?, CancellationToken)"/>
    public IReadOnlyDictionary<string, double> Evaluate(
        IReadOnlyList<NDArray> x,
        IReadOnlyList<NDArray> y,
        int batchSize = 32,
        NDArray? sampleWeight = null,
        IReadOnlyDictionary<int, float>? classWeight = null,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 0,
        CancellationToken cancellationToken = default) =>
        Evaluate(
            new ArrayDataSource(new DataItem(x, y, sampleWeight), batchSize, shuffle: false), callbacks, verbose, classWeight, steps: null, cancellationToken);

    /// <summary>Computes loss and metrics over tensors, which stay on their backend.</summary>
    /// <param name="x">The inputs [examples, ..].</param>
    /// <param name="y">The targets [examples, ..].</param>
    /// <param name="batchSize">The examples of one step.</param>
    /// <param name="sampleWeight">The weight of each example [examples]; 1 when null.</param>
    /// <param name="classWeight">How much the examples of a class count in the loss, by class number.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="verbose">0 is silent, 1 shows a progress bar (a line where the output is not a terminal), 2 a line.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Evaluate(IDataSource, IReadOnlyList{Callback}?, int, IReadOnlyDictionary{int, float}?, int?, CancellationToken)"/>
    public IReadOnlyDictionary<string, double> Evaluate(
        Tensor x,
        Tensor y,
        int batchSize = 32,
        Tensor? sampleWeight = null,
        IReadOnlyDictionary<int, float>? classWeight = null,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return Evaluate(new TensorBatch([x], [y], sampleWeight), batchSize, classWeight, callbacks, verbose, cancellationToken);
    }

    /// <summary>Computes loss and metrics over tensors, also of a model of several inputs or outputs.</summary>
    /// <inheritdoc cref="Evaluate(Tensor, Tensor, int, Tensor?, IReadOnlyDictionary{int, float}?, IReadOnlyList{Callback}?, int, CancellationToken)"/>
    public IReadOnlyDictionary<string, double> Evaluate(
        TensorBatch examples,
        int batchSize = 32,
        IReadOnlyDictionary<int, float>? classWeight = null,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 0,
        CancellationToken cancellationToken = default)
    {
        int count = Examples(examples);
        using var scope = new TensorScope();
        return Evaluate(
            new TensorBatches(Weighted(examples, classWeight), 0, count, batchSize, shuffle: false), steps: null, callbacks, verbose, cancellationToken);
    }

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
        return Single(PredictEach(InputBatches(data), callbacks, steps, cancellationToken));
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
        return Single(PredictEach(InputBatches([x], batchSize), callbacks, steps: null, cancellationToken));
    }

    /// <summary>The model's outputs for a tensor of inputs, which stays on its backend.</summary>
    /// <param name="x">The inputs [examples, ..].</param>
    /// <param name="batchSize">The examples that are computed at once.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Predict(IDataSource, IReadOnlyList{Callback}?, int?, CancellationToken)"/>
    public NDArray Predict(
        Tensor x, int batchSize = 32, IReadOnlyList<Callback>? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (x.Rank == 0)
            throw new ShapeMismatchException($"{Title}: expected inputs [examples, ..], got a scalar");
        IEnumerable<Func<IReadOnlyList<Tensor>>> batches = Enumerable.Range(0, (x.Shape[0] + batchSize - 1) / batchSize).Select(
            batch => (Func<IReadOnlyList<Tensor>>)(() => [x.Slice(0, batch * batchSize, Math.Min(batchSize, x.Shape[0] - (batch * batchSize)))]));
        return Single(PredictEach(batches, callbacks, steps: null, cancellationToken));
    }

    /// <summary>All outputs of a model of several inputs or outputs for arrays.</summary>
    /// <param name="x">The inputs [examples, ..], in the order of the model's.</param>
    /// <param name="batchSize">The examples that are computed at once.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>The outputs of all examples, one array for each output.</returns>
    /// <exception cref="ArgumentException">There are no examples.</exception>
    public NDArray[] PredictAll(
        IReadOnlyList<NDArray> x, int batchSize = 32, IReadOnlyList<Callback>? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Joined(PredictEach(InputBatches(x, batchSize), callbacks, steps: null, cancellationToken));
    }

    /// <summary>The outputs for one batch after the other, of data of any size: an output is made when it is asked for.</summary>
    /// <inheritdoc cref="Predict(IDataSource, IReadOnlyList{Callback}?, int?, CancellationToken)"/>
    /// <returns>The outputs of each batch, in order.</returns>
    public IEnumerable<NDArray> PredictBatches(
        IDataSource data, IReadOnlyList<Callback>? callbacks = null, int? steps = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckSteps(steps, nameof(steps));
        return PredictEach(InputBatches(data), callbacks, steps, cancellationToken).Select(Single);
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

    private static void CheckSplit(double validationSplit, bool hasValidationData)
    {
        if (validationSplit is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(validationSplit), validationSplit, "validationSplit is in [0, 1)");
        if (validationSplit > 0 && hasValidationData)
            throw new ArgumentException("give either validationSplit or validationData", nameof(validationSplit));
    }

    // The examples in front of those that are split off.
    private static int Kept(int examples, double validationSplit)
    {
        int kept = (int)(examples * (1 - validationSplit));
        if (kept == 0 || kept == examples)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"a validationSplit of {validationSplit} leaves one side of {examples} examples empty"),
                nameof(validationSplit));
        }

        return kept;
    }

    private static int Examples(TensorBatch examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return ExampleCount.Of(
            [.. examples.Inputs.Select(x => x.Shape)], [.. examples.Targets.Select(y => y.Shape)], examples.SampleWeight?.Shape);
    }

    private static TensorBatch Weighted(TensorBatch examples, IReadOnlyDictionary<int, float>? classWeight)
    {
        if (classWeight is null)
            return examples;
        DataItem weighted = ClassWeightedDataSource.Weighted(
            new DataItem([new NDArray(0)], [.. examples.Targets.Select(y => y.ToNDArray())], examples.SampleWeight?.ToNDArray()), classWeight);
        return examples with { SampleWeight = Tensor.From(weighted.SampleWeight!, examples.Inputs[0].Backend) };
    }

    // One batch of outputs, or those of all batches, of a model with one output.
    private NDArray Single(IReadOnlyList<NDArray> outputs) => outputs is [var only]
        ? only
        : throw new InvalidOperationException($"{Title} has {outputs.Count} outputs; PredictAll gives all of them");

    private NDArray Single(IEnumerable<NDArray[]> outputs) => Single(Joined(outputs));

    private NDArray[] Joined(IEnumerable<NDArray[]> outputs)
    {
        NDArray[][] all = [.. outputs];
        return all.Length > 0
            ? [.. all[0].Select((_, i) => ArrayRows.Concat([.. all.Select(batch => batch[i])]))]
            : throw new ArgumentException($"{Title}: there is no data to predict");
    }

    private static IEnumerable<Func<IReadOnlyList<Tensor>>> InputBatches(IDataSource data) =>
        data.Select(batch => (Func<IReadOnlyList<Tensor>>)(() => [.. batch.Inputs.Select(x => (Tensor)x)]));

    private IEnumerable<Func<IReadOnlyList<Tensor>>> InputBatches(IReadOnlyList<NDArray> x, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (x.Any(array => array.Shape.Rank == 0))
            throw new ShapeMismatchException($"{Title}: expected inputs [examples, ..], got a scalar");
        int examples = ExampleCount.Of([.. x.Select(array => array.Shape)], [], null);
        return Enumerable.Range(0, (examples + batchSize - 1) / batchSize).Select(batch => (Func<IReadOnlyList<Tensor>>)(() =>
            [.. x.Select(array => (Tensor)array.Slice(batch * batchSize, Math.Min(batchSize, examples - (batch * batchSize))))]));
    }

    private IEnumerable<NDArray[]> PredictEach(
        IEnumerable<Func<IReadOnlyList<Tensor>>> batches, IReadOnlyList<Callback>? callbacks, int? steps, CancellationToken cancellationToken)
    {
        var all = new CallbackList(this, callbacks ?? []);
        all.Each(callback => callback.OnPredictBegin());
        int step = 0;
        foreach (Func<IReadOnlyList<Tensor>> batch in steps is { } count ? batches.Take(count) : batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            all.Each(callback => callback.OnPredictBatchBegin(step));
            NDArray[] outputs;
            using (new TensorScope())
                outputs = [.. CallAll(batch()).Select(output => output.ToNDArray())];
            all.Each(callback => callback.OnPredictBatchEnd(step, outputs));
            step++;
            yield return outputs;
        }

        all.Each(callback => callback.OnPredictEnd());
    }

    private UploadedBatches Uploaded(IDataSource data) => new(data, null, Upload);

    private IReadOnlyDictionary<string, double> Evaluate(
        IBatchSource data, int? steps, IReadOnlyList<Callback>? callbacks, int verbose, CancellationToken cancellationToken)
    {
        CheckSteps(steps, nameof(steps));
        CheckVerbose(verbose);
        CheckCompiled();
        Callback[] progress = verbose == 0 ? [] : [new ProgbarLogger(verbose) { Steps = () => steps ?? data.Cardinality }];
        return EvaluateEpoch(data, steps, new CallbackList(this, [.. callbacks ?? [], .. progress]), "data", cancellationToken);
    }

    private History Fit(
        IBatchSource data,
        int epochs,
        IBatchSource? validationData,
        IReadOnlyList<Callback>? callbacks,
        int verbose,
        int initialEpoch,
        int? stepsPerEpoch,
        int? validationSteps,
        int validationFreq,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        ArgumentOutOfRangeException.ThrowIfNegative(initialEpoch);
        ArgumentOutOfRangeException.ThrowIfLessThan(validationFreq, 1);
        CheckSteps(stepsPerEpoch, nameof(stepsPerEpoch));
        CheckSteps(validationSteps, nameof(validationSteps));
        CheckVerbose(verbose);
        CheckCompiled();
        var history = new History();
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
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            all.Each(callback => callback.OnTrainInterrupted());
            throw;
        }
        finally
        {
            _run = null;
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
            cancellationToken.ThrowIfCancellationRequested();
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
        if (run.Feed.RanOut)
        {
            Console.Error.WriteLine(
                $"warning: {Title}: the data ran out in epoch {run.Epoch + 1} after {run.Step} steps; it should yield at least stepsPerEpoch · epochs batches. Does it need Repeat()?");
        }

        return logs ?? throw new ArgumentException($"{Title}: the training data is empty");
    }

    private IReadOnlyDictionary<string, double> EvaluateEpoch(
        IBatchSource data, int? steps, CallbackList callbacks, string what, CancellationToken cancellationToken)
    {
        ResetMetrics();
        callbacks.Each(callback => callback.OnTestBegin());
        IReadOnlyDictionary<string, double>? logs = null;
        int step = 0;
        foreach (Func<TensorBatch> batch in steps is { } count ? data.Take(count) : data)
        {
            cancellationToken.ThrowIfCancellationRequested();
            callbacks.Each(callback => callback.OnTestBatchBegin(step));
            IReadOnlyDictionary<string, double> now;
            using (new TensorScope())
                now = logs = TestStep(batch());
            callbacks.Each(callback => callback.OnTestBatchEnd(step, now));
            step++;
        }

        IReadOnlyDictionary<string, double> found = logs ?? throw new ArgumentException($"{Title}: the {what} is empty", nameof(data));
        callbacks.Each(callback => callback.OnTestEnd(found));
        return found;
    }
}

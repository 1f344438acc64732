using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Training over data sets, arrays and tensors.</content>
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
            new UploadedBatches(data, classWeight, Upload), validationData is null ? null : new UploadedBatches(validationData, null, Upload),
            new FitPlan(epochs, callbacks, verbose, initialEpoch, stepsPerEpoch, validationSteps, validationFreq, cancellationToken));
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
        CancellationToken cancellationToken = default) => FitExamples(
            Arrays(new DataItem(x, y, sampleWeight)), batchSize, validationSplit, validationData is { } given ? Arrays(given) : null, validationBatchSize, shuffle, classWeight,
            new FitPlan(epochs, callbacks, verbose, initialEpoch, stepsPerEpoch, validationSteps, validationFreq, cancellationToken));

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
        CancellationToken cancellationToken = default) => FitExamples(
            Arrays(new DataItem(x, y, sampleWeight)), batchSize, validationSplit, validationData is { } given ? Arrays(given) : null, validationBatchSize, shuffle, classWeight,
            new FitPlan(epochs, callbacks, verbose, initialEpoch, stepsPerEpoch, validationSteps, validationFreq, cancellationToken));

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
        using var scope = new TensorScope();
        return FitExamples(
            Tensors(x, y, sampleWeight), batchSize, validationSplit, validationData is { } given ? Tensors(given.X, given.Y) : null, validationBatchSize, shuffle, classWeight,
            new FitPlan(epochs, callbacks, verbose, initialEpoch, stepsPerEpoch, validationSteps, validationFreq, cancellationToken));
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
        ArgumentNullException.ThrowIfNull(examples);
        using var scope = new TensorScope();
        return FitExamples(
            new TensorExamples(examples), batchSize, validationSplit, validationData is null ? null : new TensorExamples(validationData), validationBatchSize, shuffle, classWeight,
            new FitPlan(epochs, callbacks, verbose, initialEpoch, stepsPerEpoch, validationSteps, validationFreq, cancellationToken));
    }

    private ArrayExamples Arrays(DataItem examples) => new(examples, Upload);

    private static TensorExamples Tensors(Tensor x, Tensor y, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return new TensorExamples(new TensorBatch([x], [y], sampleWeight));
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

    private History FitExamples(
        IExamples examples,
        int batchSize,
        double validationSplit,
        IExamples? validationData,
        int? validationBatchSize,
        bool shuffle,
        IReadOnlyDictionary<int, float>? classWeight,
        FitPlan plan)
    {
        if (validationSplit is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(validationSplit), validationSplit, "validationSplit is in [0, 1)");
        if (validationSplit > 0 && validationData is not null)
            throw new ArgumentException("give either validationSplit or validationData", nameof(validationSplit));
        if (validationData?.Count == 0)
            throw new ArgumentException($"{Title}: the validation data is empty", nameof(validationData));
        int kept = validationSplit > 0 ? Kept(examples.Count, validationSplit) : examples.Count, validationBatch = validationBatchSize ?? batchSize;
        IBatchSource? validation = validationData is not null ? validationData.Batches(0, validationData.Count, validationBatch, shuffle: false)
            : kept < examples.Count ? examples.Batches(kept, examples.Count - kept, validationBatch, shuffle: false)
            : null;
        return Fit(examples.Weighted(classWeight).Batches(0, kept, batchSize, shuffle), validation, plan);
    }
}

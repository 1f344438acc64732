using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Evaluation over data sets, arrays and tensors.</content>
public partial class Model
{
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
    /// <param name="classWeight">How much the examples of a class count in the loss, by class number, where there is one output; 1 for
    /// classes without an entry, and all when null. It multiplies <paramref name="sampleWeight"/>.</param>
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
        EvaluateExamples(Arrays(new DataItem(x, y, sampleWeight)), batchSize, classWeight, callbacks, verbose, cancellationToken);

    /// <summary>Computes loss and metrics of a model of several inputs or outputs over arrays, which are in the order of the model's.</summary>
    /// <inheritdoc cref="Evaluate(NDArray, NDArray, int, NDArray?, IReadOnlyDictionary{int, float}?, IReadOnlyList{Callback}?, int, CancellationToken)"/>
    public IReadOnlyDictionary<string, double> Evaluate(
        IReadOnlyList<NDArray> x,
        IReadOnlyList<NDArray> y,
        int batchSize = 32,
        NDArray? sampleWeight = null,
        IReadOnlyDictionary<int, float>? classWeight = null,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 0,
        CancellationToken cancellationToken = default) =>
        EvaluateExamples(Arrays(new DataItem(x, y, sampleWeight)), batchSize, classWeight, callbacks, verbose, cancellationToken);

    /// <summary>Computes loss and metrics over tensors, which stay on their backend.</summary>
    /// <inheritdoc cref="Evaluate(NDArray, NDArray, int, NDArray?, IReadOnlyDictionary{int, float}?, IReadOnlyList{Callback}?, int, CancellationToken)"/>
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
        using var scope = new TensorScope();
        return EvaluateExamples(Tensors(x, y, sampleWeight), batchSize, classWeight, callbacks, verbose, cancellationToken);
    }

    /// <summary>Computes loss and metrics over tensors, also of a model of several inputs or outputs.</summary>
    /// <inheritdoc cref="Evaluate(NDArray, NDArray, int, NDArray?, IReadOnlyDictionary{int, float}?, IReadOnlyList{Callback}?, int, CancellationToken)"/>
    public IReadOnlyDictionary<string, double> Evaluate(
        TensorBatch examples,
        int batchSize = 32,
        IReadOnlyDictionary<int, float>? classWeight = null,
        IReadOnlyList<Callback>? callbacks = null,
        int verbose = 0,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        using var scope = new TensorScope();
        return EvaluateExamples(new TensorExamples(examples), batchSize, classWeight, callbacks, verbose, cancellationToken);
    }

    private IReadOnlyDictionary<string, double> EvaluateExamples(
        IExamples examples, int batchSize, IReadOnlyDictionary<int, float>? classWeight, IReadOnlyList<Callback>? callbacks, int verbose,
        CancellationToken cancellationToken) => Evaluate(
            examples.Weighted(classWeight).Batches(0, examples.Count, batchSize, shuffle: false), steps: null, callbacks, verbose, cancellationToken);

    private IReadOnlyDictionary<string, double> Evaluate(
        IBatchSource data, int? steps, IReadOnlyList<Callback>? callbacks, int verbose, CancellationToken cancellationToken)
    {
        CheckSteps(steps, nameof(steps));
        CheckVerbose(verbose);
        CheckCompiled();
        Callback[] progress = verbose == 0 ? [] : [new ProgbarLogger(verbose) { Steps = () => steps ?? data.Cardinality }];
        return EvaluateEpoch(Distributed(data), steps, new CallbackList(this, [.. callbacks ?? [], .. progress]), "data", cancellationToken);
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
            ThrowIfCancelled(cancellationToken);
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

using System.Diagnostics;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A layer that can be trained. <see cref="Sequential"/> is the usual one; others are made of inputs and outputs
/// (<see cref="KerasTensor"/>), or are classes of one's own that add their layers with <see cref="Layer.AddLayer{T}"/> and override
/// <see cref="Forward(Tensor, bool)"/>, and <see cref="TrainStep"/> for another way of training. Disposing a model releases its
/// weights, its layers and its optimizer's state.
/// </summary>
public partial class Model : Layer
{
    private static readonly Dictionary<string, double> s_noLogs = [];

    private readonly Mean _lossTracker = new("loss");
    private readonly List<(Mean Mean, Tensor Loss, int Examples)> _unreadLosses = [];
    private OutputTraining[] _outputs = [];
    private TrainingRun? _run;
    private bool _deferLogs;

    /// <summary>Creates a model.</summary>
    /// <param name="name">Its name; derived from the type when null.</param>
    protected Model(string? name = null)
        : base(name)
    {
    }

    /// <summary>The layers of the model, in order.</summary>
    public IReadOnlyList<Layer> Layers => Sublayers;

    /// <summary>What changes the weights; null before Compile.</summary>
    public Optimizer? Optimizer { get; private set; }

    /// <summary>What is made small; null before <see cref="Compile(Optimizer, Loss, IReadOnlyList{Metric}?, IReadOnlyList{Metric}?, int, bool)"/>,
    /// and where each output has a loss of its own.</summary>
    public Loss? Loss => _outputs is [var only] ? only.Loss : null;

    /// <summary>The loss of each output; empty before Compile.</summary>
    public IReadOnlyList<Loss> OutputLosses => [.. _outputs.Select(output => output.Loss)];

    /// <summary>What is reported besides the loss: of each output first the metrics, then the weighted ones.</summary>
    public IReadOnlyList<Metric> Metrics { get; private set; } = [];

    /// <summary>Those of <see cref="Metrics"/> that see the examples' weights.</summary>
    public IReadOnlyList<Metric> WeightedMetrics => [.. _outputs.SelectMany(output => output.WeightedMetrics)];

    /// <summary>All that is reported, under its names in logs: the loss, the losses of several outputs, the metrics.</summary>
    internal IEnumerable<(string Name, Metric Metric)> Reported =>
    [
        (_lossTracker.Name, _lossTracker),
        .. _outputs.Select(output => output.LossMean).OfType<Mean>().Select(mean => (mean.Name, (Metric)mean)),
        .. _outputs.SelectMany(output => output.Named),
    ];

    /// <summary>How many steps are taken in a row before callbacks are called.</summary>
    public int StepsPerExecution { get; private set; } = 1;

    /// <summary>The call of Fit that is under way, or null.</summary>
    internal TrainingRun? Run => _run;

    /// <summary>Ends training after the current batch when a callback sets it.</summary>
    public bool StopTraining { get; set; }

    /// <summary>The mean loss of the epoch so far; a <see cref="TrainStep"/> of one's own updates it.</summary>
    protected Mean LossTracker => _lossTracker;

    /// <summary>Chooses how the model is trained.</summary>
    /// <param name="optimizer">What changes the weights; the model owns it from now on.</param>
    /// <param name="loss">What is made small; reduced to a number.</param>
    /// <param name="metrics">What is reported besides the loss, each under a name of its own; every example counts the same.</param>
    /// <param name="weightedMetrics">What is reported besides, with the examples weighted by sample and class weights.</param>
    /// <param name="stepsPerExecution">How many steps are taken in a row before the loss is read back from the device and callbacks
    /// are called. More than 1 lets a GPU run ahead; numbers stay the same.</param>
    /// <param name="jitCompile">Whether forward and backward pass are captured after some steps and from then on repeated as a whole, where
    /// the backend can do so (a CUDA graph): the device does not wait for the program between ops. Numbers stay the same. All that the
    /// passes do must be done by ops on what is on the device already, and random numbers come from <see cref="RandomGenerator.Default"/>;
    /// a layer that does otherwise, one that augments pictures or has a seed of its own, ends training with an error that says so.</param>
    /// <exception cref="ArgumentException">The loss is not reduced, or two metrics have one name.</exception>
    /// <exception cref="InvalidOperationException">Steps are to be captured and the model has a <see cref="Strategy"/>.</exception>
    public void Compile(
        Optimizer optimizer,
        Loss loss,
        IReadOnlyList<Metric>? metrics = null,
        IReadOnlyList<Metric>? weightedMetrics = null,
        int stepsPerExecution = 1,
        bool jitCompile = false)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Compile(optimizer, [new OutputTraining(loss, 1, metrics ?? [], weightedMetrics ?? [], name: null)], stepsPerExecution, jitCompile);
    }

    /// <summary>Chooses how a model of several outputs is trained: the sum of their losses is made small. Logs have <c>loss</c>, the sum,
    /// and the loss and metrics of each output behind its layer's name, such as <c>age_loss</c>.</summary>
    /// <param name="optimizer">What changes the weights; the model owns it from now on.</param>
    /// <param name="losses">The loss of each output.</param>
    /// <param name="metrics">What is reported of each output; every example counts the same.</param>
    /// <param name="weightedMetrics">What is reported of each output with the examples weighted.</param>
    /// <param name="lossWeights">How much each loss counts in the sum; 1 when null.</param>
    /// <param name="stepsPerExecution">How many steps are taken in a row before the loss is read back from the device and callbacks
    /// are called.</param>
    /// <param name="jitCompile">Whether forward and backward pass are captured and repeated, where the backend can do so.</param>
    /// <exception cref="ArgumentException">A list does not have an entry for each output, a loss is not reduced, or two metrics have
    /// one name.</exception>
    /// <exception cref="InvalidOperationException">Steps are to be captured and the model has a <see cref="Strategy"/>.</exception>
    public void Compile(
        Optimizer optimizer,
        IReadOnlyList<Loss> losses,
        IReadOnlyList<IReadOnlyList<Metric>>? metrics = null,
        IReadOnlyList<IReadOnlyList<Metric>>? weightedMetrics = null,
        IReadOnlyList<float>? lossWeights = null,
        int stepsPerExecution = 1,
        bool jitCompile = false)
    {
        ArgumentNullException.ThrowIfNull(losses);
        void Check(int count, string what)
        {
            if (count != Outputs.Count)
                throw new ArgumentException($"{Title} has {Outputs.Count} outputs ({string.Join(", ", Outputs.Select(output => output.Layer.Name))}), got {count} {what}");
        }

        Check(losses.Count, nameof(losses));
        Check(metrics?.Count ?? losses.Count, nameof(metrics));
        Check(weightedMetrics?.Count ?? losses.Count, nameof(weightedMetrics));
        Check(lossWeights?.Count ?? losses.Count, nameof(lossWeights));
        OutputTraining[] outputs =
        [
            .. losses.Select((loss, i) => new OutputTraining(
                loss ?? throw new ArgumentNullException(nameof(losses)), lossWeights?[i] ?? 1, metrics?[i] ?? [], weightedMetrics?[i] ?? [],
                losses.Count == 1 ? null : Outputs[i].Layer.Name)),
        ];
        Compile(optimizer, outputs, stepsPerExecution, jitCompile);
    }

    /// <summary>Trains on one batch.</summary>
    /// <param name="x">The inputs [batch, ..].</param>
    /// <param name="y">The targets [batch, ..].</param>
    /// <param name="sampleWeight">The weight of each example [batch]; 1 when null.</param>
    /// <param name="classWeight">How much the examples of a class count, by class number; 1 for classes without an entry, and all
    /// when null. It multiplies <paramref name="sampleWeight"/>.</param>
    /// <returns>Loss and metrics of this batch, by name.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    public IReadOnlyDictionary<string, double> TrainOnBatch(
        NDArray x, NDArray y, NDArray? sampleWeight = null, IReadOnlyDictionary<int, float>? classWeight = null) =>
        OnBatch(() => Upload(ClassWeightedDataSource.Weighted(new DataItem(x, y, sampleWeight), classWeight)), TrainStep);

    /// <summary>Trains on one batch that is on the backend already, picked from a data set that lives there, say.</summary>
    /// <param name="x">The inputs [batch, ..].</param>
    /// <param name="y">The targets [batch, ..].</param>
    /// <param name="sampleWeight">The weight of each example [batch]; 1 when null.</param>
    /// <returns>Loss and metrics of this batch, by name.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    public IReadOnlyDictionary<string, double> TrainOnBatch(Tensor x, Tensor y, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return TrainOnBatch(new TensorBatch([x], [y], sampleWeight));
    }

    /// <summary>Trains a model of several inputs or outputs on one batch that is on the backend already.</summary>
    /// <param name="batch">The batch.</param>
    /// <returns>Loss and metrics of this batch, by name.</returns>
    /// <exception cref="InvalidOperationException">The model is not compiled.</exception>
    public IReadOnlyDictionary<string, double> TrainOnBatch(TensorBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return OnBatch(() => Checked(batch), TrainStep);
    }

    /// <summary>Computes loss and metrics of one batch that is on the backend already.</summary>
    /// <inheritdoc cref="TrainOnBatch(TensorBatch)"/>
    public IReadOnlyDictionary<string, double> TestOnBatch(TensorBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return OnBatch(() => Checked(batch), TestStep);
    }

    /// <summary>Computes loss and metrics of one batch.</summary>
    /// <inheritdoc cref="TrainOnBatch(NDArray, NDArray, NDArray?, IReadOnlyDictionary{int, float}?)"/>
    public IReadOnlyDictionary<string, double> TestOnBatch(
        NDArray x, NDArray y, NDArray? sampleWeight = null, IReadOnlyDictionary<int, float>? classWeight = null) =>
        OnBatch(() => Upload(ClassWeightedDataSource.Weighted(new DataItem(x, y, sampleWeight), classWeight)), TestStep);

    /// <summary>
    /// One step of training: forward, loss, gradients, update, metrics. Tensors made here are released afterwards.
    /// </summary>
    /// <param name="batch">Inputs, targets and weights of the examples.</param>
    /// <returns>What to report, by name: usually <see cref="ComputeLogs"/>.</returns>
    /// <example><code>
    /// protected override IReadOnlyDictionary&lt;string, double&gt; TrainStep(TensorBatch batch)
    /// {
    ///     using var tape = new GradientTape();
    ///     Tensor prediction = Call(batch.X, training: true);
    ///     Tensor loss = ComputeLoss(batch, [prediction]) + MyPenalty(prediction);
    ///     Optimizer!.Apply(tape.Gradient(Optimizer.ScaleLoss(loss), TrainableVariables), TrainableVariables);
    ///     UpdateMetrics(batch, [prediction], loss);
    ///     return ComputeLogs();
    /// }
    /// </code></example>
    protected virtual IReadOnlyDictionary<string, double> TrainStep(TensorBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (Strategy is { } strategy)
            return strategy.TrainStep(this, batch);
        StepResults? launched = LaunchCaptured(batch);
        using GradientTape? tape = launched is null ? new() : null;
        StepResults results = launched ?? Differentiate(tape!, batch);
        if (results.Gradients.Count > 0)
            Optimizer!.Apply(results.Gradients, TrainableVariables);
        for (int i = 0; i < _outputs.Length; i++)
            _outputs[i].Last = results.OutputLosses[i];
        UpdateMetrics(batch, results.Predictions, results.Loss);
        return ComputeLogs();
    }

    /// <summary>One step of evaluation: forward, loss, metrics.</summary>
    /// <inheritdoc cref="TrainStep"/>
    protected virtual IReadOnlyDictionary<string, double> TestStep(TensorBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (Strategy is { } strategy)
            return strategy.TestStep(this, batch);
        Tensor[] predictions = CallAll(batch.Inputs);
        UpdateMetrics(batch, predictions, ComputeLoss(batch, predictions));
        return ComputeLogs();
    }

    /// <summary>The loss of a batch: the compiled ones of all outputs, and what layers add to it (<see cref="Layer.Losses"/>).</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="predictions">The model's outputs.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">There is not one target and one loss for each output.</exception>
    protected virtual Tensor ComputeLoss(TensorBatch batch, IReadOnlyList<Tensor> predictions)
    {
        CheckOutputs(batch, predictions);
        Tensor loss = _outputs[0].Compute(batch.Targets[0], predictions[0], batch.SampleWeight);
        for (int i = 1; i < _outputs.Length; i++)
            loss += _outputs[i].Compute(batch.Targets[i], predictions[i], batch.SampleWeight);
        foreach (Tensor added in Losses)
            loss += added;
        return loss;
    }

    /// <summary>Takes a batch into the mean losses, weighted by the number of its examples, and into the metrics.</summary>
    /// <param name="batch">The batch; only weighted metrics see its weights.</param>
    /// <param name="predictions">The model's outputs.</param>
    /// <param name="loss">The batch's loss, a scalar.</param>
    /// <exception cref="ArgumentException">There is not one target and one loss for each output.</exception>
    protected void UpdateMetrics(TensorBatch batch, IReadOnlyList<Tensor> predictions, Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        CheckOutputs(batch, predictions);
        using Activity? activity = Tracing.Start(Tracing.Metrics, Name);
        int examples = predictions[0].Rank == 0 ? 1 : predictions[0].Shape[0];
        if (!_deferLogs)
            ReadLosses();
        Track(_lossTracker, loss, examples);
        foreach (OutputTraining output in _outputs)
        {
            if (output.TakeLast() is { } own)
                Track(output.LossMean!, own, examples);
        }

        for (int i = 0; i < _outputs.Length; i++)
            _outputs[i].Update(batch.Targets[i], predictions[i], batch.SampleWeight);
    }

    /// <summary>Loss and metrics so far, by name; nothing in the middle of several <see cref="StepsPerExecution"/>.</summary>
    protected IReadOnlyDictionary<string, double> ComputeLogs()
    {
        if (_deferLogs)
            return s_noLogs;
        ReadLosses();
        var logs = new OrderedDictionary<string, double>();
        foreach ((string name, Metric metric) in Reported)
            logs[name] = metric.Result();
        return logs;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        ForgetCaptured();
        Optimizer?.Dispose();
        ForgetLosses();
        base.Dispose(disposing);
    }

    private void ResetMetrics()
    {
        ForgetLosses();
        foreach ((_, Metric metric) in Reported)
            metric.ResetState();
    }

    private void Track(Mean mean, Tensor loss, int examples)
    {
        if (_deferLogs)
            _unreadLosses.Add((mean, loss.Keep(), examples));
        else
            mean.UpdateState(loss.Item(), examples);
    }

    // Reading waits for the device.
    private void ReadLosses()
    {
        foreach ((Mean mean, Tensor loss, int examples) in _unreadLosses)
            mean.UpdateState(loss.Item(), examples);
        ForgetLosses();
    }

    private void ForgetLosses()
    {
        foreach ((_, Tensor loss, _) in _unreadLosses)
            loss.Dispose();
        _unreadLosses.Clear();
    }

    private void CheckCompiled()
    {
        if (Optimizer is null)
            throw new InvalidOperationException($"{Title}: call Compile(optimizer, loss, metrics) first");
    }

    private void Compile(Optimizer optimizer, OutputTraining[] outputs, int stepsPerExecution, bool jitCompile)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerExecution, 1);
        ArgumentNullException.ThrowIfNull(optimizer);
        CheckCapture(jitCompile, Strategy);
        var names = new HashSet<string> { _lossTracker.Name };
        foreach (OutputTraining output in outputs)
        {
            if (output.Loss.Reduction == Reduction.None)
                throw new ArgumentException($"training needs a number; the loss '{output.Loss.Name}' has the reduction None", nameof(outputs));
            if (output.LossMean is { } mean)
                _ = names.Add(mean.Name);
            foreach ((string name, Metric metric) in output.Named)
            {
                ArgumentNullException.ThrowIfNull(metric);
                if (!names.Add(name))
                    throw new ArgumentException($"two values are reported as '{name}'; give a metric another name", nameof(outputs));
            }
        }

        if (Optimizer != optimizer)
            Optimizer?.Dispose();
        ForgetCaptured();
        (Optimizer, _outputs, StepsPerExecution, JitCompile) = (optimizer, outputs, stepsPerExecution, jitCompile);
        Metrics = [.. outputs.SelectMany(output => output.Named).Select(named => named.Metric)];
    }

    private IReadOnlyDictionary<string, double> OnBatch(Func<TensorBatch> batch, Func<TensorBatch, IReadOnlyDictionary<string, double>> step)
    {
        CheckCompiled();
        ResetMetrics();
        using var scope = new TensorScope();
        return step(batch());
    }

    private TensorBatch Upload(DataItem batch)
    {
        if (batch.Inputs.Any(x => x is null) || batch.Targets.Any(y => y is null))
            throw new ArgumentException($"{Title}: a batch needs inputs and targets");
        CheckBatch([.. batch.Inputs.Select(x => x.Shape)], [.. batch.Targets.Select(y => y.Shape)], batch.SampleWeight?.Shape);
        using Activity? activity = Tracing.Start(Tracing.Upload, Name);
        return new TensorBatch(
            [.. batch.Inputs.Select(x => (Tensor)x)], [.. batch.Targets.Select(y => (Tensor)y)], batch.SampleWeight is { } weight ? (Tensor)weight : null);
    }

    private void CheckOutputs(TensorBatch batch, IReadOnlyList<Tensor> predictions)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Count != _outputs.Length || batch.Targets.Count != _outputs.Length)
        {
            throw new ArgumentException(
                $"{Title}: {predictions.Count} outputs, {batch.Targets.Count} targets and {_outputs.Length} losses; each output needs one of each");
        }
    }

    private TensorBatch Checked(TensorBatch batch)
    {
        CheckBatch([.. batch.Inputs.Select(x => x.Shape)], [.. batch.Targets.Select(y => y.Shape)], batch.SampleWeight?.Shape);
        return batch;
    }

    private void CheckBatch(Shape[] inputs, Shape[] targets, Shape? weight)
    {
        Shape first = inputs[0];
        foreach (Shape x in inputs)
        {
            if (x.Rank == 0 || x[0] != first[0])
                throw new ShapeMismatchException($"{Title}: inputs {first} and {x} must have the batch as first axis; did you forget Batch()?");
        }

        foreach (Shape y in targets)
        {
            if (y.Rank == 0 || y[0] != first[0])
                throw new ShapeMismatchException($"{Title}: inputs {first} and targets {y} must have the batch as first axis; did you forget Batch()?");
        }

        if (first[0] == 0 && Strategy is null)
            throw new ArgumentException($"{Title}: a batch of no examples, inputs {first}");
        if (weight is not null && (weight.Rank == 0 || weight[0] != first[0]))
            throw new ShapeMismatchException($"{Title}: sample weights {weight} do not fit inputs {first}");
    }
}

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
    private readonly List<(Tensor Loss, int Examples)> _unreadLosses = [];
    private Metric[] _metrics = [];
    private Metric[] _weightedMetrics = [];
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

    /// <summary>What changes the weights; null before <see cref="Compile"/>.</summary>
    public Optimizer? Optimizer { get; private set; }

    /// <summary>What is made small; null before <see cref="Compile"/>.</summary>
    public Loss? Loss { get; private set; }

    /// <summary>What is reported besides the loss: first the metrics, then the weighted ones.</summary>
    public IReadOnlyList<Metric> Metrics { get; private set; } = [];

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
    /// <exception cref="ArgumentException">The loss is not reduced, or two metrics have one name.</exception>
    public void Compile(
        Optimizer optimizer,
        Loss loss,
        IReadOnlyList<Metric>? metrics = null,
        IReadOnlyList<Metric>? weightedMetrics = null,
        int stepsPerExecution = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerExecution, 1);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loss);
        if (loss.Reduction == Reduction.None)
            throw new ArgumentException($"training needs a number; the loss '{loss.Name}' has the reduction None", nameof(loss));
        var names = new HashSet<string> { _lossTracker.Name };
        foreach (Metric metric in (metrics ?? []).Concat(weightedMetrics ?? []))
        {
            ArgumentNullException.ThrowIfNull(metric, nameof(metrics));
            if (!names.Add(metric.Name))
                throw new ArgumentException($"two values are reported as '{metric.Name}'; give a metric another name", nameof(metrics));
        }

        if (Optimizer != optimizer)
            Optimizer?.Dispose();
        (Optimizer, Loss, _metrics, _weightedMetrics) = (optimizer, loss, [.. metrics ?? []], [.. weightedMetrics ?? []]);
        Metrics = [.. _metrics, .. _weightedMetrics];
        StepsPerExecution = stepsPerExecution;
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
        NDArray x, NDArray y, NDArray? sampleWeight = null, IReadOnlyDictionary<int, float>? classWeight = null)
    {
        CheckCompiled();
        ResetMetrics();
        return Step(ClassWeightedDataSource.Weighted(new DataItem(x, y, sampleWeight), classWeight), training: true);
    }

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
        CheckCompiled();
        CheckBatch(x.Shape, y.Shape, sampleWeight?.Shape);
        ResetMetrics();
        using var scope = new TensorScope();
        return TrainStep(x, y, sampleWeight);
    }

    /// <summary>Computes loss and metrics of one batch.</summary>
    /// <inheritdoc cref="TrainOnBatch(NDArray, NDArray, NDArray?, IReadOnlyDictionary{int, float}?)"/>
    public IReadOnlyDictionary<string, double> TestOnBatch(
        NDArray x, NDArray y, NDArray? sampleWeight = null, IReadOnlyDictionary<int, float>? classWeight = null)
    {
        CheckCompiled();
        ResetMetrics();
        return Step(ClassWeightedDataSource.Weighted(new DataItem(x, y, sampleWeight), classWeight), training: false);
    }

    /// <summary>
    /// One step of training: forward, loss, gradients, update, metrics. Tensors made here are released afterwards.
    /// </summary>
    /// <param name="x">The inputs [batch, ..].</param>
    /// <param name="y">The targets [batch, ..].</param>
    /// <param name="sampleWeight">The weight of each example, or null.</param>
    /// <returns>What to report, by name: usually <see cref="ComputeLogs"/>.</returns>
    protected virtual IReadOnlyDictionary<string, double> TrainStep(Tensor x, Tensor y, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (Strategy is { } strategy)
            return strategy.TrainStep(this, x, y, sampleWeight);
        using var tape = new GradientTape();
        Tensor prediction = Call(x, training: true);
        Tensor loss = ComputeLoss(y, prediction, sampleWeight);
        IReadOnlyList<Variable> variables = TrainableVariables;
        if (variables.Count > 0)
            Optimizer!.Apply(tape.Gradient(Optimizer.ScaleLoss(loss), variables), variables);
        UpdateMetrics(y, prediction, loss, sampleWeight);
        return ComputeLogs();
    }

    /// <summary>One step of evaluation: forward, loss, metrics.</summary>
    /// <inheritdoc cref="TrainStep"/>
    protected virtual IReadOnlyDictionary<string, double> TestStep(Tensor x, Tensor y, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (Strategy is { } strategy)
            return strategy.TestStep(this, x, y, sampleWeight);
        Tensor prediction = Call(x);
        UpdateMetrics(y, prediction, ComputeLoss(y, prediction, sampleWeight), sampleWeight);
        return ComputeLogs();
    }

    /// <summary>The loss of a batch: the compiled one, and what layers add to it (<see cref="Layer.Losses"/>).</summary>
    /// <param name="y">The targets.</param>
    /// <param name="prediction">The model's output.</param>
    /// <param name="sampleWeight">The weight of each example, or null.</param>
    /// <returns>A scalar.</returns>
    protected virtual Tensor ComputeLoss(Tensor y, Tensor prediction, Tensor? sampleWeight)
    {
        Tensor loss = Loss!.Compute(y, prediction, sampleWeight);
        foreach (Tensor added in Losses)
            loss += added;
        return loss;
    }

    /// <summary>Takes a batch into the mean loss, weighted by the number of its examples, and into the metrics.</summary>
    /// <param name="y">The targets.</param>
    /// <param name="prediction">The model's output.</param>
    /// <param name="loss">The batch's loss, a scalar.</param>
    /// <param name="sampleWeight">The weight of each example, or null; only weighted metrics see it.</param>
    protected void UpdateMetrics(Tensor y, Tensor prediction, Tensor loss, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(loss);
        using Activity? activity = Tracing.Start(Tracing.Metrics, Name);
        int examples = prediction.Rank == 0 ? 1 : prediction.Shape[0];
        if (_deferLogs)
        {
            _unreadLosses.Add((loss.Keep(), examples));
        }
        else
        {
            ReadLosses();
            _lossTracker.UpdateState(loss.Item(), examples);
        }

        foreach (Metric metric in _metrics)
            metric.UpdateState(y, prediction);
        foreach (Metric metric in _weightedMetrics)
            metric.UpdateState(y, prediction, sampleWeight);
    }

    /// <summary>Loss and metrics so far, by name; nothing in the middle of several <see cref="StepsPerExecution"/>.</summary>
    protected IReadOnlyDictionary<string, double> ComputeLogs()
    {
        if (_deferLogs)
            return s_noLogs;
        ReadLosses();
        var logs = new OrderedDictionary<string, double> { [_lossTracker.Name] = _lossTracker.Result() };
        foreach (Metric metric in Metrics)
            logs[metric.Name] = metric.Result();
        return logs;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Optimizer?.Dispose();
        ForgetLosses();
        base.Dispose(disposing);
    }

    private void ResetMetrics()
    {
        ForgetLosses();
        _lossTracker.ResetState();
        foreach (Metric metric in Metrics)
            metric.ResetState();
    }

    // Reading waits for the device.
    private void ReadLosses()
    {
        foreach ((Tensor loss, int examples) in _unreadLosses)
            _lossTracker.UpdateState(loss.Item(), examples);
        ForgetLosses();
    }

    private void ForgetLosses()
    {
        foreach ((Tensor loss, _) in _unreadLosses)
            loss.Dispose();
        _unreadLosses.Clear();
    }

    private void CheckCompiled()
    {
        if (Optimizer is null)
            throw new InvalidOperationException($"{Title}: call Compile(optimizer, loss, metrics) first");
    }

    private IReadOnlyDictionary<string, double> Step(DataItem batch, bool training)
    {
        CheckBatch(batch);
        using var scope = new TensorScope();
        Activity? upload = Tracing.Start(Tracing.Upload, Name);
        Tensor? weight = batch.SampleWeight is { } array ? Tensor.From(array) : null;
        Tensor x = batch.X, y = batch.Y;
        upload?.Dispose();
        return training ? TrainStep(x, y, weight) : TestStep(x, y, weight);
    }

    private void CheckBatch(DataItem batch)
    {
        if (batch.X is null || batch.Y is null)
            throw new ArgumentException($"{Title}: a batch needs inputs and targets");
        CheckBatch(batch.X.Shape, batch.Y.Shape, batch.SampleWeight?.Shape);
    }

    private void CheckBatch(Shape x, Shape y, Shape? weight)
    {
        if (x.Rank == 0 || y.Rank == 0 || x[0] != y[0])
            throw new ShapeMismatchException($"{Title}: inputs {x} and targets {y} must have the batch as first axis; did you forget Batch()?");
        if (x[0] == 0 && Strategy is null)
            throw new ArgumentException($"{Title}: a batch of no examples, inputs {x}");
        if (weight is not null && (weight.Rank == 0 || weight[0] != x[0]))
            throw new ShapeMismatchException($"{Title}: sample weights {weight} do not fit inputs {x}");
    }
}

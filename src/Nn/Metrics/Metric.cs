using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A number gathered over the batches of an epoch. Its state is held in double precision in ordinary memory; gradient tapes
/// do not see it. A loss converts to the metric that averages it, <see cref="LossMetric"/>: <c>metrics: [new MeanAbsoluteError()]</c>.
/// </summary>
public abstract class Metric
{
    /// <summary>Creates a metric.</summary>
    /// <param name="name">The name in logs, such as <c>accuracy</c>.</param>
    protected Metric(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <summary>
    /// The accuracy that fits the data, as Keras' <c>"accuracy"</c>: binary for predictions with one value, sparse for class
    /// numbers, categorical else.
    /// </summary>
    public static Metric Accuracy => new AccuracyByShape();

    /// <summary>The name in logs.</summary>
    public string Name { get; }

    /// <summary>Which values are better, for callbacks that watch the metric; <see cref="MonitorMode.Auto"/>, the default, where
    /// they have to be told.</summary>
    public virtual MonitorMode Direction => MonitorMode.Auto;

    /// <summary>The metric that averages a loss over the examples.</summary>
    public static implicit operator Metric(Loss loss) => new LossMetric(loss);

    /// <summary>Takes in one batch.</summary>
    /// <param name="yTrue">What should have come out.</param>
    /// <param name="yPred">What came out.</param>
    /// <param name="sampleWeight">The weight of each example [batch]; 1 when null.</param>
    public void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        _ = GradientTape.StopRecording(() =>
        {
            using var scope = new TensorScope();
            Update(yTrue, yPred, sampleWeight);
            return 0;
        });
    }

    /// <summary>The value so far; 0 when nothing was taken in.</summary>
    public abstract double Result();

    /// <summary>Forgets what was taken in.</summary>
    public abstract void ResetState();

    /// <summary>Writes down what was taken in, for a run that is interrupted within an epoch; nothing by default.</summary>
    /// <param name="state">Where to.</param>
    public virtual void SaveState(TrainingState state)
    {
    }

    /// <summary>Takes back what <see cref="SaveState"/> wrote.</summary>
    /// <param name="state">Where from.</param>
    public virtual void LoadState(TrainingState state)
    {
    }

    /// <summary>The error for shapes that do not fit.</summary>
    private protected ShapeMismatchException Mismatch(string expected, Tensor yTrue, Tensor yPred) =>
        new($"{Name}: expected {expected}, got yTrue {yTrue.Shape} and yPred {yPred.Shape}");

    /// <summary>A threshold, or an error that names the argument.</summary>
    private protected static float FiniteThreshold(float threshold) => float.IsFinite(threshold)
        ? threshold
        : throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "a threshold is a finite number");

    /// <summary>Hands over the numbers of a batch, each with its weight.</summary>
    /// <param name="values">The numbers [batch, ..].</param>
    /// <param name="sampleWeight">The weight of each example, or null.</param>
    /// <param name="takeIn">Gets a number and its weight.</param>
    private protected void Each(Tensor values, Tensor? sampleWeight, Action<double, double> takeIn)
    {
        var weights = SampleWeights.Read(sampleWeight, values.Shape, Name);
        float[] numbers = values.ToArray();
        for (int i = 0; i < numbers.Length; i++)
            takeIn(numbers[i], weights[i]);
    }

    /// <summary>Takes in one batch; tensors made here are released afterwards.</summary>
    /// <param name="yTrue">What should have come out.</param>
    /// <param name="yPred">What came out.</param>
    /// <param name="sampleWeight">The weight of each example, or null.</param>
    protected abstract void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight);
}

using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// What is computed from how often each class was taken for which. Takes scores [batch, .., classes] with one-hot labels or
/// class numbers, the greatest score, the first of equals, being the prediction; or one column of scores of class 1.
/// </summary>
public abstract class ConfusionMatrixMetric : Metric
{
    private double[,] _counts = new double[0, 0];

    private protected ConfusionMatrixMetric(float threshold, string name)
        : base(name) => Threshold = FiniteThreshold(threshold);

    /// <summary>What a single column of scores is compared with; greater ones count as class 1.</summary>
    public float Threshold { get; }

    /// <inheritdoc/>
    public sealed override MonitorMode Direction => MonitorMode.Max;

    /// <summary>
    /// The weight of the examples of class [row] that were taken for class [column], as a copy: [classes, classes], [2, 2] for a
    /// single column of scores, [0, 0] before the first batch.
    /// </summary>
    public double[,] Counts => (double[,])_counts.Clone();

    /// <summary>The number of classes; 0 before the first batch.</summary>
    public int Classes => _counts.GetLength(0);

    /// <inheritdoc/>
    public sealed override double Result() => Result(_counts);

    /// <inheritdoc/>
    public sealed override void ResetState() => _counts = new double[0, 0];

    /// <inheritdoc/>
    public sealed override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("counts", _counts.Cast<double>().ToArray());
    }

    /// <inheritdoc/>
    public sealed override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.TryGet("counts", out double[]? counts))
            return;
        int classes = (int)Math.Sqrt(counts.Length);
        _counts = new double[classes, classes];
        Buffer.BlockCopy(counts, 0, _counts, 0, classes * classes * sizeof(double));
    }

    /// <inheritdoc/>
    protected sealed override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        Count(yTrue, yPred, sampleWeight);
    }

    /// <summary>Adds the examples of a batch to the counts.</summary>
    private protected virtual void Count(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ClassifierBatch batch = ClassifierBatch.Read(yTrue, yPred, sampleWeight, Name);
        double[,] counts = CountsOf(batch.Classes);
        for (int i = 0; i < batch.Examples; i++)
            counts[batch.Label(i), batch.Predicted(i, Threshold)] += batch.Weight(i);
    }

    /// <summary>The counts to add to.</summary>
    /// <param name="classes">The number of classes in a batch.</param>
    /// <exception cref="ShapeMismatchException">Earlier batches had another one.</exception>
    private protected double[,] CountsOf(int classes)
    {
        if (_counts.Length == 0)
            _counts = new double[classes, classes];
        return classes == Classes
            ? _counts
            : throw new ShapeMismatchException($"{Name}: earlier batches had {Classes} classes, this one has {classes}; reset the state first");
    }

    /// <summary>The value for some counts, at least 0, by class and prediction; possibly none.</summary>
    private protected abstract double Result(double[,] counts);

    /// <summary>The weight of all examples, of each class's, and of each prediction's.</summary>
    private protected static (double All, double[] Labels, double[] Predictions) Totals(double[,] counts)
    {
        int classes = counts.GetLength(0);
        var labels = new double[classes];
        var predictions = new double[classes];
        for (int i = 0; i < classes; i++)
        {
            for (int j = 0; j < classes; j++)
            {
                labels[i] += counts[i, j];
                predictions[j] += counts[i, j];
            }
        }

        return (labels.Sum(), labels, predictions);
    }

    /// <summary>The weight of the examples that were taken for what they are.</summary>
    private protected static double Diagonal(double[,] counts)
    {
        double sum = 0;
        for (int i = 0; i < counts.GetLength(0); i++)
            sum += counts[i, i];
        return sum;
    }
}

using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// What is computed from the numbers of right and wrong decisions about yes/no labels. Takes predictions [batch] or
/// [batch, .., classes], each compared with the threshold, and labels of their shape or class numbers. 0/0 is 0, and a macro
/// average counts it.
/// </summary>
public abstract class ConfusionMetric : Metric
{
    private double[] _truePositives = [];
    private double[] _falsePositives = [];
    private double[] _falseNegatives = [];
    private int _columns;

    private protected ConfusionMetric(float threshold, int? classId, Averaging average, string name)
        : base(name)
    {
        Threshold = FiniteThreshold(threshold);
        if (classId is { } id)
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(classId));
        if (!Enum.IsDefined(average))
            throw new ArgumentOutOfRangeException(nameof(average), average, "unknown averaging");
        (ClassId, Average) = (classId, average);
    }

    /// <summary>What predictions are compared with; greater ones count as 1.</summary>
    public float Threshold { get; }

    /// <summary>The only class that counts; all of them when null.</summary>
    public int? ClassId { get; }

    /// <summary>How the classes' values become one number.</summary>
    public Averaging Average { get; }

    /// <inheritdoc/>
    public sealed override MonitorMode Direction => MonitorMode.Max;

    /// <summary>The weight of examples that were rightly taken for 1, of all classes that count.</summary>
    public double TruePositives => _truePositives.Sum();

    /// <summary>The weight of examples that were wrongly taken for 1, of all classes that count.</summary>
    public double FalsePositives => _falsePositives.Sum();

    /// <summary>The weight of examples that were wrongly taken for 0, of all classes that count.</summary>
    public double FalseNegatives => _falseNegatives.Sum();

    /// <summary>The value of each class that counts against the rest; none before the first batch.</summary>
    public IReadOnlyList<double> PerClass =>
        [.. _truePositives.Select((hits, c) => Share(hits, _falsePositives[c], _falseNegatives[c]))];

    /// <inheritdoc/>
    public sealed override double Result()
    {
        if (_truePositives.Length == 0)
            return 0;
        double support = TruePositives + FalseNegatives;
        return Average switch
        {
            Averaging.Macro => PerClass.Average(),
            Averaging.Micro => Share(TruePositives, FalsePositives, FalseNegatives),
            _ => support == 0 ? 0 : PerClass.Select((value, c) => value * (_truePositives[c] + _falseNegatives[c])).Sum() / support,
        };
    }

    /// <inheritdoc/>
    public sealed override void ResetState() => _truePositives = _falsePositives = _falseNegatives = [];

    /// <inheritdoc/>
    public sealed override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("true_positives", _truePositives);
        state.Set("false_positives", _falsePositives);
        state.Set("false_negatives", _falseNegatives);
        state.Set("columns", (long)_columns);
    }

    /// <inheritdoc/>
    public sealed override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.TryGet("true_positives", out double[]? truePositives) && state.TryGet("false_positives", out double[]? falsePositives)
            && state.TryGet("false_negatives", out double[]? falseNegatives) && state.TryGet("columns", out long columns))
            (_truePositives, _falsePositives, _falseNegatives, _columns) = (truePositives, falsePositives, falseNegatives, (int)columns);
    }

    /// <summary>The value for some counts; 0 without true positives.</summary>
    private protected abstract double Share(double truePositives, double falsePositives, double falseNegatives);

    /// <inheritdoc/>
    protected sealed override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        ClassifierBatch batch = ClassifierBatch.Read(yTrue, yPred, sampleWeight, Name);
        (int first, int end) = batch.ColumnsOf(ClassId);
        if (_truePositives.Length == 0)
        {
            _columns = batch.Columns;
            (_truePositives, _falsePositives, _falseNegatives) = (new double[end - first], new double[end - first], new double[end - first]);
        }

        batch.CheckColumns(_columns);
        for (int i = 0; i < batch.Examples; i++)
        {
            ReadOnlySpan<float> scores = batch.Row(i);
            for (int c = first; c < end; c++)
            {
                double weight = batch.Weight(i, c);
                bool positive = scores[c] > Threshold, expected = batch.IsPositive(i, c);
                if (expected && positive)
                    _truePositives[c - first] += weight;
                else if (expected)
                    _falseNegatives[c - first] += weight;
                else if (positive)
                    _falsePositives[c - first] += weight;
            }
        }
    }
}

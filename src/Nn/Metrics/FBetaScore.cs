using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The weighted harmonic mean of precision and recall: (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP). A β above 1 favours recall.
/// Source: van Rijsbergen, "Information Retrieval", 2nd ed., 1979, chapter 7; Keras' FBetaScore.
/// </summary>
/// <remarks>
/// Takes one column of scores of class 1, whose F it gives; or [batch, .., classes] with one-hot labels or class numbers, where
/// the greatest score, the first of equals, is the prediction; or with a threshold [batch, .., classes] with several labels an
/// example. 0/0 is 0: nothing taken in, or a class that neither occurs nor is predicted (which a macro average counts, as Keras).
/// Keras' <c>average=None</c> is <see cref="PerClass"/>.
/// </remarks>
public class FBetaScore : Metric
{
    private double[] _truePositives = [];
    private double[] _falsePositives = [];
    private double[] _falseNegatives = [];

    /// <summary>Creates the metric.</summary>
    /// <param name="average">How the classes' values become one number.</param>
    /// <param name="beta">How many times as much recall counts as precision; finite and above 0.</param>
    /// <param name="threshold">Greater predictions count as yes, for each class on its own. When null the greatest prediction
    /// counts, and that of a single column from above 0.5.</param>
    /// <param name="name">The name in logs.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public FBetaScore(Averaging average = Averaging.Macro, double beta = 1, float? threshold = null, string name = "fbeta_score")
        : base(name)
    {
        if (!Enum.IsDefined(average))
            throw new ArgumentOutOfRangeException(nameof(average), average, "unknown averaging");
        if (!(beta > 0) || !double.IsFinite(beta))
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "beta is a finite number above 0");
        (Average, Beta, Threshold) = (average, beta, threshold is { } given ? FiniteThreshold(given) : null);
    }

    /// <inheritdoc/>
    public override MonitorMode Direction => MonitorMode.Max;

    /// <summary>How the classes' values become one number.</summary>
    public Averaging Average { get; }

    /// <summary>How many times as much recall counts as precision.</summary>
    public double Beta { get; }

    /// <summary>What predictions are compared with, each on its own; null where the greatest one counts.</summary>
    public float? Threshold { get; }

    /// <summary>The value of each column's class against the rest; none before the first batch.</summary>
    public IReadOnlyList<double> PerClass =>
        [.. _truePositives.Select((_, c) => Score(_truePositives[c], _falsePositives[c], _falseNegatives[c]))];

    /// <inheritdoc/>
    public override double Result()
    {
        if (_truePositives.Length == 0)
            return 0;
        IReadOnlyList<double> values = PerClass;
        double support = _truePositives.Sum() + _falseNegatives.Sum();
        return Average switch
        {
            Averaging.Macro => values.Average(),
            Averaging.Micro => Score(_truePositives.Sum(), _falsePositives.Sum(), _falseNegatives.Sum()),
            _ => support == 0 ? 0 : values.Select((value, c) => value * (_truePositives[c] + _falseNegatives[c])).Sum() / support,
        };
    }

    /// <inheritdoc/>
    public override void ResetState() => _truePositives = _falsePositives = _falseNegatives = [];

    /// <inheritdoc/>
    public override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("true_positives", _truePositives);
        state.Set("false_positives", _falsePositives);
        state.Set("false_negatives", _falseNegatives);
    }

    /// <inheritdoc/>
    public override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.TryGet("true_positives", out double[]? truePositives) && state.TryGet("false_positives", out double[]? falsePositives)
            && state.TryGet("false_negatives", out double[]? falseNegatives))
            (_truePositives, _falsePositives, _falseNegatives) = (truePositives, falsePositives, falseNegatives);
    }

    /// <inheritdoc/>
    protected override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        ClassifierBatch batch = ClassifierBatch.Read(yTrue, yPred, sampleWeight, Name);
        int columns = batch.Columns;
        if (_truePositives.Length == 0)
            (_truePositives, _falsePositives, _falseNegatives) = (new double[columns], new double[columns], new double[columns]);
        batch.CheckColumns(_truePositives.Length);
        bool eachOnItsOwn = columns == 1 || Threshold is not null;
        float threshold = Threshold ?? 0.5f;
        for (int i = 0; i < batch.Examples; i++)
        {
            if (eachOnItsOwn)
            {
                ReadOnlySpan<float> scores = batch.Row(i);
                for (int c = 0; c < columns; c++)
                    Count(c, batch.IsPositive(i, c), scores[c] > threshold, batch.Weight(i, c));
                continue;
            }

            int expected = batch.Label(i), predicted = batch.Predicted(i, threshold);
            float weight = batch.Weight(i);
            Count(expected, true, predicted == expected, weight);
            if (predicted != expected)
                Count(predicted, false, true, weight);
        }
    }

    private void Count(int column, bool expected, bool predicted, double weight)
    {
        if (expected && predicted)
            _truePositives[column] += weight;
        else if (expected)
            _falseNegatives[column] += weight;
        else if (predicted)
            _falsePositives[column] += weight;
    }

    private double Score(double truePositives, double falsePositives, double falseNegatives) =>
        new BinaryCounts(truePositives, falsePositives, falseNegatives, TrueNegatives: 0).FBeta(Beta);
}

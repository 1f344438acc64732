using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The coefficient of determination 1 - Σ w·(y - p)² / Σ w·(y - ȳ)², the sums over the examples and ȳ their weighted mean: 1 for
/// predictions that are right, 0 for those no better than the mean, below 0 for worse ones. Source: Keras' R2Score;
/// Wright, "Correlation and causation", 1921.
/// </summary>
/// <remarks>
/// Takes [batch] or [batch, outputs]. Where all targets of an output are the same there is no variance to explain: its score is 1 where the
/// predictions are right (Keras' is NaN) and 0 where not, as in scikit-learn. 0 when nothing was taken in. With p regressors it is
/// adjusted, 1 - (1 - R²)·(n - 1) / (n - p - 1) for n examples of a weight other than 0, as soon as n is greater than p + 1.
/// Keras' <c>class_aggregation=None</c> is <see cref="PerOutput"/>.
/// </remarks>
public sealed class R2Score : Metric
{
    private double[] _weight = [];
    private double[] _mean = [];
    private double[] _total = [];
    private double[] _residual = [];
    private double _examples;

    /// <summary>Creates the metric.</summary>
    /// <param name="average">How the outputs' scores become one number.</param>
    /// <param name="numRegressors">The number p of regressors for the adjusted score; 0, the default, for the plain one.</param>
    /// <param name="name">The name in logs.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public R2Score(R2Averaging average = R2Averaging.Uniform, int numRegressors = 0, string name = "r2_score")
        : base(name)
    {
        if (!Enum.IsDefined(average))
            throw new ArgumentOutOfRangeException(nameof(average), average, "unknown averaging");
        ArgumentOutOfRangeException.ThrowIfNegative(numRegressors);
        (Average, NumRegressors) = (average, numRegressors);
    }

    /// <summary>How the outputs' scores become one number.</summary>
    public R2Averaging Average { get; }

    /// <summary>The number of regressors that the score is adjusted for.</summary>
    public int NumRegressors { get; }

    /// <summary>The score of each output, not adjusted; none before the first batch.</summary>
    public IReadOnlyList<double> PerOutput => [.. _total.Select((total, i) => total != 0 ? 1 - (_residual[i] / total) : _residual[i] == 0 ? 1.0 : 0)];

    /// <inheritdoc/>
    public override MonitorMode Direction => MonitorMode.Max;

    /// <inheritdoc/>
    public override double Result()
    {
        if (_examples == 0)
            return 0;
        IReadOnlyList<double> scores = PerOutput;
        double variance = _total.Sum();

        // Without any variance all outputs weigh the same.
        double score = Average == R2Averaging.Uniform || variance == 0
            ? scores.Average()
            : scores.Select((value, i) => value * _total[i]).Sum() / variance;
        double free = _examples - NumRegressors - 1;
        return NumRegressors == 0 || free <= 0 ? score : 1 - ((1 - score) * (_examples - 1) / free);
    }

    /// <inheritdoc/>
    public override void ResetState()
    {
        _weight = _mean = _total = _residual = [];
        _examples = 0;
    }

    /// <inheritdoc/>
    public override void SaveState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.Set("weight", _weight);
        state.Set("mean", _mean);
        state.Set("total", _total);
        state.Set("residual", _residual);
        state.Set("examples", _examples);
    }

    /// <inheritdoc/>
    public override void LoadState(TrainingState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.TryGet("weight", out double[]? weight) && state.TryGet("mean", out double[]? mean) && state.TryGet("total", out double[]? total)
            && state.TryGet("residual", out double[]? residual) && state.TryGet("examples", out double examples))
            (_weight, _mean, _total, _residual, _examples) = (weight, mean, total, residual, examples);
    }

    /// <inheritdoc/>
    /// <exception cref="ShapeMismatchException">The shapes do not fit, or earlier batches had another number of outputs.</exception>
    protected override void Update(Tensor yTrue, Tensor yPred, Tensor? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(yTrue);
        ArgumentNullException.ThrowIfNull(yPred);
        int outputs = yPred.Rank == 2 ? yPred.Shape[1] : 1;
        if (yPred.Rank is not (1 or 2) || yTrue.Rank is not (1 or 2) || yTrue.Count != yPred.Count || yTrue.Shape[0] != yPred.Shape[0])
            throw Mismatch("yTrue and yPred [batch, outputs], or [batch]", yTrue, yPred);
        if (_weight.Length == 0)
            (_weight, _mean, _total, _residual) = (new double[outputs], new double[outputs], new double[outputs], new double[outputs]);
        if (_weight.Length != outputs)
        {
            throw new ShapeMismatchException(
                $"{Name}: earlier batches had {_weight.Length} outputs, this one has {outputs}; reset the state first");
        }

        float[] truth = yTrue.ToArray(), predictions = yPred.ToArray();
        var weights = SampleWeights.ReadCounts(sampleWeight, yPred.Shape[0], Name);
        for (int i = 0; i < yPred.Shape[0]; i++)
        {
            double weight = weights[i];
            if (weight == 0)
                continue;
            _examples++;
            for (int k = 0; k < outputs; k++)
                Add(k, truth[(i * outputs) + k], predictions[(i * outputs) + k], weight);
        }
    }

    // Sums of squares around the mean so far (West, "Updating mean and variance estimates", 1979): nothing is subtracted that is nearly
    // equal, and targets that are all the same have exactly no variance.
    private void Add(int output, double y, double p, double weight)
    {
        _weight[output] += weight;
        double distance = y - _mean[output];
        _mean[output] += distance * (weight / _weight[output]);
        _total[output] += weight * distance * (y - _mean[output]);
        _residual[output] += weight * (y - p) * (y - p);
    }
}

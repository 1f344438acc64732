using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Metrics of numbers: the values in Keras' documentation, and their definitions in double precision on fresh examples each time.</summary>
public sealed class RegressionMetricTests
{
    private static readonly NDArray s_truth = new float[,] { { 0, 1 }, { 0, 0 } };
    private static readonly NDArray s_ones = new float[,] { { 1, 1 }, { 0, 0 } };
    private static readonly NDArray s_shares = new float[,] { { 0.6f, 0.4f }, { 0.4f, 0.6f } };
    private static readonly NDArray s_first = new float[] { 1, 0 };

    private static readonly NDArray s_classes = new float[,] { { 0, 1, 0 }, { 0, 0, 1 } };
    private static readonly NDArray s_scores = new float[,] { { 0.05f, 0.95f, 0 }, { 0.1f, 0.8f, 0.1f } };

    /// <summary>Examples, values of each, and whether they are weighted.</summary>
    public static TheoryData<int, int, bool> Cases => new()
    {
        { 1, 1, false }, { 1, 5, true }, { 2, 1, true }, { 7, 1, false }, { 33, 3, false }, { 50, 4, true }, { 64, 1, true }, { 101, 9, true },
    };

    [Fact]
    public void Values_of_Keras_examples()
    {
        Check(new MeanSquaredError(), s_truth, s_ones, 0.25, 0.5);
        Check(new RootMeanSquaredError(), s_truth, s_ones, 0.5, 0.70710677);
        Check(new MeanAbsoluteError(), s_truth, s_ones, 0.25, 0.5);
        Check(new MeanAbsolutePercentageError(), s_truth, s_ones, 250000000, 500000000);
        Check(new MeanSquaredLogarithmicError(), s_truth, s_ones, 0.12011322, 0.24022643);
        Check(new LogCosh(), s_truth, s_ones, 0.10844523, 0.21689045);
        Check(new Poisson(), s_truth, s_ones, 0.49999997, 0.99999994);
        Check(new KLDivergence(), s_truth, s_shares, 0.45814306, 0.9162892);
        Check(new Hinge(), s_truth, s_shares, 1.3, 1.1);
        Check(new SquaredHinge(), s_truth, s_shares, 1.86, 1.46);
        Check(new CategoricalHinge(), s_truth, s_shares, 1.4000001, 1.2);
        Check(new BinaryCrossentropy(), s_truth, s_shares, 0.81492424, 0.9162905);
        Check(new CategoricalCrossentropy(), s_classes, s_scores, 1.1769392, 1.6271976, new float[] { 0.3f, 0.7f });
        Check(new SparseCategoricalCrossentropy(), new[] { 1, 2 }, s_scores, 1.1769392, 1.6271976, new float[] { 0.3f, 0.7f });
        Check(
            new CosineSimilarityMetric(axis: 1), new float[,] { { 0, 1 }, { 1, 1 } }, new float[,] { { 1, 0 }, { 1, 1 } }, 0.49999997, 0.6999999,
            new float[] { 0.3f, 0.7f });
        NDArray truth = new float[,] { { 0, 1, 0.5f }, { 1, 1, 0.2f } }, near = new float[,] { { 0.1f, 0.9f, 0.5f }, { 1, 0.9f, 0.2f } };
        Check(new PearsonCorrelation(), truth, near, 0.9966996338993913, 1);
        Check(new ConcordanceCorrelation(), truth, near, 0.9816320385426076, 0.97560976);
        Assert.Equal(0.57142854, Value(new R2Score(), new float[,] { { 1 }, { 4 }, { 3 } }, new float[,] { { 2 }, { 4 }, { 4 } }), 1e-7);
    }

    [Fact]
    public void Names_are_Keras()
    {
        Metric[] metrics =
        [
            new MeanSquaredError(), new RootMeanSquaredError(), new CosineSimilarityMetric(), new R2Score(), new PearsonCorrelation(),
            new ConcordanceCorrelation(), new Sum(), new KLDivergence(), new MeanAbsolutePercentageError(),
        ];
        Assert.Equal(
            ["mean_squared_error", "root_mean_squared_error", "cosine_similarity", "r2_score", "pearson_correlation", "concordance_correlation", "sum",
                "kl_divergence", "mean_absolute_percentage_error"],
            metrics.Select(metric => metric.Name));
        Assert.Equal(
            [MonitorMode.Min, MonitorMode.Min, MonitorMode.Max, MonitorMode.Max, MonitorMode.Max, MonitorMode.Max, MonitorMode.Auto, MonitorMode.Min,
                MonitorMode.Min],
            metrics.Select(metric => metric.Direction));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Means_over_examples(int examples, int values, bool weighted)
    {
        var data = new RandomRegression(examples, values, weighted);
        data.Check(new MeanSquaredError(), data.Mean((y, p) => y.Zip(p, (a, b) => (a - b) * (a - b)).Average()));
        data.Check(new RootMeanSquaredError(), Math.Sqrt(data.Mean((y, p) => y.Zip(p, (a, b) => (a - b) * (a - b)).Average())));
        data.Check(new MeanAbsoluteError(), data.Mean((y, p) => y.Zip(p, (a, b) => Math.Abs(a - b)).Average()));
        data.Check(new MeanAbsolutePercentageError(), data.Mean((y, p) => 100 * y.Zip(p, (a, b) => Math.Abs((a - b) / a)).Average()), 1e-5);
        data.Check(
            new MeanSquaredLogarithmicError(), data.Mean((y, p) => y.Zip(p, (a, b) => Math.Pow(LogOfPositive(a) - LogOfPositive(b), 2)).Average()), 1e-5);
        data.Check(new LogCosh(), data.Mean((y, p) => y.Zip(p, (a, b) => Math.Log(Math.Cosh(a - b))).Average()), 1e-5);
        data.Check(new HuberLoss(0.5f), data.Mean((y, p) => y.Zip(p, (a, b) => HalfHuber(Math.Abs(a - b))).Average()));
        data.Check(new CosineSimilarityMetric(), data.Mean((y, p) => Dot(y, p) / Math.Sqrt(Dot(y, y) * Dot(p, p))), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Correlations_of_each_example(int examples, int values, bool weighted)
    {
        var data = new RandomRegression(examples, values, weighted);
        data.Check(new PearsonCorrelation(), data.Mean((y, p) => values == 1 ? 0 : Covariance(y, p) / Math.Sqrt(Covariance(y, y) * Covariance(p, p))), 1e-9);
        data.Check(
            new ConcordanceCorrelation(),
            data.Mean((y, p) => 2 * Covariance(y, p) / (Covariance(y, y) + Covariance(p, p) + Math.Pow(y.Average() - p.Average(), 2))), 1e-9);
    }

    [Fact]
    public void Correlations_along_another_axis()
    {
        var data = new RandomRegression(6, 20, weighted: false);
        NDArray y = NDArray.From((6, 20), data.Flat(data.Truth)), p = NDArray.From((6, 20), data.Flat(data.Predictions));
        using var scope = new TensorScope();
        NDArray turnedY = Tensor.From(y.Reshape((6, 4, 5))).Transpose([0, 2, 1]).ToNDArray(), turnedP = Tensor.From(p.Reshape((6, 4, 5))).Transpose([0, 2, 1]).ToNDArray();
        NDArray weights = new float[] { 1, 2, 3, 0, 5, 6 };
        foreach ((Metric last, Metric middle) in new (Metric, Metric)[]
        {
            (new PearsonCorrelation(), new PearsonCorrelation(1)), (new ConcordanceCorrelation(), new ConcordanceCorrelation(-2)),
        })
            Assert.Equal(Value(last, y.Reshape((6, 4, 5)), p.Reshape((6, 4, 5)), weights), Value(middle, turnedY, turnedP, weights), 1e-12);
    }

    [Fact]
    public void What_is_constant_correlates_with_nothing()
    {
        // 0.1 is no sum of powers of two: the mean of seven of them in single precision is not 0.1.
        NDArray constant = NDArray.From((1, 7), Enumerable.Repeat(0.1f, 7).ToArray()), any = NDArray.From((1, 7), [1, 2, 3, 4, 5, 6, 8]);
        Assert.Equal((0, 0, 0), (Value(new PearsonCorrelation(), constant, any), Value(new PearsonCorrelation(), any, constant), Value(new PearsonCorrelation(), constant, constant)));
        Assert.Equal((0, 0), (Value(new ConcordanceCorrelation(), constant, any), Value(new ConcordanceCorrelation(), constant, constant)));
        Assert.Equal((1, 1), (Value(new PearsonCorrelation(), any, any), Value(new ConcordanceCorrelation(), any, any)));
        Assert.Equal(0, Value(new PearsonCorrelation(), new NDArray((0, 3)), new NDArray((0, 3))));
        Assert.Equal(0, Value(new CosineSimilarityMetric(), new float[,] { { 0, 0 } }, new float[,] { { 1, 2 } }));
        foreach (Metric metric in new Metric[] { new PearsonCorrelation(), new PearsonCorrelation(0), new ConcordanceCorrelation(2) })
        {
            NDArray x = metric is PearsonCorrelation { Axis: -1 } ? new float[] { 1, 2 } : any;
            Assert.StartsWith($"{metric.Name}: expected yTrue and yPred", Assert.Throws<ShapeMismatchException>(() => Value(metric, x, x)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Share_of_the_variance(int examples, int values, bool weighted)
    {
        var data = new RandomRegression(examples, values, weighted);
        double[] scores = new double[values], totals = new double[values];
        double all = Enumerable.Range(0, examples).Sum(data.Weight);
        for (int k = 0; k < values; k++)
        {
            double mean = Enumerable.Range(0, examples).Sum(i => data.Weight(i) * data.Truth[i][k]) / all;
            totals[k] = Enumerable.Range(0, examples).Sum(i => data.Weight(i) * Math.Pow(data.Truth[i][k] - mean, 2));
            double residual = Enumerable.Range(0, examples).Sum(i => data.Weight(i) * Math.Pow((double)data.Truth[i][k] - data.Predictions[i][k], 2));

            // A single example has no variance.
            scores[k] = Enumerable.Range(0, examples).Count(i => data.Weight(i) > 0) == 1 ? 0 : 1 - (residual / totals[k]);
        }

        double score = scores.Average();
        data.Check(new R2Score(), score, 1e-9);
        data.Check(new R2Score(R2Averaging.VarianceWeighted), scores.All(s => s == 0) ? 0 : scores.Zip(totals, (s, t) => s * t).Sum() / totals.Sum(), 1e-9);
        double n = Enumerable.Range(0, examples).Count(i => data.Weight(i) > 0);
        data.Check(new R2Score(numRegressors: 3), n > 4 ? 1 - ((1 - score) * (n - 1) / (n - 4)) : score, 1e-9);
        var metric = new R2Score();
        data.Feed(metric, 0, examples);
        Assert.All(metric.PerOutput.Zip(scores), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
    }

    [Fact]
    public void Without_variance_only_right_predictions_explain_it()
    {
        NDArray same = NDArray.From(7, Enumerable.Repeat(0.1f, 7).ToArray()), other = NDArray.From(7, [0.1f, 0.1f, 0.1f, 0.2f, 0.1f, 0.1f, 0.1f]);
        NDArray weights = new float[] { 0.3f, 0.7f, 1, 2, 3, 0.1f, 5 };
        foreach (R2Averaging average in Enum.GetValues<R2Averaging>())
        {
            Assert.Equal(1, Value(new R2Score(average), same, same));
            Assert.Equal(0, Value(new R2Score(average), same, other, weights));
            Assert.Equal(1, Value(new R2Score(average), other, other, weights));
            Assert.Equal(0, Value(new R2Score(average), new float[] { 3 }, new float[] { 4 }));
            Assert.Equal(0, new R2Score(average).Result());
            Assert.Equal(0, Value(new R2Score(average), new NDArray((0, 2)), new NDArray((0, 2))));
            Assert.Equal(0, Value(new R2Score(average), other, same, new float[7]));
        }

        // One output without variance, one that is explained: the first weighs nothing where the variance does.
        NDArray truth = new float[,] { { 1, 5 }, { 2, 5 }, { 3, 5 } }, scores = new float[,] { { 1, 5 }, { 2, 6 }, { 3, 5 } };
        Assert.Equal(0.5, Value(new R2Score(), truth, scores));
        Assert.Equal(1, Value(new R2Score(R2Averaging.VarianceWeighted), truth, scores));
    }

    [Fact]
    public void Far_from_zero_a_variance_is_still_one()
    {
        // Σ y² - (Σ y)²/n would have lost everything in single precision, and does not have to.
        float[] truth = [.. Enumerable.Range(0, 100).Select(i => 1e6f + (i % 5))], scores = [.. truth.Select(y => y == 1e6f ? y + 1 : y)];
        Assert.Equal(1 - (20 / 200.0), Value(new R2Score(), NDArray.From(100, truth), NDArray.From((100, 1), scores)), 1e-12);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        void Refused(NDArray y, NDArray p, string part) => Assert.Contains(
            part, Assert.Throws<ShapeMismatchException>(() => Value(new R2Score(), y, p)).Message, StringComparison.Ordinal);
        Refused(new NDArray((2, 3)), new NDArray((3, 2)), "r2_score: expected yTrue and yPred [batch, outputs], or [batch], got yTrue [2, 3] and yPred [3, 2]");
        Refused(new NDArray((2, 3, 1)), new NDArray((2, 3, 1)), "[2, 3, 1]");
        Refused(new NDArray(2), new NDArray((1, 2)), "[1, 2]");
        var metric = new R2Score();
        _ = Value(metric, new NDArray((2, 3)), new NDArray((2, 3)));
        Assert.Contains("3 outputs", Assert.Throws<ShapeMismatchException>(() => Value(metric, new NDArray(2), new NDArray(2))).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentException>("sampleWeight", () => Value(new R2Score(), new NDArray(2), new NDArray(2), new float[] { 1, -1 }));
        _ = Assert.Throws<ArgumentOutOfRangeException>("average", () => new R2Score((R2Averaging)5));
        _ = Assert.Throws<ArgumentOutOfRangeException>("numRegressors", () => new R2Score(numRegressors: -1));
        Assert.StartsWith(
            "mean_squared_error: ", Assert.Throws<ShapeMismatchException>(() => Value(new RootMeanSquaredError("rmse"), new NDArray((2, 3)), new NDArray((2, 2)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_reports_them_and_weights_only_the_weighted_ones()
    {
        var data = new RandomRegression(45, 2, weighted: true);
        using var model = new Sequential { new Input(2), new Dense(2) };
        model.Compile(
            new SGD(0), new MeanSquaredError(), [new RootMeanSquaredError(), new R2Score(), new MeanAbsoluteError()],
            [new RootMeanSquaredError("weighted_root"), new LossMetric(new MeanAbsoluteError(), "weighted_error")]);
        NDArray x = NDArray.From((45, 2), data.Flat(data.Predictions)), y = NDArray.From((45, 2), data.Flat(data.Truth));
        NDArray predictions = model.Predict(x);
        History history = model.Fit(x, y, batchSize: 16, epochs: 1, sampleWeight: NDArray.From(45, data.Weights!), verbose: 0);
        float[] p = predictions.ToFloats();
        double squares = 0, errors = 0, weightedSquares = 0, weightedErrors = 0, all = 0;
        for (int i = 0; i < 45; i++)
        {
            double square = Enumerable.Range(0, 2).Average(k => Math.Pow((double)data.Truth[i][k] - p[(2 * i) + k], 2));
            double error = Enumerable.Range(0, 2).Average(k => Math.Abs((double)data.Truth[i][k] - p[(2 * i) + k]));
            (squares, errors, all) = (squares + square, errors + error, all + data.Weight(i));
            (weightedSquares, weightedErrors) = (weightedSquares + (data.Weight(i) * square), weightedErrors + (data.Weight(i) * error));
        }

        Assert.Equal(["loss", "root_mean_squared_error", "r2_score", "mean_absolute_error", "weighted_root", "weighted_error"], history.Names);
        Assert.Equal(Math.Sqrt(squares / 45), history["root_mean_squared_error"][0], 1e-5);
        Assert.Equal(errors / 45, history["mean_absolute_error"][0], 1e-5);
        Assert.Equal(Math.Sqrt(weightedSquares / all), history["weighted_root"][0], 1e-5);
        Assert.Equal(weightedErrors / all, history["weighted_error"][0], 1e-5);
        Assert.Equal(["weighted_root", "weighted_error"], model.WeightedMetrics.Select(metric => metric.Name));
    }

    private static void Check(Metric metric, NDArray yTrue, NDArray yPred, double plain, double weighted, NDArray? weights = null)
    {
        Assert.Equal(plain, Value(metric, yTrue, yPred), 1e-6 * Math.Max(1, plain));
        metric.ResetState();
        Assert.Equal(weighted, Value(metric, yTrue, yPred, weights ?? s_first), 1e-6 * Math.Max(1, weighted));
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double Covariance(double[] a, double[] b) => a.Zip(b, (x, y) => (x - a.Average()) * (y - b.Average())).Average();

    private static double LogOfPositive(double x) => Math.Log(1 + Math.Max(x, 1e-7));

    private static double HalfHuber(double error) => error <= 0.5 ? error * error / 2 : 0.5 * (error - 0.25);

    private static double Value(Metric metric, NDArray yTrue, NDArray yPred, NDArray? weight = null)
    {
        using var scope = new TensorScope();
        metric.UpdateState(yTrue, yPred, weight is null ? null : Tensor.From(weight));
        return metric.Result();
    }
}

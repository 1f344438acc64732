using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Published and hand-computed values of metrics, their limits and their errors.</summary>
public sealed class ClassifierMetricTests
{
    private static readonly int[] s_labels = [0, 1, 2, 0, 1, 2];
    private static readonly int[] s_decisions = [0, 2, 1, 0, 0, 1];

    public static TheoryData<string> Names => [.. All().Select(metric => metric.Name)];

    [Fact]
    public void F_as_scikit_learns_examples_say()
    {
        Assert.Equal(0.8 / 3, Value(new F1Score(), s_labels, OneHot(s_decisions, 3)), 1e-12);
        Assert.Equal(2.0 / 6, Value(new F1Score(Averaging.Micro), s_labels, OneHot(s_decisions, 3)), 1e-12);
        Assert.Equal(0.8 / 3, Value(new F1Score(Averaging.Weighted), s_labels, OneHot(s_decisions, 3)), 1e-12);
        var half = new FBetaScore(beta: 0.5);
        Assert.Equal(0.238095, Value(half, s_labels, OneHot(s_decisions, 3)), 1e-6);
        Assert.Equal([0.714286, 0, 0], half.PerClass.Select(value => Math.Round(value, 6)));
    }

    [Fact]
    public void F_with_several_labels_as_Keras_examples_say()
    {
        NDArray truth = new float[,] { { 1, 1, 1 }, { 1, 0, 0 }, { 1, 1, 0 } };
        NDArray scores = new float[,] { { 0.2f, 0.6f, 0.7f }, { 0.2f, 0.6f, 0.6f }, { 0.6f, 0.8f, 0 } };
        var two = new FBetaScore(beta: 2, threshold: 0.5f);
        _ = Value(two, truth, scores);
        Assert.Equal([0.384615, 0.909091, 0.833333], two.PerClass.Select(value => Math.Round(value, 6)));
        var one = new F1Score(threshold: 0.5f);
        _ = Value(one, truth, scores);
        Assert.Equal([0.5, 0.8, 0.666667], one.PerClass.Select(value => Math.Round(value, 6)));
        Assert.Contains("greatest", Assert.Throws<ArgumentException>(() => Value(new F1Score(), truth, scores)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Areas_as_published()
    {
        NDArray truth = new[] { 0, 0, 1, 1 };
        Assert.Equal(0.75, Value(new AUC(), truth, new float[] { 0.1f, 0.4f, 0.35f, 0.8f }));
        Assert.Equal(0.75, Value(new AUC(), truth, new float[] { 0, 0.5f, 0.3f, 0.9f }));
        Assert.Equal(1, Value(new AUC(), truth, new float[] { 0, 0.5f, 0.3f, 0.9f }, new float[] { 1, 0, 0, 1 }));
        Assert.Equal(0.5, Value(new AUC(), truth, new float[] { 2, 2, 2, 2 }));
        Assert.Equal(0.5, Value(new AUC(AUCCurve.PR), truth, new float[] { 2, 2, 2, 2 }));
        Assert.Equal(0, Value(new AUC(), truth, new float[] { 9, 8, -7, float.NegativeInfinity }));
        Assert.Equal(1, Value(new AUC(AUCCurve.PR), truth, new float[] { 1, 2, 3, float.PositiveInfinity }));
    }

    [Fact]
    public void Batches_without_weights_count_1_beside_batches_with_them()
    {
        foreach (bool weightedFirst in new[] { false, true })
        {
            var metric = new AUC();
            _ = weightedFirst ? 0 : Value(metric, new[] { 1, 0 }, new float[] { 0.4f, 0.6f });
            _ = Value(metric, new[] { 1, 0 }, new float[] { 0.9f, 0.1f }, new float[] { 2, 3 });
            _ = weightedFirst ? Value(metric, new[] { 1, 0 }, new float[] { 0.4f, 0.6f }) : 0;
            Assert.Equal(((2 * 3) + (2 * 1) + (1 * 3)) / 12.0, metric.Result(), 1e-12);
        }
    }

    [Fact]
    public void Interpolation_is_Davis_and_Goadrichs()
    {
        // Their table 1: from 5 true and 5 false positives to 10 and 30, of 20 positives and 2000 negatives.
        double[] published = [0.500, 0.375, 0.318, 0.286, 0.265, 0.250];
        Assert.Equal(published, Enumerable.Range(0, 6).Select(i => Math.Round(PlainMetrics.Interpolated(5, 5, 10, 30, i / 5.0), 3)));
        (float Score, int Positives, int Negatives)[] groups = [(0.9f, 5, 5), (0.5f, 5, 25), (0.1f, 10, 1970)];
        int[] truth = [.. groups.SelectMany(g => Enumerable.Repeat(1, g.Positives).Concat(Enumerable.Repeat(0, g.Negatives)))];
        float[] scores = [.. groups.SelectMany(g => Enumerable.Repeat(g.Score, g.Positives + g.Negatives))];
        (double Score, bool Positive, double Weight)[] examples = [.. truth.Zip(scores, (t, s) => ((double)s, t == 1, 1.0))];
        var metric = new AUC(AUCCurve.PR);
        Assert.Equal(PlainMetrics.PrArea(examples), Value(metric, truth, scores), 1e-9);
        Assert.Equal([(0.25, 0.5), (0.5, 0.25), (1, 0.01)], metric.Points().Select(p => (p.X, Math.Round(p.Y, 2))));
    }

    [Fact]
    public void Points_of_a_ROC_curve()
    {
        var metric = new AUC();
        _ = Value(metric, new[] { 1, 0, 1, 0, 1 }, new float[] { 0.9f, 0.5f, 0.5f, 0.2f, 0.1f });
        Assert.Equal(
            [
                new(0, 0, float.PositiveInfinity), new(0, 1.0 / 3, 0.9f), new(0.5, 2.0 / 3, 0.5f), new(1, 2.0 / 3, 0.2f), new(1, 1, 0.1f),
            ],
            metric.Points());
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => metric.Points(1));
        metric.ResetState();
        _ = Value(metric, new[] { 1, 1 }, new float[] { 0.9f, 0.5f });
        Assert.Empty(metric.Points());
        Assert.True(double.IsNaN(metric.PerClass[0]));
    }

    [Fact]
    public void Operating_points_as_Keras_examples_say()
    {
        NDArray truth = new[] { 0, 0, 0, 1, 1 }, scores = new float[] { 0, 0.3f, 0.8f, 0.3f, 0.8f };
        Assert.Equal(2.0 / 3, Value(new SpecificityAtSensitivity(0.5), truth, scores), 1e-12);
        Assert.Equal(0.5, Value(new SpecificityAtSensitivity(0.5), truth, scores, new float[] { 1, 1, 2, 2, 2 }), 1e-12);
        Assert.Equal(0.5, Value(new SensitivityAtSpecificity(0.5), truth, scores), 1e-12);
        Assert.Equal(1.0 / 3, Value(new SensitivityAtSpecificity(0.5), truth, scores, new float[] { 1, 1, 2, 2, 1 }), 1e-12);
        Assert.Equal(0, Value(new SensitivityAtSpecificity(0), new[] { 1, 1 }, new float[] { 1, 0 }));
        Assert.Equal(0.5, Value(new PrecisionAtRecall(0.5), truth, scores), 1e-12);
        Assert.Equal(1.0 / 3, Value(new PrecisionAtRecall(0.5), truth, scores, new float[] { 2, 2, 2, 1, 1 }), 1e-12);
        truth = new[] { 0, 0, 1, 1 };
        scores = new float[] { 0, 0.5f, 0.3f, 0.9f };
        Assert.Equal(0.5, Value(new RecallAtPrecision(0.8), truth, scores), 1e-12);
        Assert.Equal(1, Value(new RecallAtPrecision(0.8), truth, scores, new float[] { 1, 0, 0, 1 }), 1e-12);
        Assert.Equal(0, Value(new RecallAtPrecision(0.8), truth, new float[] { 1, 1, 0, 0 }));
        Assert.Equal((1, 1), (Value(new PrecisionAtRecall(1), new[] { 1, 1 }, new float[] { 1, 0 }), Value(new RecallAtPrecision(1), new[] { 1, 1 }, new float[] { 1, 0 })));
    }

    [Fact]
    public void Counts_as_Keras_examples_say()
    {
        NDArray weights = new float[] { 0, 0, 1, 0 };
        (Metric Metric, NDArray Truth, NDArray Scores)[] examples =
        [
            (new FalsePositives(), new[] { 0, 1, 0, 0 }, new float[] { 0, 0, 1, 1 }), (new FalseNegatives(), new[] { 0, 1, 1, 1 }, new float[] { 0, 1, 0, 0 }),
            (new TrueNegatives(), new[] { 0, 1, 0, 0 }, new float[] { 1, 1, 0, 0 }), (new TruePositives(), new[] { 0, 1, 1, 1 }, new float[] { 1, 0, 1, 1 }),
        ];
        foreach ((Metric metric, NDArray truth, NDArray scores) in examples)
        {
            Assert.Equal(2, Value(metric, truth, scores));
            metric.ResetState();
            Assert.Equal(1, Value(metric, truth, scores, weights));
        }
    }

    [Fact]
    public void Agreement_as_published()
    {
        // Scikit-learn's documentation of matthews_corrcoef, balanced_accuracy_score and cohen_kappa_score; 20, 5, 10, 15 is the
        // textbook example of Cohen's kappa.
        Assert.Equal(-1.0 / 3, Value(new MatthewsCorrelation(), new[] { 1, 1, 1, 0 }, new float[] { 1, 0, 1, 1 }), 1e-12);
        Assert.Equal(0.625, Value(new BalancedAccuracy(), new[] { 0, 1, 0, 0, 1, 0 }, new float[] { 0, 1, 0, 0, 0, 1 }), 1e-12);
        Assert.Equal(0.6875, Value(new CohenKappa(), new[] { 0, 2, 0, 1, 2 }, OneHot([0, 2, 0, 1, 0], 3)), 1e-12);
        Assert.Equal(
            0.4, Value(new CohenKappa(), new[] { 1, 1, 0, 0 }, new float[] { 1, 0, 1, 0 }, new float[] { 20, 5, 10, 15 }), 1e-12);
        Assert.Equal(1, Value(new MatthewsCorrelation(), s_labels, OneHot(s_labels, 3)));
        Assert.Equal(0, Value(new CohenKappa(), new[] { 1, 1 }, new float[] { 1, 1 }));
        Assert.Equal(0, Value(new MatthewsCorrelation(), new[] { 1, 0 }, new float[] { 1, 1 }));
    }

    [Fact]
    public void Calibration_by_hand()
    {
        // Confidences 0.75 (right), 0.75 (wrong), 1 (right), and 1 - 0.125 = 0.875 for class 0 (right), in two and in four bins.
        NDArray truth = new[] { 1, 0, 1, 0 }, p = new float[] { 0.75f, 0.75f, 1, 0.125f };
        Assert.Equal(Math.Abs(3 - 3.375) / 4, Value(new ExpectedCalibrationError(2), truth, p), 1e-12);
        var four = new ExpectedCalibrationError(4);
        Assert.Equal((Math.Abs(1 - 1.5) + Math.Abs(2 - 1.875)) / 4, Value(four, truth, p), 1e-12);
        Assert.Equal([default, default, new(2, 0.75, 0.5), new(2, 0.9375, 1)], four.Bins);
        Assert.Contains("probabilities", Assert.Throws<ArgumentException>(() => Value(four, truth, new float[] { 0, 1, 2, 1 })).Message, StringComparison.Ordinal);
        Assert.Contains("probabilities", Assert.Throws<ArgumentException>(() => Value(four, truth, new float[] { 0, 1, -1, 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_confusion_matrix_as_text()
    {
        var metric = new ConfusionMatrix();
        Assert.Equal("true \\ predicted\n", metric.ToText());
        _ = Value(metric, new[] { 0, 1, 1, 1 }, new float[] { 0.1f, 0.9f, 0.2f, 0.7f });
        Assert.Equal("true \\ predicted  0  1\n0                 1  0\n1                 1  2\n", metric.ToString());
        Assert.Equal(
            "true \\ predicted  cat  a dog\ncat                 1      0\na dog               1      2\n", metric.ToText(["cat", "a dog"]));
        _ = Value(metric, new[] { 0 }, new float[] { 0.9f }, new float[] { 1234.5f });
        Assert.Equal("true \\ predicted     0        1\n0                 1.00  1234.50\n1                 1.00     2.00\n", metric.ToText());
        metric.Counts[0, 0] = 99;
        Assert.Equal(1, metric.Counts[0, 0]);
        Assert.Equal("classNames", Assert.Throws<ArgumentException>(() => metric.ToText(["one"])).ParamName);
    }

    [Fact]
    public void Places_of_a_picture_are_examples()
    {
        var data = new RandomClassification(24, 3, 0, weighted: false);
        NDArray scores = NDArray.From([2, 12, 3], [.. data.Scores.SelectMany(row => row)]);
        NDArray labels = NDArray.From([2, 12], data.Labels);
        foreach (Metric metric in All())
        {
            data.Feed(metric, 0, 24, oneHot: true);
            double rows = metric.Result();
            metric.ResetState();
            Assert.Equal(rows, Value(metric, labels, scores));
            metric.ResetState();
            Assert.Equal(rows, Value(metric, labels.Reshape((2, 12, 1)), scores, new float[] { 1, 1 }));
        }
    }

    [Fact]
    public void Weights_have_a_column_or_none_or_are_for_each_score()
    {
        NDArray truth = new float[,] { { 1, 0 }, { 0, 1 } }, scores = new float[,] { { 0.9f, 0.8f }, { 0.1f, 0.6f } };
        foreach (Metric metric in All())
        {
            double flat = Value(metric, truth, scores, new float[] { 3, 1 });
            metric.ResetState();
            Assert.Equal(flat, Value(metric, truth, scores, NDArray.From([2, 1], new float[] { 3, 1 })));
        }

        Assert.Equal(2.0 / 3, Value(new Precision(), truth, scores, new float[,] { { 1, 1 }, { 1, 1 } }), 1e-9);
        Assert.Equal(2.0 / 5, Value(new Precision(), truth, scores, new float[,] { { 1, 3 }, { 1, 1 } }), 1e-9);
        _ = Assert.Throws<ShapeMismatchException>(() => Value(new CohenKappa(), truth, scores, new float[,] { { 1, 3 }, { 1, 1 } }));
        _ = Assert.Throws<ShapeMismatchException>(() => Value(new AUC(), truth, scores, new float[] { 1, 3, 4 }));
    }

    [Fact]
    public void Soft_labels_count_for_the_class_that_they_lean_to()
    {
        NDArray soft = new float[,] { { 0.9f, 0.1f }, { 0.2f, 0.8f } }, hard = new float[,] { { 1, 0 }, { 0, 1 } };
        NDArray scores = new float[,] { { 0.9f, 0.1f }, { 0.6f, 0.4f } };
        Assert.All(All().Zip(All()), pair => Assert.Equal(Value(pair.First, hard, scores), Value(pair.Second, soft, scores)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_taken_in_is_0(string name)
    {
        Metric metric = Named(name);
        Assert.Equal(0, metric.Result());
        Assert.Equal(0, Value(metric, new NDArray(0), new NDArray((0, 1))));
        metric.ResetState();
        Assert.Equal(0, Value(metric, new[] { 0, 1 }, new float[] { 0.2f, 0.9f }, new float[] { 0, 0 }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Errors_name_the_metric(string name)
    {
        void Refused<T>(NDArray yTrue, NDArray yPred, string part, NDArray? weight = null)
            where T : Exception
        {
            T error = Assert.Throws<T>(() => Value(Named(name), yTrue, yPred, weight));
            Assert.StartsWith($"{name}: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        NDArray one = new[] { 1 }, three = new float[,] { { 0.5f, 0.2f, 0.3f } };
        Refused<ArgumentException>(new[] { 0, 1 }, new float[] { 0.5f, float.NaN }, "example 1 is NaN");
        Refused<ArgumentException>(one, new float[,] { { 0.5f, float.NaN, 0 } }, "example 0 is NaN");
        Refused<ArgumentException>(new[] { 2 }, new float[] { 0.5f }, "label 2");
        Refused<ArgumentException>(new[] { 3 }, three, "label 3");
        Refused<ArgumentException>(new[] { -1 }, three, "label -1");
        Refused<ArgumentException>(new float[] { 0.5f }, three, "label 0.5");
        Refused<ArgumentException>(new float[] { float.NaN }, new float[] { 0.5f }, "label NaN");
        Refused<ArgumentException>(one, new float[] { 0.5f }, "weight is -1", new float[] { -1 });
        Refused<ArgumentException>(one, new float[] { 0.5f }, "weight is NaN", new float[] { float.NaN });
        Refused<ShapeMismatchException>(new[] { 1, 0 }, three, "yTrue [2]");
        Refused<ShapeMismatchException>(new float[,] { { 1, 0 } }, three, "[1, 2]");
        Metric metric = Named(name);
        _ = Value(metric, one, three);
        if (metric is ExpectedCalibrationError or ConfusionCountMetric)
            return;
        Assert.Contains(name, Assert.Throws<ShapeMismatchException>(() => Value(metric, one, new float[,] { { 0, 1, 0, 0 } })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_out_of_range_are_refused()
    {
        _ = Assert.Throws<ArgumentOutOfRangeException>("beta", () => new FBetaScore(beta: 0));
        _ = Assert.Throws<ArgumentOutOfRangeException>("beta", () => new FBetaScore(beta: double.NaN));
        _ = Assert.Throws<ArgumentOutOfRangeException>("average", () => new FBetaScore((Averaging)7));
        _ = Assert.Throws<ArgumentOutOfRangeException>("threshold", () => new F1Score(threshold: float.NaN));
        _ = Assert.Throws<ArgumentOutOfRangeException>("average", () => new Precision(average: (Averaging)7));
        _ = Assert.Throws<ArgumentOutOfRangeException>("classId", () => new Recall(classId: -1));
        _ = Assert.Throws<ArgumentOutOfRangeException>("k", () => new SparseTopKCategoricalAccuracy(0));
        _ = Assert.Throws<ArgumentOutOfRangeException>("curve", () => new AUC((AUCCurve)7));
        _ = Assert.Throws<ArgumentOutOfRangeException>("average", () => new AUC(average: (Averaging)7));
        _ = Assert.Throws<ArgumentOutOfRangeException>("classId", () => new AUC(classId: -1));
        _ = Assert.Throws<ArgumentOutOfRangeException>("bins", () => new ExpectedCalibrationError(0));
        _ = Assert.Throws<ArgumentOutOfRangeException>("sensitivity", () => new SpecificityAtSensitivity(1.1));
        _ = Assert.Throws<ArgumentOutOfRangeException>("specificity", () => new SensitivityAtSpecificity(double.NaN));
        _ = Assert.Throws<ArgumentOutOfRangeException>("recall", () => new PrecisionAtRecall(-0.1));
        _ = Assert.Throws<ArgumentOutOfRangeException>("precision", () => new RecallAtPrecision(1.1));
        _ = Assert.Throws<ArgumentOutOfRangeException>("threshold", () => new TruePositives(float.NaN));
        _ = Assert.Throws<ArgumentOutOfRangeException>("weights", () => new CohenKappa((KappaWeights)7));
        _ = Assert.Throws<ArgumentOutOfRangeException>("threshold", () => new ConfusionMatrix(float.PositiveInfinity));
        Assert.Contains("no class 3", Assert.Throws<ShapeMismatchException>(() => Value(new AUC(classId: 3), new[] { 1 }, OneHot([1], 3))).Message, StringComparison.Ordinal);
    }

    private static Metric[] All() =>
    [
        new Precision(), new Recall(), new FBetaScore(), new F1Score(), new AUC(), new AUC(AUCCurve.PR, Averaging.Micro, name: "pr_auc"),
        new ConfusionMatrix(), new BalancedAccuracy(), new MatthewsCorrelation(), new CohenKappa(), new ExpectedCalibrationError(),
        new SpecificityAtSensitivity(0.5), new SensitivityAtSpecificity(0.5), new PrecisionAtRecall(0.5), new RecallAtPrecision(0.5),
        new TruePositives(), new TrueNegatives(), new FalsePositives(), new FalseNegatives(),
    ];

    private static Metric Named(string name) => All().Single(metric => metric.Name == name);

    private static NDArray OneHot(int[] classes, int count) =>
        NDArray.From([classes.Length, count], [.. classes.SelectMany(id => Enumerable.Range(0, count).Select(c => c == id ? 1f : 0))]);

    private static double Value(Metric metric, NDArray yTrue, NDArray yPred, NDArray? weight = null)
    {
        using var scope = new TensorScope();
        metric.UpdateState(yTrue, yPred, weight is null ? null : Tensor.From(weight));
        return metric.Result();
    }
}

using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

public sealed class MetricTests
{
    private static readonly NDArray s_oneHot = new float[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { 0, 1, 0 } };
    private static readonly NDArray s_scores = new float[,] { { 0.5f, 0.3f, 0.2f }, { 0.6f, 0.3f, 0.1f }, { 0.1f, 0.2f, 0.7f }, { 0.1f, 0.2f, 0.7f } };
    private static readonly NDArray s_labels = new[] { 0, 1, 2, 1 };

    [Fact]
    public void Accuracies_of_classes()
    {
        Assert.Equal(0.5, Value(new CategoricalAccuracy(), s_oneHot, s_scores));
        Assert.Equal(0.5, Value(new SparseCategoricalAccuracy(), s_labels, s_scores));
        Assert.Equal(0.5, Value(new SparseCategoricalAccuracy(), s_labels.Reshape((4, 1)), s_scores));
        Assert.Equal(1, Value(new TopKCategoricalAccuracy(2), s_oneHot, s_scores));
        Assert.Equal(0.5, Value(new TopKCategoricalAccuracy(1), s_oneHot, s_scores));
        Assert.Equal(1, Value(new SparseTopKCategoricalAccuracy(2), s_labels, s_scores));
        Assert.Equal(0.5, Value(new SparseTopKCategoricalAccuracy(1), s_labels.Reshape((4, 1)), s_scores));
        Assert.Equal(0.75, Value(new SparseTopKCategoricalAccuracy(3), new[] { 0, 1, 2, 3 }, s_scores));
    }

    [Fact]
    public void A_report_reads_as_a_table()
    {
        var matrix = new ConfusionMatrix();
        _ = Value(matrix, s_labels, s_scores);
        string[] lines = new ClassificationReport(matrix).ToText(["ant", "bee", "cow"]).Split('\n');
        Assert.Equal(
            [
                "                  precision  recall     F1  support",
                "ant                   0.500   1.000  0.667        1",
                "bee                   0.000   0.000  0.000        2",
                "cow                   0.500   1.000  0.667        1",
                "accuracy                             0.500        4",
                "macro average         0.333   0.667  0.444        4",
                "weighted average      0.250   0.500  0.333        4",
                "",
            ],
            lines);
        Assert.Equal("classNames", Assert.Throws<ArgumentException>(() => new ClassificationReport(matrix).ToText(["ant"])).ParamName);
        Assert.Empty(new ClassificationReport(new ConfusionMatrix()).Classes);
    }

    [Fact]
    public void Weights_count_examples()
    {
        NDArray weights = new float[] { 3, 1, 0, 0 };
        Assert.Equal(0.75, Value(new CategoricalAccuracy(), s_oneHot, s_scores, weights));
        Assert.Equal(0.75, Value(new SparseCategoricalAccuracy(), s_labels, s_scores, weights.Reshape((4, 1))));
        Assert.Contains(
            "sample weights [3]",
            Assert.Throws<ShapeMismatchException>(() => Value(new CategoricalAccuracy(), s_oneHot, s_scores, new float[] { 1, 2, 3 })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Decisions_about_yes_and_no()
    {
        NDArray truth = new[] { 1, 1, 0, 0, 1 }, scores = NDArray.From([5, 1], new float[] { 0.9f, 0.2f, 0.6f, 0.1f, 0.8f });
        Assert.Equal(0.6, Value(new BinaryAccuracy(), truth, scores), 1e-9);
        Assert.Equal(2.0 / 3, Value(new Precision(), truth, scores), 1e-9);
        Assert.Equal(2.0 / 3, Value(new Recall(), truth, scores), 1e-9);
        Assert.Equal(1, Value(new Precision(threshold: 0.7f), truth, scores), 1e-9);
        Assert.Equal(0, Value(new Precision(threshold: 2), truth, scores));
        Assert.Equal(0.5, Value(new Recall(0.25f, classId: 1), s_oneHot, s_scores));
    }

    [Fact]
    public void Accuracy_is_chosen_by_shape()
    {
        Assert.Equal(0.5, Value(Metric.Accuracy, s_oneHot, s_scores));
        Assert.Equal(0.5, Value(Metric.Accuracy, s_labels, s_scores));
        Assert.Equal(1, Value(Metric.Accuracy, new[] { 1, 0 }, NDArray.From([2, 1], new float[] { 0.9f, 0.2f })));
        Assert.Equal("accuracy", Metric.Accuracy.Name);
    }

    [Fact]
    public void Batches_add_up_until_the_state_is_reset()
    {
        var metric = new CategoricalAccuracy();
        _ = Value(metric, s_oneHot, s_scores);
        Assert.Equal(0.6, Value(metric, new float[,] { { 1, 0, 0 } }, new float[,] { { 1, 0, 0 } }), 1e-9);
        metric.ResetState();
        Assert.Equal(0, metric.Result());
    }

    [Fact]
    public void A_loss_stands_for_its_average()
    {
        Metric metric = new MeanAbsoluteError();
        NDArray one = new float[,] { { 1 } }, three = new float[,] { { 1 }, { 2 }, { 3 } };
        _ = Value(metric, one, new float[,] { { 5 } });
        Assert.Equal(1, Value(metric, three, three));
        Assert.Equal("mean_absolute_error", metric.Name);
        _ = Assert.Throws<ArgumentException>(() => new LossMetric(new MeanSquaredError(Reduction.None)));
    }

    [Fact]
    public void A_weighted_loss_is_divided_by_the_weights()
    {
        // Of examples with the errors 1, 2 and 4; the loss itself is divided by their number.
        NDArray truth = new float[] { 0, 0, 0 }, scores = new float[] { 1, 2, 4 }, weights = new float[] { 3, 0, 1 };
        foreach (Reduction reduction in new[] { Reduction.SumOverBatchSize, Reduction.MeanWithSampleWeight })
            Assert.Equal(7.0 / 4, Value(new LossMetric(new MeanAbsoluteError(reduction)), truth, scores, weights), 1e-6);
        Metric metric = new MeanAbsoluteError();
        _ = Value(metric, truth, scores, weights);
        Assert.Equal((7 + 30) / 5.0, Value(metric, new float[] { 0 }, new float[] { 30 }), 1e-6);
        metric.ResetState();
        Assert.Equal(0, Value(metric, truth, scores, new float[] { 0, 0, 0 }));

        // Sums of batches, by the size of the batch.
        Metric sum = new LossMetric(new MeanAbsoluteError(Reduction.Sum));
        _ = Value(sum, truth, scores, weights);
        Assert.Equal(((3 * 7) + (1 * 30)) / 4.0, Value(sum, new float[] { 0 }, new float[] { 30 }), 1e-6);
    }

    [Fact]
    public void Ignored_labels_count_in_no_mean()
    {
        Metric metric = new SparseCategoricalCrossentropy(ignoreClass: -1);
        Assert.Equal(0, Value(metric, new[] { -1, -1 }, new float[,] { { 0.5f, 0.5f }, { 0.5f, 0.5f } }));
        double expected = -(Math.Log(0.25) + Math.Log(0.75)) / 2;
        Assert.Equal(expected, Value(metric, new[] { 0, -1, 0 }, new float[,] { { 0.25f, 0.75f }, { 0.5f, 0.5f }, { 0.75f, 0.25f } }), 1e-6);
        metric.ResetState();
        NDArray weights = new float[] { 3, 9, 1 };
        expected = -((3 * Math.Log(0.25)) + Math.Log(0.75)) / 4;
        Assert.Equal(expected, Value(metric, new[] { 0, -1, 0 }, new float[,] { { 0.25f, 0.75f }, { 0.5f, 0.5f }, { 0.75f, 0.25f } }, weights), 1e-6);
    }

    [Fact]
    public void A_value_of_a_whole_batch_counts_for_its_examples()
    {
        NDArray one = new float[,] { { 1, 0 } }, three = new float[,] { { 1, 0 }, { 1, 0 }, { 0, 1 } }, wrong = new float[,] { { 0, 1 } };
        Metric metric = new DiceLoss();
        double whole = Value(metric, three, three);
        Assert.Equal(0, whole, 1e-6);
        using var scope = new TensorScope();
        Assert.Equal(new DiceLoss().Call(one, wrong).Item() / 4, Value(metric, one, wrong), 1e-6);
    }

    [Fact]
    public void A_penalty_is_part_of_the_mean()
    {
        var loss = new CategoricalFocalLoss(l2: 0.5f);
        using var scope = new TensorScope();
        double value = loss.Call(s_oneHot, s_scores).Item();
        Metric metric = loss;
        Assert.Equal(value, Value(metric, s_oneHot, s_scores), 1e-6);
        Assert.Equal(value, Value(metric, s_oneHot, s_scores), 1e-6);
    }

    [Fact]
    public void A_sum_is_weighted()
    {
        var sum = new Sum();
        sum.UpdateState(1, 3);
        sum.UpdateState(5);
        Assert.Equal(8, sum.Result());
        Assert.Equal(16 + 8, Value(sum, new float[4], new float[] { 1, 3, 5, 7 }));
        sum.ResetState();
        Assert.Equal(4, Value(sum, new float[4], new float[] { 1, 3, 5, 7 }, new float[] { 1, 1, 0, 0 }));
        sum.ResetState();
        Assert.Equal(10 + 36, Value(sum, new float[4], new float[,] { { 1, 3 }, { 5, 7 } }, new float[] { 2.5f, 3 }));
    }

    [Fact]
    public void A_function_stands_for_its_average()
    {
        NDArray truth = new float[,] { { 1, 2 }, { 3, 4 } }, scores = new float[,] { { 1, 4 }, { 3, 8 } };
        Metric rows = new MeanMetricWrapper((y, p) => (y - p).Abs().Max(-1), "worst", MonitorMode.Min);
        Assert.Equal(3, Value(rows, truth, scores));
        rows.ResetState();
        Assert.Equal(3.5, Value(rows, truth, scores, new float[] { 1, 3 }));
        rows.ResetState();

        // Several values an example.
        Metric each = new MeanMetricWrapper((y, p) => (y - p).Abs(), "each");
        Assert.Equal(7.0 / 4, Value(each, truth, scores, new float[] { 1, 3 }));
        Assert.Equal((MonitorMode.Min, MonitorMode.Auto), (rows.Direction, each.Direction));
        Metric wrong = new MeanMetricWrapper((y, p) => (y - p).Abs().Mean(), "wrong");
        Assert.Contains(
            "wrong: expected a value for each of the 2 examples", Assert.Throws<ShapeMismatchException>(() => Value(wrong, truth, scores)).Message, StringComparison.Ordinal);
        _ = Assert.Throws<ArgumentOutOfRangeException>("direction", () => new MeanMetricWrapper((y, p) => y, "m", (MonitorMode)9));
    }

    [Fact]
    public void A_mean_is_weighted()
    {
        var mean = new Mean();
        mean.UpdateState(1, 3);
        mean.UpdateState(5);
        Assert.Equal(2, mean.Result());
    }

    [Fact]
    public void Tapes_do_not_see_metrics_and_tensors_are_released()
    {
        using var tape = new GradientTape();
        Tensor scores = tape.Watch(s_scores), truth = s_oneHot;
        int tensors = tape.Count;
        foreach (Metric metric in new Metric[] { new CategoricalAccuracy(), new TopKCategoricalAccuracy(), new Precision(), new MeanSquaredError(), new Mean() })
            metric.UpdateState(truth, scores);
        Assert.Equal(0, tape.RecordedOps);
        Assert.Equal(tensors, tape.Count);
    }

    private static double Value(Metric metric, NDArray yTrue, NDArray yPred, NDArray? weight = null)
    {
        using var scope = new TensorScope();
        metric.UpdateState(yTrue, yPred, weight is null ? null : Tensor.From(weight));
        return metric.Result();
    }
}

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

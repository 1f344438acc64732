using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Intersection over union: the values in Keras' documentation, its definition on fresh examples, and errors.</summary>
public sealed class IoUTests
{
    private static readonly NDArray s_labels = new[] { 0, 0, 1, 1 };
    private static readonly NDArray s_decisions = new[] { 0, 1, 0, 1 };
    private static readonly NDArray s_oneHot = new float[,] { { 0, 0, 1 }, { 1, 0, 0 }, { 0, 1, 0 }, { 1, 0, 0 } };
    private static readonly NDArray s_scores = new float[,] { { 0.2f, 0.3f, 0.5f }, { 0.1f, 0.2f, 0.7f }, { 0.5f, 0.3f, 0.1f }, { 0.1f, 0.4f, 0.5f } };

    [Fact]
    public void Values_of_Keras_examples()
    {
        NDArray weights = new float[] { 0.3f, 0.3f, 0.3f, 0.1f }, growing = new float[] { 0.1f, 0.2f, 0.3f, 0.4f };
        Assert.Equal(1.0 / 3, Value(new IoU(2, [0]), s_labels, s_decisions), 1e-12);
        Assert.Equal(1.0 / 3, Value(new IoU(2, [0]), s_labels, s_decisions, weights), 1e-7);
        Assert.Equal(1.0 / 7, Value(new IoU(2, [1]), s_labels, s_decisions, weights), 1e-7);
        Assert.Equal(1.0 / 3, Value(new MeanIoU(2), s_labels, s_decisions), 1e-12);
        Assert.Equal(0.23809525, Value(new MeanIoU(2), s_labels, s_decisions, weights), 1e-7);
        NDArray truth = new[] { 0, 1, 0, 1 }, p = new float[] { 0.1f, 0.2f, 0.4f, 0.7f };
        Assert.Equal(1.0 / 3, Value(new BinaryIoU(threshold: 0.3f), truth, p), 1e-12);
        Assert.Equal(0.17361112, Value(new BinaryIoU([0, 1], 0.3f), truth, p, new float[] { 0.2f, 0.3f, 0.4f, 0.1f }), 1e-7);
        Assert.Equal(1.0 / 14, Value(new OneHotIoU(3, [0, 2]), s_oneHot, s_scores, growing), 1e-7);
        Assert.Equal(1.0 / 21, Value(new OneHotMeanIoU(3), s_oneHot, s_scores, growing), 1e-7);
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(1, 3, true)]
    [InlineData(60, 2, false)]
    [InlineData(83, 5, true)]
    [InlineData(30, 11, true)]
    public void The_definition(int examples, int columns, bool weighted)
    {
        var data = new RandomClassification(examples, columns, 0, weighted);
        double[] Values(IEnumerable<int> examplesThatCount)
        {
            int[] counted = [.. examplesThatCount];
            return [.. Enumerable.Range(0, data.Classes).Select(c =>
            {
                double both = counted.Where(i => data.Labels[i] == c && data.Predicted(i) == c).Sum(data.Weight);
                double either = counted.Where(i => data.Labels[i] == c || data.Predicted(i) == c).Sum(data.Weight);
                return either == 0 ? double.NaN : both / either;
            })];
        }

        double Mean(double[] values) => values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(0).Average();
        int[] all = [.. Enumerable.Range(0, examples)];
        double[] values = Values(all);
        if (columns == 1)
        {
            data.Check(new BinaryIoU(), Mean(values));
            data.Check(new BinaryIoU([1]), Mean(values[1..]));
            return;
        }

        NDArray decisions = NDArray.From(examples, all.Select(data.Predicted).ToArray()), labels = NDArray.From(examples, data.Labels);
        NDArray scores = NDArray.From([examples, columns], [.. data.Scores.SelectMany(row => row)]);
        NDArray oneHot = NDArray.From([examples, columns], [.. data.Labels.SelectMany(label => Enumerable.Range(0, columns).Select(c => c == label ? 1f : 0))]);
        NDArray? weights = data.Weights is null ? null : NDArray.From(examples, data.Weights);
        foreach ((bool sparseTrue, bool sparsePred) in new[] { (true, true), (true, false), (false, true), (false, false) })
        {
            NDArray y = sparseTrue ? labels : oneHot, p = sparsePred ? decisions : scores;
            var mean = new MeanIoU(columns, sparseYTrue: sparseTrue, sparseYPred: sparsePred);
            Assert.Equal(Mean(values), Value(mean, y, p, weights), 1e-9);
            Assert.All(mean.PerClass.Zip(values), pair => Assert.Equal(pair.Second, pair.First, 1e-9));
            Assert.Equal(Mean([values[0], values[^1]]), Value(new IoU(columns, [0, columns - 1], null, sparseTrue, sparsePred), y, p, weights), 1e-9);
        }

        Assert.Equal(Mean(Values(all.Where(i => data.Labels[i] != 1))), Value(new MeanIoU(columns, ignoreClass: 1), labels, decisions, weights), 1e-9);
    }

    [Fact]
    public void Pictures_add_up_over_batches()
    {
        // Two pictures of 2 x 2 pixels, the second a batch of its own; class 2 neither occurs nor is predicted.
        NDArray first = NDArray.From([1, 2, 2], [0, 1, 255, 1]), second = NDArray.From([1, 2, 2, 1], [3, 3, 0, 0]);
        float[] Scores(params int[] classes) => [.. classes.SelectMany(id => Enumerable.Range(0, 4).Select(c => c == id ? 0.7f : 0.1f))];
        var metric = new MeanIoU(4, ignoreClass: 255, sparseYPred: false);
        _ = Value(metric, first, NDArray.From([1, 2, 2, 4], Scores(0, 0, 3, 1)));
        double result = Value(metric, second, NDArray.From([1, 2, 2, 4], Scores(3, 0, 0, 0)), new float[] { 2 });
        double[] expected = [5.0 / 8, 1.0 / 2, double.NaN, 2.0 / 4];
        Assert.Equal(expected, metric.PerClass);
        Assert.Equal((expected[0] + expected[1] + expected[3]) / 3, result, 1e-12);
        metric.ResetState();
        Assert.Equal((0, 0), (metric.Result(), metric.PerClass.Count));
    }

    [Fact]
    public void The_threshold_itself_counts_as_1() =>
        Assert.Equal((1, 0), (Value(new BinaryIoU([1], 0.25f), new[] { 1 }, new float[] { 0.25f }), Value(new BinaryIoU([1], 0.25f), new[] { 1 }, new float[] { 0.24f })));

    [Fact]
    public void What_is_no_class_is_refused()
    {
        void Refused<T>(Metric metric, NDArray yTrue, NDArray yPred, string part, NDArray? weights = null)
            where T : Exception
        {
            T error = Assert.Throws<T>(() => Value(metric, yTrue, yPred, weights));
            Assert.StartsWith($"{metric.Name}: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        Refused<ArgumentException>(new MeanIoU(2), new[] { 0, 255 }, new[] { 0, 1 }, "yTrue is 255 for example 1");
        Refused<ArgumentException>(new MeanIoU(2, ignoreClass: 255), new[] { 0, -1 }, new[] { 0, 1 }, "yTrue is -1");
        Refused<ArgumentException>(new MeanIoU(2), new[] { 0, 1 }, new float[] { 0, 0.5f }, "yPred is 0.5 for example 1, which is no class number from 0 to 1; scores");
        Refused<ArgumentException>(new MeanIoU(2), new[] { 0, 1 }, new[] { 0, 2 }, "sparseYPred");
        Refused<ArgumentException>(new MeanIoU(2), s_labels, s_decisions, "weight is -1", new float[] { 1, 1, 1, -1 });
        Refused<ShapeMismatchException>(new MeanIoU(3), s_labels, s_scores, "[4, 3] of class numbers");
        Refused<ShapeMismatchException>(new OneHotMeanIoU(4), s_oneHot, s_scores, "yTrue [batch, .., 4], got [4, 3]");
        Refused<ShapeMismatchException>(new MeanIoU(2), s_labels, new[] { 0, 1 }, "[2]");
        _ = Assert.Throws<ArgumentOutOfRangeException>("numClasses", () => new MeanIoU(0));
        _ = Assert.Throws<ArgumentOutOfRangeException>("targetClassIds", () => new IoU(2, [0, 2]));
        _ = Assert.Throws<ArgumentOutOfRangeException>("targetClassIds", () => new BinaryIoU([-1]));
        _ = Assert.Throws<ArgumentException>("targetClassIds", () => new OneHotIoU(2, []));
        _ = Assert.Throws<ArgumentOutOfRangeException>("threshold", () => new BinaryIoU(threshold: float.NaN));
    }

    private static double Value(Metric metric, NDArray yTrue, NDArray yPred, NDArray? weight = null)
    {
        using var scope = new TensorScope();
        metric.UpdateState(yTrue, yPred, weight is null ? null : Tensor.From(weight));
        return metric.Result();
    }
}

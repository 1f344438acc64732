using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Class weights and sample weights in training and evaluation.</summary>
[Collection(SeededTests.Name)]
public sealed class WeightedFitTests
{
    private static readonly IReadOnlyDictionary<int, float> s_weights = new Dictionary<int, float> { [1] = 3, [2] = 0.25f };

    private static readonly int[] s_labels = [0, 1, 2, 1, 0, 0, 2];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Class_weights_are_sample_weights_by_class(bool oneHot, bool sampleWeighted)
    {
        NDArray x = RandomArrays.Signed(7, 5), y = oneHot ? OneHot() : s_labels;
        float[]? own = sampleWeighted ? [1, 2, 0, 0.5f, 1, 4, 1] : null;
        float[] product = [.. s_labels.Select((label, i) => (own?[i] ?? 1) * s_weights.GetValueOrDefault(label, 1))];
        Loss loss = oneHot ? new CategoricalCrossentropy() : new SparseCategoricalCrossentropy();
        float[] expected = Trained(loss, model => model.Fit(x, y, batchSize: 3, epochs: 2, sampleWeight: product, verbose: 0));
        float[] unweighted = Trained(loss, model => model.Fit(x, y, batchSize: 3, epochs: 2, verbose: 0));
        Assert.NotEqual(expected, unweighted);
        Assert.Equal(expected, Trained(loss, model => model.Fit(
            x, y, batchSize: 3, epochs: 2, classWeight: s_weights, sampleWeight: own is null ? null : (NDArray)own, verbose: 0)));
        Assert.Equal(unweighted, Trained(loss, model => model.Fit(
            x, y, batchSize: 3, epochs: 2, classWeight: new Dictionary<int, float>(), verbose: 0)));
    }

    [Fact]
    public void Data_sources_are_weighted_as_arrays_are()
    {
        NDArray x = RandomArrays.Signed(7, 5), y = OneHot();
        NDArray own = new float[] { 1, 2, 0, 0.5f, 1, 4, 1 };
        var loss = new CategoricalCrossentropy();
        var source = new ListDataSource(
            new DataItem(x.Slice(0, 4), y.Slice(0, 4), own.Slice(0, 4)), new DataItem(x.Slice(4, 3), y.Slice(4, 3), own.Slice(4, 3)));
        Assert.Equal(
            Trained(loss, model => model.Fit(x, y, batchSize: 4, epochs: 3, shuffle: false, classWeight: s_weights, sampleWeight: own, verbose: 0)),
            Trained(loss, model => model.Fit(source, epochs: 3, classWeight: s_weights, verbose: 0)));
    }

    [Fact]
    public void Evaluation_weighs_the_loss_and_the_weighted_metrics()
    {
        NDArray x = RandomArrays.Signed(7, 5);
        float[] own = [1, 2, 0, 0.5f, 1, 4, 1];
        using Sequential model = Model(3);
        model.Compile(
            new SGD(), new SparseCategoricalCrossentropy(), [new BalancedAccuracy(), Metric.Accuracy], [new SparseCategoricalAccuracy("weighted_accuracy")]);
        float[] p = model.Predict(x).ToFloats();
        double[] weights = [.. s_labels.Select((label, i) => own[i] * (double)s_weights.GetValueOrDefault(label, 1))];
        double[] right = [.. s_labels.Select((label, i) => p.AsSpan(3 * i, 3).IndexOf(p.AsSpan(3 * i, 3).ToArray().Max()) == label ? 1.0 : 0)];
        foreach (IReadOnlyDictionary<string, double> logs in new[]
        {
            model.Evaluate(x, s_labels, batchSize: 2, classWeight: s_weights, sampleWeight: own),
            model.Evaluate(new ListDataSource(new DataItem(x, s_labels, own)), classWeight: s_weights),
            model.TestOnBatch(x, s_labels, own, s_weights),
        })
        {
            Assert.Equal(s_labels.Select((label, i) => -Math.Log(p[(3 * i) + label]) * weights[i]).Sum() / 7, logs["loss"], 1e-5);
            Assert.Equal(right.Zip(weights, (r, w) => r * w).Sum() / weights.Sum(), logs["weighted_accuracy"], 1e-6);
            Assert.Equal(right.Average(), logs["accuracy"], 1e-6);
            Assert.Equal(
                Enumerable.Range(0, 3).Average(c => s_labels.Zip(right).Where(e => e.First == c).Average(e => e.Second)), logs["balanced_accuracy"], 1e-9);
        }

        Assert.Equal(["balanced_accuracy", "accuracy", "weighted_accuracy"], model.Metrics.Select(metric => metric.Name));
        _ = Assert.Throws<ArgumentException>(() => model.Compile(new SGD(), new MeanSquaredError(), [Metric.Accuracy], [Metric.Accuracy]));
    }

    [Fact]
    public void Yes_no_targets_are_classes_0_and_1()
    {
        using var model = new Sequential { new Dense(1, Activation.Sigmoid, kernelInitializer: new Zeros()) };
        model.Compile(new SGD(0), new BinaryCrossentropy());
        NDArray x = RandomArrays.Signed(4, 2), y = NDArray.From([4, 1], new float[] { 1, 0, 0, 0 });
        var weights = new Dictionary<int, float> { [0] = 1, [1] = 5 };
        Assert.Equal(Math.Log(2) * 8 / 4, model.Fit(x, y, classWeight: weights, verbose: 0)["loss"][0], 1e-5);
        Assert.Equal(Math.Log(2) * 8 / 4, model.Evaluate(x, y.Reshape(4), classWeight: weights)["loss"], 1e-5);
        Assert.Equal(Math.Log(2) * 8 / 4, model.TrainOnBatch(x, y, classWeight: weights)["loss"], 1e-5);
    }

    [Fact]
    public void Class_weights_or_a_tuned_threshold_find_the_rare_class()
    {
        const int Examples = 1260;
        var random = new Random(6);
        float[] labels = [.. Enumerable.Range(0, Examples).Select(i => i % 21 == 0 ? 1f : 0)];
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        NDArray x = NDArray.From([Examples, 2], [.. labels.SelectMany(label => new[] { (float)(Normal() + (1.5 * label)), (float)Normal() })]);
        NDArray y = NDArray.From([Examples, 1], labels);
        int[] counts = ClassWeights.Counts(y);
        Assert.Equal([1200, 60], counts);
        (IReadOnlyDictionary<string, double> Logs, NDArray Scores) Run(IReadOnlyDictionary<int, float>? weights)
        {
            RandomGenerator.SetSeed(2);
            using var model = new Sequential { new Dense(1, Activation.Sigmoid, biasInitializer: new Constant(ClassWeights.InitialBias(counts, sigmoid: true))) };
            model.Compile(new Adam(0.02f), new BinaryCrossentropy(), [new Recall(), new BalancedAccuracy(), new AUC()]);
            _ = model.Fit(x, y, epochs: 20, classWeight: weights, verbose: 0);
            return (model.Evaluate(x, y), model.Predict(x));
        }

        var (plain, scores) = Run(null);
        var (weighted, _) = Run(ClassWeights.Balanced(counts));
        Assert.True(plain["recall"] < 0.3, $"recall {plain["recall"]}");
        Assert.True(weighted["recall"] > 0.6, $"recall {weighted["recall"]}");
        Assert.True(weighted["balanced_accuracy"] > plain["balanced_accuracy"] + 0.1, $"{weighted["balanced_accuracy"]}, {plain["balanced_accuracy"]}");
        // The order of the scores is nearly the same: what differs is where the line is drawn.
        Assert.Equal(plain["auc"], weighted["auc"], 0.03);
        DecisionThreshold tuned = DecisionThreshold.Tune(y, scores, found => found.BalancedAccuracy());
        Assert.InRange(tuned.Threshold, 0.01f, 0.2f);
        Assert.True(tuned.Value > plain["balanced_accuracy"] + 0.1, $"{tuned}");
    }

    [Fact]
    public void Validation_data_is_not_weighted_by_class()
    {
        using var model = new Sequential { new Dense(1, Activation.Sigmoid, kernelInitializer: new Zeros()) };
        model.Compile(new SGD(0), new BinaryCrossentropy());
        NDArray x = RandomArrays.Signed(4, 2), y = NDArray.From([4, 1], new float[] { 1, 0, 0, 1 });
        History history = model.Fit(x, y, validationSplit: 0.5, classWeight: new Dictionary<int, float> { [1] = 7 }, verbose: 0);
        Assert.Equal(Math.Log(2) * 4, history["loss"][0], 1e-5);
        Assert.Equal(Math.Log(2), history["val_loss"][0], 1e-5);
    }

    [Fact]
    public void Weights_of_places_are_multiplied_by_their_examples_class()
    {
        NDArray weights = NDArray.From([2, 1], new float[] { 2, 3 });
        NDArray x = RandomArrays.Signed(2, 2), y = NDArray.From([2, 1], new float[] { 1, 0 });
        using var model = new Sequential { new Dense(1, Activation.Sigmoid, kernelInitializer: new Zeros()) };
        model.Compile(new SGD(0), new BinaryCrossentropy());
        Assert.Equal(Math.Log(2) * (20 + 3) / 2, model.Evaluate(x, y, classWeight: new Dictionary<int, float> { [1] = 10 }, sampleWeight: weights)["loss"], 1e-5);
        Assert.Equal([2f, 3f], weights.ToFloats());
    }

    [Fact]
    public void Weights_that_make_no_sense_are_refused()
    {
        using Sequential model = Model(3);
        model.Compile(new SGD(), new MeanSquaredError());
        NDArray x = RandomArrays.Signed(7, 5);
        foreach (float bad in new[] { -1, float.NaN, float.PositiveInfinity })
        {
            var weights = new Dictionary<int, float> { [1] = bad };
            Assert.Equal("classWeight", Assert.Throws<ArgumentException>(() => model.Fit(x, OneHot(), classWeight: weights, verbose: 0)).ParamName);
            Assert.Equal("classWeight", Assert.Throws<ArgumentException>(() => model.Evaluate(x, OneHot(), classWeight: weights)).ParamName);
            Assert.Equal("classWeight", Assert.Throws<ArgumentException>(() => model.TrainOnBatch(x, OneHot(), classWeight: weights)).ParamName);
        }

        Assert.Contains("class -1", Message(() => model.Fit(x, OneHot(), classWeight: new Dictionary<int, float> { [-1] = 1 }, verbose: 0)), StringComparison.Ordinal);
        Assert.Contains("class 3", Message(() => model.Fit(x, OneHot(), classWeight: new Dictionary<int, float> { [3] = 1 }, verbose: 0)), StringComparison.Ordinal);
        Assert.Contains("classWeight", Message(() => model.Fit(x, NDArray.From([7, 1], [0, 1, 0, 1.5f, 1, 0, 1]), classWeight: s_weights, verbose: 0)), StringComparison.Ordinal);
        Assert.Contains("classWeight", Message(() => model.Fit(x, new NDArray((7, 2, 2)), classWeight: s_weights, verbose: 0)), StringComparison.Ordinal);
        Assert.Contains("sample weights", Message(() => model.Fit(new ListDataSource(new DataItem(x, OneHot(), new float[] { 1 })), classWeight: s_weights, verbose: 0)), StringComparison.Ordinal);
        Assert.Contains("Batch()", Message(() => model.Fit(new ListDataSource(new DataItem(new NDArray(3), new NDArray(Shape.Scalar))), classWeight: s_weights, verbose: 0)), StringComparison.Ordinal);
    }

    private static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static NDArray OneHot() =>
        NDArray.From([7, 3], [.. s_labels.SelectMany(label => Enumerable.Range(0, 3).Select(c => c == label ? 1f : 0))]);

    private static Sequential Model(int classes) => new() { new Dense(classes, Activation.Softmax, kernelInitializer: new HeNormal(4)) };

    private static float[] Trained(Loss loss, Action<Sequential> train)
    {
        RandomGenerator.SetSeed(12);
        using Sequential model = Model(3);
        model.Compile(new SGD(0.5f), loss);
        train(model);
        return [.. model.Variables.SelectMany(variable => variable.Value.ToArray())];
    }
}

using Numerics.Backends.Cpu;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>Metrics of what lies on the device are those of the same numbers on the host, and leave nothing there.</summary>
public sealed class MetricTests : SimulatedDefault
{
    private const int Classes = 3;

    [Theory]
    [InlineData(1, false)]
    [InlineData(33, false)]
    [InlineData(50, true)]
    public void Values_are_those_of_the_host(int examples, bool weighted)
    {
        var random = new Random();
        NDArray scores = Rows(examples, () => 0.05f + random.NextSingle()), numbers = Rows(examples, () => 0.1f + random.NextSingle());
        int[] labels = [.. Enumerable.Range(0, examples).Select(_ => random.Next(Classes))];
        NDArray oneHot = NDArray.From((examples, Classes), [.. labels.SelectMany(label => Enumerable.Range(0, Classes).Select(c => c == label ? 1f : 0))]);
        NDArray? weights = weighted ? NDArray.From(examples, [.. labels.Select((_, i) => i % 3 * 0.7f)]) : null;
        using var host = new CpuBackend();
        foreach ((Func<Metric> create, NDArray truth) in Metrics(numbers, oneHot, labels))
        {
            double expected = Value(create(), truth, scores, weights, host), actual = Value(create(), truth, scores, weights, SimulatedBackend);
            Assert.True(Math.Abs(expected - actual) <= 1e-5 * Math.Max(1, Math.Abs(expected)), $"{create().Name}: {expected:R} on the host, {actual:R} on the device");
        }
    }

    private static (Func<Metric> Create, NDArray Truth)[] Metrics(NDArray numbers, NDArray oneHot, NDArray labels) =>
    [
        (() => new MeanSquaredError(), numbers), (() => new RootMeanSquaredError(), numbers), (() => new MeanAbsoluteError(), numbers),
        (() => new MeanAbsolutePercentageError(), numbers), (() => new MeanSquaredLogarithmicError(), numbers), (() => new LogCosh(), numbers),
        (() => new CosineSimilarityMetric(), numbers), (() => new PearsonCorrelation(), numbers), (() => new ConcordanceCorrelation(), numbers),
        (() => new R2Score(), numbers), (() => new KLDivergence(), numbers), (() => new Poisson(), numbers), (() => new Hinge(), oneHot),
        (() => new SquaredHinge(), oneHot), (() => new CategoricalHinge(), oneHot), (() => new BinaryCrossentropy(fromLogits: true), oneHot),
        (() => new CategoricalCrossentropy(), oneHot), (() => new SparseCategoricalCrossentropy(ignoreClass: 1), labels),
        (() => new CategoricalFocalLoss(l1: 0.1f, l2: 0.2f), oneHot), (() => new SparseCategoricalFocalLoss(ignoreClass: 1), labels),
        (() => new BinaryFocalLoss(), oneHot), (() => new SigmoidFocalLoss(reduction: Reduction.SumOverPositives), oneHot),
        (() => new AsymmetricLoss(), oneHot), (() => new Poly1FocalLoss(), oneHot), (() => new DiceLoss(axis: [1]), oneHot), (() => new TverskyLoss(axis: [1]), oneHot),
        (() => new HuberLoss(0.2f), numbers),
        (() => new MeanMetricWrapper((y, p) => ((y - p).Abs() < 0.3f).Mean(-1), "near"), numbers), (() => new Sum(), numbers),
        (() => new TruePositives(), oneHot), (() => new RecallAtPrecision(0.5), oneHot), (() => new MeanIoU(Classes, sparseYPred: false), labels),
        (() => new OneHotMeanIoU(Classes), oneHot), (() => new BinaryIoU(), oneHot), (() => new CategoricalAccuracy(), oneHot),
    ];

    private static double Value(Metric metric, NDArray truth, NDArray scores, NDArray? weights, Backend backend)
    {
        using var scope = new TensorScope();
        metric.UpdateState(Tensor.From(truth, backend), Tensor.From(scores, backend), weights is null ? null : Tensor.From(weights, backend));
        return metric.Result();
    }

    private static NDArray Rows(int examples, Func<float> draw) =>
        NDArray.From((examples, Classes), [.. Enumerable.Range(0, examples * Classes).Select(_ => draw())]);
}

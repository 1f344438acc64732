using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Metrics in the middle of an epoch: what they have taken in goes through a checkpoint with every bit.</summary>
[Collection(SeededTests.Name)]
public sealed class MetricStateTests : IDisposable
{
    private static readonly NDArray s_x = RandomArrays.Signed((48, 3));
    private static readonly NDArray s_y = Labels();
    private static readonly NDArray s_weights = NDArray.From(48, [.. Enumerable.Range(0, 48).Select(i => 0.1f + (i % 7 * 0.3f))]);

    private readonly string _folder = Directory.CreateTempSubdirectory("metrics").FullName;

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Every_metric_goes_on_with_what_it_had(int steps)
    {
        History whole = Train(stopAfter: null, backup: false)!;
        Assert.Equal(1 + (2 * All().Length), whole.Names.Count);
        Assert.Null(Train(steps, backup: true));
        History resumed = Train(stopAfter: null, backup: true)!;
        foreach (string name in whole.Names)
            Assert.Equal(whole[name], resumed[name]);
    }

    private static Metric[] All(string suffix = "") =>
    [
        new AUC(name: "roc" + suffix), new AUC(AUCCurve.PR, Averaging.Micro, name: "pr" + suffix), new SensitivityAtSpecificity(0.6, name: "sensitivity" + suffix),
        new Precision(0.5f, name: "precision" + suffix), new F1Score(name: "f1" + suffix), new BalancedAccuracy(name: "balanced" + suffix),
        new CohenKappa(name: "kappa" + suffix), new ExpectedCalibrationError(5, "calibration" + suffix), new CategoricalAccuracy("hits" + suffix),
        new LossMetric(new CategoricalCrossentropy(), "entropy" + suffix), new Mean("mean" + suffix),
        new Sum("sum" + suffix), new RootMeanSquaredError("root" + suffix), new CosineSimilarityMetric(name: "cosine" + suffix),
        new PearsonCorrelation(name: "pearson" + suffix), new R2Score(name: "r2" + suffix), new TruePositives(name: "hits_of_all" + suffix),
        new OneHotMeanIoU(3, name: "iou" + suffix), new MeanMetricWrapper((y, p) => (y - p).Abs().Max(-1), "worst" + suffix),
    ];

    // Six steps an epoch.
    private History? Train(int? stopAfter, bool backup)
    {
        RandomGenerator.SetSeed(4);
        using var model = new Sequential { new Input(3), new Dense(3, "softmax") };
        model.Compile(new Adam(0.05f), new CategoricalCrossentropy(), All(), All("_weighted"));
        using var source = new CancellationTokenSource();
        int steps = 0;
        List<Callback> callbacks = [new LambdaCallback(onTrainBatchEnd: (_, _) =>
        {
            if (++steps == stopAfter)
                source.Cancel();
        })];
        if (backup)
            callbacks.Add(new BackupAndRestore(_folder));
        try
        {
            return model.Fit(s_x, s_y, batchSize: 8, epochs: 2, sampleWeight: s_weights, callbacks: callbacks, verbose: 0, cancellationToken: source.Token);
        }
        catch (OperationCanceledException) when (stopAfter is not null)
        {
            return null;
        }
    }

    // The first batches have no example of the last class: rankings without scores.
    private static NDArray Labels()
    {
        var labels = new NDArray((48, 3));
        for (int i = 0; i < 48; i++)
            labels.AsSpan<float>()[(3 * i) + (i < 24 ? i % 2 : i % 3)] = 1;
        return labels;
    }
}

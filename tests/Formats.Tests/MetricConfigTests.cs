using System.Text;
using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats.Tests;

/// <summary>Metrics in Keras' files: as Keras' classes write their settings, back again with each of them, and as Keras writes names and functions.</summary>
public sealed class MetricConfigTests
{
    private static readonly MetricOutput s_classes = new(OneColumn: false, Logits: false);

    // What keras/src/metrics' get_config gives besides name and dtype.
    private static readonly (Metric Metric, string ClassName, string Settings)[] s_metrics =
    [
        (new CategoricalAccuracy("a"), "CategoricalAccuracy", "{}"),
        (new SparseCategoricalAccuracy("a"), "SparseCategoricalAccuracy", "{}"),
        (new BinaryAccuracy(0.25f, "a"), "BinaryAccuracy", """{"threshold":0.25}"""),
        (new TopKCategoricalAccuracy(3, "a"), "TopKCategoricalAccuracy", """{"k":3}"""),
        (new SparseTopKCategoricalAccuracy(3, "a"), "SparseTopKCategoricalAccuracy", """{"k":3}"""),
        (new Precision(0.25f, 1, name: "a"), "Precision", """{"thresholds":0.25,"top_k":null,"class_id":1}"""),
        (new Recall(0.25f, name: "a"), "Recall", """{"thresholds":0.25,"top_k":null,"class_id":null}"""),
        (new TruePositives(0.25f, "a"), "TruePositives", """{"thresholds":0.25}"""),
        (new TrueNegatives(0.25f, "a"), "TrueNegatives", """{"thresholds":0.25}"""),
        (new FalsePositives(0.25f, "a"), "FalsePositives", """{"thresholds":0.25}"""),
        (new FalseNegatives(0.25f, "a"), "FalseNegatives", """{"thresholds":0.25}"""),
        (new SensitivityAtSpecificity(0.7, 1, "a"), "SensitivityAtSpecificity", """{"class_id":1,"num_thresholds":200,"specificity":0.7}"""),
        (new SpecificityAtSensitivity(0.7, 1, "a"), "SpecificityAtSensitivity", """{"class_id":1,"num_thresholds":200,"sensitivity":0.7}"""),
        (new PrecisionAtRecall(0.7, null, "a"), "PrecisionAtRecall", """{"class_id":null,"num_thresholds":200,"recall":0.7}"""),
        (new RecallAtPrecision(0.7, 0, "a"), "RecallAtPrecision", """{"class_id":0,"num_thresholds":200,"precision":0.7}"""),
        (new AUC(AUCCurve.PR, name: "a"), "AUC",
            """{"num_thresholds":200,"curve":"PR","summation_method":"interpolation","multi_label":true,"num_labels":null,"label_weights":null,"from_logits":false}"""),
        (new AUC(average: Averaging.Micro, name: "a"), "AUC",
            """{"num_thresholds":200,"curve":"ROC","summation_method":"interpolation","multi_label":false,"num_labels":null,"label_weights":null,"from_logits":false}"""),
        (new FBetaScore(Averaging.Weighted, 0.5, 0.25f, "a"), "FBetaScore", """{"average":"weighted","threshold":0.25,"beta":0.5}"""),
        (new F1Score(Averaging.Micro, name: "a"), "F1Score", """{"average":"micro","threshold":null}"""),
        (new IoU(4, [1, 3], 255, false, true, "a"), "IoU",
            """{"num_classes":4,"target_class_ids":[1,3],"sparse_y_true":false,"ignore_class":255,"sparse_y_pred":true,"axis":-1}"""),
        (new MeanIoU(4, null, true, false, "a"), "MeanIoU", """{"num_classes":4,"sparse_y_true":true,"ignore_class":null,"sparse_y_pred":false,"axis":-1}"""),
        (new OneHotIoU(4, [2], 0, true, "a"), "OneHotIoU", """{"num_classes":4,"target_class_ids":[2],"ignore_class":0,"sparse_y_pred":true,"axis":-1}"""),
        (new OneHotMeanIoU(4, name: "a"), "OneHotMeanIoU", """{"num_classes":4,"ignore_class":null,"sparse_y_pred":false,"axis":-1}"""),
        (new BinaryIoU([1], 0.25f, "a"), "BinaryIoU", """{"target_class_ids":[1],"threshold":0.25}"""),
        (new RootMeanSquaredError("a"), "RootMeanSquaredError", "{}"),
        (new CosineSimilarityMetric(1, "a"), "CosineSimilarity", """{"axis":1}"""),
        (new PearsonCorrelation(1, "a"), "PearsonCorrelation", """{"axis":1}"""),
        (new ConcordanceCorrelation(1, "a"), "ConcordanceCorrelation", """{"axis":1}"""),
        (new R2Score(R2Averaging.VarianceWeighted, 2, "a"), "R2Score", """{"class_aggregation":"variance_weighted_average","num_regressors":2}"""),
        (new LossMetric(new MeanSquaredError(), "a"), "MeanSquaredError", "{}"),
        (new LossMetric(new MeanAbsoluteError(Reduction.MeanWithSampleWeight), "a"), "MeanAbsoluteError", "{}"),
        (new LossMetric(new MeanAbsolutePercentageError(), "a"), "MeanAbsolutePercentageError", "{}"),
        (new LossMetric(new MeanSquaredLogarithmicError(), "a"), "MeanSquaredLogarithmicError", "{}"),
        (new LossMetric(new LogCosh(), "a"), "LogCoshError", "{}"),
        (new LossMetric(new KLDivergence(), "a"), "KLDivergence", "{}"),
        (new LossMetric(new Poisson(), "a"), "Poisson", "{}"),
        (new LossMetric(new Hinge(), "a"), "Hinge", "{}"),
        (new LossMetric(new SquaredHinge(), "a"), "SquaredHinge", "{}"),
        (new LossMetric(new CategoricalHinge(), "a"), "CategoricalHinge", "{}"),
        (new LossMetric(new BinaryCrossentropy(true, 0.25f), "a"), "BinaryCrossentropy", """{"from_logits":true,"label_smoothing":0.25}"""),
        (new LossMetric(new CategoricalCrossentropy(true, 0.25f, 1), "a"), "CategoricalCrossentropy", """{"from_logits":true,"label_smoothing":0.25,"axis":1}"""),
        (new LossMetric(new SparseCategoricalCrossentropy(true, 7, 1), "a"), "SparseCategoricalCrossentropy", """{"from_logits":true,"ignore_class":7,"axis":1}"""),
    ];

    [Fact]
    public void Every_metric_is_written_as_Keras_does_and_comes_back()
    {
        foreach ((Metric metric, string className, string settings) in s_metrics)
        {
            var expected = new JsonObject { ["name"] = "a", ["dtype"] = "float32" };
            foreach ((string name, JsonNode? value) in JsonNode.Parse(settings)!.AsObject())
                expected[name] = value?.DeepClone();
            JsonNode keras = Assert.Single(MetricConfig.Write([metric], s_classes, ConfigDialect.Keras)!.AsArray())!;
            Assert.Equal(("keras.metrics", className), ((string?)keras["module"], (string?)keras["class_name"]));
            Assert.True(JsonNode.DeepEquals(expected, keras["config"]), $"{className}: {keras["config"]!.ToJsonString()}");

            // Written once more it says the same, and so every setting came back.
            Metric loaded = Assert.Single(Read(new JsonArray(keras.DeepClone())));
            Assert.Equal((metric.GetType(), "a"), (loaded.GetType(), loaded.Name));
            Assert.Equal((metric as LossMetric)?.Loss.GetType(), (loaded as LossMetric)?.Loss.GetType());
            Assert.True(JsonNode.DeepEquals(keras, MetricConfig.Write([loaded], s_classes, ConfigDialect.Keras)![0]), className);
            JsonNode legacy = MetricConfig.Write([metric], s_classes, ConfigDialect.Legacy)![0]!;
            Assert.Equal(["class_name", "config"], legacy.AsObject().Select(entry => entry.Key));
            Assert.Equal(metric.GetType(), Assert.Single(Read(new JsonArray(legacy.DeepClone()))).GetType());
        }
    }

    [Fact]
    public void One_column_and_logits_are_said_as_Keras_needs_them()
    {
        var column = new MetricOutput(OneColumn: true, Logits: true);
        JsonNode Config(Metric metric) => MetricConfig.Write([metric], column, ConfigDialect.Keras)![0]!["config"]!;
        Assert.Equal((false, true), ((bool)Config(new AUC())["multi_label"]!, (bool)Config(new AUC(average: Averaging.Weighted))["from_logits"]!));
        Assert.Equal(0.5f, (float)Config(new F1Score())["threshold"]!);
        Assert.Equal("Precision", (string?)MetricConfig.Write([new Precision(average: Averaging.Macro)], column, ConfigDialect.Keras)![0]!["class_name"]);
    }

    [Fact]
    public void What_Keras_does_not_have_is_left_out()
    {
        Metric[] ours =
        [
            new MatthewsCorrelation(), new CohenKappa(), new ConfusionMatrix(), new BalancedAccuracy(), new ExpectedCalibrationError(), new Mean(), new Sum(),
            new MeanMetricWrapper((y, p) => y - p, "difference"), new LossMetric(new CosineSimilarity()), new LossMetric(new HuberLoss()),
            new LossMetric(new MeanSquaredError(Reduction.Sum), "sum_of_squares"), new LossMetric(new CategoricalFocalLoss()),
            new AUC(classId: 1), new AUC(average: Averaging.Weighted), new Precision(average: Averaging.Macro), new Recall(average: Averaging.Weighted),
        ];
        Assert.Null(MetricConfig.Write(ours, s_classes, ConfigDialect.Keras));
        Assert.Equal("""["accuracy"]""", MetricConfig.Write([.. ours, Metric.Accuracy], s_classes, ConfigDialect.Keras)!.ToJsonString());
    }

    [Theory]
    [InlineData("mse", typeof(MeanSquaredError), "mse")]
    [InlineData("MAE", typeof(MeanAbsoluteError), "mae")]
    [InlineData("mean_absolute_percentage_error", typeof(MeanAbsolutePercentageError), "mean_absolute_percentage_error")]
    [InlineData("msle", typeof(MeanSquaredLogarithmicError), "msle")]
    [InlineData("logcosh", typeof(LogCosh), "logcosh")]
    [InlineData("log_cosh_error", typeof(LogCosh), "log_cosh_error")]
    [InlineData("kl_divergence", typeof(KLDivergence), "kl_divergence")]
    [InlineData("binary_crossentropy", typeof(BinaryCrossentropy), "binary_crossentropy")]
    [InlineData("SparseCategoricalCrossentropy", typeof(SparseCategoricalCrossentropy), "sparse_categorical_crossentropy")]
    public void Names_of_losses_stand_for_their_means(string written, Type loss, string name)
    {
        LossMetric metric = Assert.IsType<LossMetric>(Assert.Single(Read(new JsonArray(written))));
        Assert.Equal((loss, name), (metric.Loss.GetType(), metric.Name));
    }

    [Fact]
    public void Names_functions_and_wrapped_functions_are_read()
    {
        IReadOnlyList<Metric> metrics = Read(JsonNode.Parse("""
            [["accuracy", "cosine_similarity", "root_mean_squared_error", "R2Score", "auc",
              {"module": "builtins", "class_name": "function", "config": "mean_squared_error", "registered_name": "function"},
              {"class_name": "MeanMetricWrapper", "config": {"name": "hits", "dtype": "float32", "fn": "sparse_categorical_accuracy"}},
              {"class_name": "MeanMetricWrapper", "config": {"name": "error", "dtype": "float32", "fn": {"class_name": "function", "config": "mean_absolute_error"}}},
              {"class_name": "Precision", "config": {"name": "p", "dtype": "float32", "thresholds": [0.3], "top_k": null, "class_id": null}},
              {"class_name": "AUC", "config": {"name": "pr", "dtype": "float32", "curve": "pr", "thresholds": [0.1, 0.9], "multi_label": true, "from_logits": true}}]]
            """)!);
        Assert.Equal(
            [typeof(CategoricalAccuracy), typeof(CosineSimilarityMetric), typeof(RootMeanSquaredError), typeof(R2Score), typeof(AUC), typeof(LossMetric),
                typeof(SparseCategoricalAccuracy), typeof(LossMetric), typeof(Precision), typeof(AUC)],
            metrics.Select(metric => metric.GetType()));
        Assert.Equal(
            ["accuracy", "cosine_similarity", "root_mean_squared_error", "r2_score", "auc", "mean_squared_error", "hits", "error", "p", "pr"],
            metrics.Select(metric => metric.Name));
        Assert.Equal(0.3f, ((Precision)metrics[8]).Threshold);
        Assert.Equal((AUCCurve.PR, Averaging.Macro), (((AUC)metrics[9]).Curve, ((AUC)metrics[9]).Average));
    }

    [Theory]
    [InlineData("\"mystery\"", "there is no metric 'mystery' here; known are accuracy, AUC, BinaryAccuracy")]
    [InlineData("3", "a metric is a name or an object, found 3")]
    [InlineData("""{"class_name": "Precision", "config": {"top_k": 2}}""", "metric 'Precision': 'top_k'")]
    [InlineData("""{"class_name": "Recall", "config": {"thresholds": [0.1, 0.2]}}""", "metric 'Recall': 'thresholds': a metric has one threshold")]
    [InlineData("""{"class_name": "SparseTopKCategoricalAccuracy", "config": {"from_sorted_ids": true}}""", "'from_sorted_ids'")]
    [InlineData("""{"class_name": "AUC", "config": {"label_weights": [1, 2]}}""", "metric 'AUC': 'label_weights'")]
    [InlineData("""{"class_name": "AUC", "config": {"curve": "PRGAIN"}}""", "'curve': expected ROC or PR, found PRGAIN")]
    [InlineData("""{"class_name": "MeanIoU", "config": {"num_classes": 3, "axis": 1}}""", "'axis'")]
    [InlineData("""{"class_name": "MeanIoU", "config": {}}""", "there is no 'num_classes'")]
    [InlineData("""{"class_name": "IoU", "config": {"num_classes": 3, "target_class_ids": [3]}}""", "metric 'IoU': target")]
    [InlineData("""{"class_name": "FBetaScore", "config": {"beta": -1}}""", "metric 'FBetaScore': beta is a finite number above 0")]
    [InlineData("""{"class_name": "F1Score", "config": {"average": "samples"}}""", "expected micro, macro or weighted, found samples")]
    [InlineData("""{"class_name": "R2Score", "config": {"class_aggregation": "raw"}}""", "'class_aggregation': raw is not known")]
    [InlineData("""{"class_name": "SpecificityAtSensitivity", "config": {"sensitivity": 2}}""", "sensitivity is in [0, 1]")]
    [InlineData("""{"class_name": "BinaryCrossentropy", "config": {"label_smoothing": 7}}""", "metric 'BinaryCrossentropy'")]
    public void Settings_that_cannot_be_are_described(string metric, string expected)
    {
        string message = Assert.Throws<InvalidDataException>(() => Read(new JsonArray(JsonNode.Parse(metric)))).Message;
        Assert.StartsWith("file: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.keras")]
    [InlineData("model.h5")]
    public void A_model_reports_the_same_after_a_round_trip(string name)
    {
        using var folder = new ScratchFolder();
        using var model = new Sequential { new Input(3), new Dense(4, "relu"), new Dense(3, "softmax") };
        static Metric[] Metrics(string suffix) =>
        [
            new CategoricalAccuracy("hits" + suffix), new AUC(AUCCurve.PR, Averaging.Micro, name: "area" + suffix), new R2Score(name: "r2" + suffix),
            new RootMeanSquaredError("root" + suffix), new LossMetric(new MeanAbsoluteError(), "error" + suffix), new OneHotMeanIoU(3, name: "regions" + suffix),
            new Precision(0.3f, 1, name: "precision" + suffix),
        ];
        model.Compile(new SGD(), new CategoricalCrossentropy(), Metrics(""), Metrics("_weighted"));
        KerasModel.Save(model, folder[name]);
        using Model loaded = KerasModel.Load(folder[name]);
        Assert.Equal(model.Metrics.Select(metric => metric.Name), loaded.Metrics.Select(metric => metric.Name));
        Assert.Equal(model.WeightedMetrics.Select(metric => metric.Name), loaded.WeightedMetrics.Select(metric => metric.Name));
        var random = new Random();
        NDArray x = NDArray.From((20, 3), [.. Enumerable.Range(0, 60).Select(_ => random.NextSingle())]), weights = NDArray.From(20, [.. Enumerable.Range(0, 20).Select(i => 0.5f + (i % 4))]);
        NDArray y = NDArray.From((20, 3), [.. Enumerable.Range(0, 60).Select(i => i % 3 == i / 3 % 3 ? 1f : 0)]);
        Assert.Equal(model.Evaluate(x, y, batchSize: 8, sampleWeight: weights), loaded.Evaluate(x, y, batchSize: 8, sampleWeight: weights));
    }

    private static IReadOnlyList<Metric> Read(JsonNode metrics) => MetricConfig.Read(
        ConfigObject.Parse(Encoding.UTF8.GetBytes(new JsonObject { ["metrics"] = metrics }.ToJsonString()), "file"), "metrics", new CategoricalCrossentropy());
}

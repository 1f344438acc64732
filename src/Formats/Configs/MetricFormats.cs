using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>The metrics that files can hold: Keras', by their classes' names. Source: the get_config of keras/src/metrics.</summary>
internal static class MetricFormats
{
    // The number of thresholds over which Keras approximates what is exact here.
    private const int Thresholds = 200;

    private static readonly MetricFormat[] s_all =
    [
        MetricFormat.Of<CategoricalAccuracy>("CategoricalAccuracy", name => new CategoricalAccuracy(name)),
        MetricFormat.Of<SparseCategoricalAccuracy>("SparseCategoricalAccuracy", name => new SparseCategoricalAccuracy(name)),
        MetricFormat.Of<BinaryAccuracy>(
            "BinaryAccuracy",
            metric => new JsonObject { ["threshold"] = metric.Threshold },
            (config, name) => new BinaryAccuracy(config.Number("threshold", 0.5f), name)),
        MetricFormat.Of<TopKCategoricalAccuracy>(
            "TopKCategoricalAccuracy", metric => new JsonObject { ["k"] = metric.K }, (config, name) => new TopKCategoricalAccuracy(config.Whole("k", 5), name)),
        MetricFormat.Of<SparseTopKCategoricalAccuracy>(
            "SparseTopKCategoricalAccuracy",
            metric => new JsonObject { ["k"] = metric.K },
            (config, name) => config.Flag("from_sorted_ids", false)
                ? throw config.Error("'from_sorted_ids': predictions are scores here")
                : new SparseTopKCategoricalAccuracy(config.Whole("k", 5), name)),
        MetricFormat.Of<Precision>(
            "Precision", WriteShare, (config, name) => new Precision(Threshold(config), ClassId(NoTopK(config)), name: name)),
        MetricFormat.Of<Recall>(
            "Recall", WriteShare, (config, name) => new Recall(Threshold(config), ClassId(NoTopK(config)), name: name)),
        MetricFormat.Of<TruePositives>("TruePositives", WriteCount, (config, name) => new TruePositives(Threshold(config), name)),
        MetricFormat.Of<TrueNegatives>("TrueNegatives", WriteCount, (config, name) => new TrueNegatives(Threshold(config), name)),
        MetricFormat.Of<FalsePositives>("FalsePositives", WriteCount, (config, name) => new FalsePositives(Threshold(config), name)),
        MetricFormat.Of<FalseNegatives>("FalseNegatives", WriteCount, (config, name) => new FalseNegatives(Threshold(config), name)),
        MetricFormat.Of<SensitivityAtSpecificity>(
            "SensitivityAtSpecificity",
            metric => OperatingPoint(metric, "specificity"),
            (config, name) => new SensitivityAtSpecificity(config.Real("specificity"), ClassId(config), name)),
        MetricFormat.Of<SpecificityAtSensitivity>(
            "SpecificityAtSensitivity",
            metric => OperatingPoint(metric, "sensitivity"),
            (config, name) => new SpecificityAtSensitivity(config.Real("sensitivity"), ClassId(config), name)),
        MetricFormat.Of<PrecisionAtRecall>(
            "PrecisionAtRecall",
            metric => OperatingPoint(metric, "recall"),
            (config, name) => new PrecisionAtRecall(config.Real("recall"), ClassId(config), name)),
        MetricFormat.Of<RecallAtPrecision>(
            "RecallAtPrecision",
            metric => OperatingPoint(metric, "precision"),
            (config, name) => new RecallAtPrecision(config.Real("precision"), ClassId(config), name)),
        MetricFormat.Of<AUC>("AUC", WriteArea, ReadArea),
        MetricFormat.Of<FBetaScore>(
            "FBetaScore",
            (metric, output) => FScore(metric, output, ("beta", metric.Beta)),
            (config, name) => new FBetaScore(Average(config), config.Real("beta", 1), OptionalThreshold(config), name)),
        MetricFormat.Of<F1Score>(
            "F1Score", (metric, output) => FScore(metric, output), (config, name) => new F1Score(Average(config), OptionalThreshold(config), name)),
        MetricFormat.Of<IoU>(
            "IoU",
            metric => Regions(metric, ("num_classes", metric.NumClasses), ("target_class_ids", Wholes(metric)), ("sparse_y_true", metric.SparseYTrue)),
            (config, name) => new IoU(
                config.Whole("num_classes"),
                config.Wholes("target_class_ids"),
                Ignored(config),
                config.Flag("sparse_y_true", true),
                config.Flag("sparse_y_pred", true),
                name)),
        MetricFormat.Of<MeanIoU>(
            "MeanIoU",
            metric => Regions(metric, ("num_classes", metric.NumClasses), ("sparse_y_true", metric.SparseYTrue)),
            (config, name) => new MeanIoU(
                config.Whole("num_classes"), Ignored(config), config.Flag("sparse_y_true", true), config.Flag("sparse_y_pred", true), name)),
        MetricFormat.Of<OneHotIoU>(
            "OneHotIoU",
            metric => Regions(metric, ("num_classes", metric.NumClasses), ("target_class_ids", Wholes(metric))),
            (config, name) => new OneHotIoU(
                config.Whole("num_classes"), config.Wholes("target_class_ids"), Ignored(config), config.Flag("sparse_y_pred", false), name)),
        MetricFormat.Of<OneHotMeanIoU>(
            "OneHotMeanIoU",
            metric => Regions(metric, ("num_classes", metric.NumClasses)),
            (config, name) => new OneHotMeanIoU(config.Whole("num_classes"), Ignored(config), config.Flag("sparse_y_pred", false), name)),
        MetricFormat.Of<BinaryIoU>(
            "BinaryIoU",
            metric => new JsonObject { ["target_class_ids"] = Wholes(metric), ["threshold"] = metric.Threshold },
            (config, name) => new BinaryIoU(
                config.Has("target_class_ids") ? config.Wholes("target_class_ids") : null, config.Number("threshold", 0.5f), name)),
        MetricFormat.Of<RootMeanSquaredError>("RootMeanSquaredError", name => new RootMeanSquaredError(name)),

        // Keras writes no axis, and takes one.
        MetricFormat.Of<CosineSimilarityMetric>(
            "CosineSimilarity", metric => new JsonObject { ["axis"] = metric.Axis }, (config, name) => new CosineSimilarityMetric(config.Whole("axis", -1), name)),
        MetricFormat.Of<PearsonCorrelation>(
            "PearsonCorrelation", metric => new JsonObject { ["axis"] = metric.Axis }, (config, name) => new PearsonCorrelation(config.Whole("axis", -1), name)),
        MetricFormat.Of<ConcordanceCorrelation>(
            "ConcordanceCorrelation",
            metric => new JsonObject { ["axis"] = metric.Axis },
            (config, name) => new ConcordanceCorrelation(config.Whole("axis", -1), name)),
        MetricFormat.Of<R2Score>(
            "R2Score",
            metric => new JsonObject
            {
                ["class_aggregation"] = metric.Average == R2Averaging.Uniform ? "uniform_average" : "variance_weighted_average",
                ["num_regressors"] = metric.NumRegressors,
            },
            ReadR2),
    ];

    // The losses whose means Keras has as metrics, and the settings that those take.
    private static readonly (string Loss, string Metric, string[] Settings)[] s_losses =
    [
        ("MeanSquaredError", "MeanSquaredError", []),
        ("MeanAbsoluteError", "MeanAbsoluteError", []),
        ("MeanAbsolutePercentageError", "MeanAbsolutePercentageError", []),
        ("MeanSquaredLogarithmicError", "MeanSquaredLogarithmicError", []),
        ("LogCosh", "LogCoshError", []),
        ("KLDivergence", "KLDivergence", []),
        ("Poisson", "Poisson", []),
        ("Hinge", "Hinge", []),
        ("SquaredHinge", "SquaredHinge", []),
        ("CategoricalHinge", "CategoricalHinge", []),
        ("BinaryCrossentropy", "BinaryCrossentropy", ["from_logits", "label_smoothing"]),
        ("CategoricalCrossentropy", "CategoricalCrossentropy", ["from_logits", "label_smoothing", "axis"]),
        ("SparseCategoricalCrossentropy", "SparseCategoricalCrossentropy", ["from_logits", "ignore_class", "axis"]),
    ];

    private static readonly FrozenDictionary<Type, MetricFormat> s_byType = s_all.ToFrozenDictionary(format => format.Type);

    private static readonly FrozenDictionary<string, MetricFormat> s_byName = s_all.Concat(s_losses.Select(OfLoss))
        .ToFrozenDictionary(format => format.ClassName, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, string> s_shortNames = new Dictionary<string, string>
    {
        ["bce"] = "BinaryCrossentropy",
        ["mse"] = "MeanSquaredError",
        ["mae"] = "MeanAbsoluteError",
        ["mape"] = "MeanAbsolutePercentageError",
        ["msle"] = "MeanSquaredLogarithmicError",
        ["kld"] = "KLDivergence",
        ["kullbackleiblerdivergence"] = "KLDivergence",
        ["logcosh"] = "LogCoshError",
        ["cosine"] = "CosineSimilarity",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of Keras' classes that are known.</summary>
    public static IEnumerable<string> Names => s_byName.Values.Select(format => format.ClassName).Order(StringComparer.Ordinal);

    /// <summary>The class and the settings of a metric; null where Keras does not have it.</summary>
    public static (string ClassName, JsonObject Config)? Write(Metric metric, MetricOutput output)
    {
        MetricFormat? format = metric.GetType() == typeof(LossMetric)
            ? s_losses.FirstOrDefault(item => item.Loss == LossFormats.Of(((LossMetric)metric).Loss)?.ClassName) is { Loss: not null } found ? OfLoss(found) : null
            : s_byType.GetValueOrDefault(metric.GetType());
        return format?.Write(metric, output) is { } config ? (format.ClassName, config) : null;
    }

    /// <summary>The format that a class's name stands for, in any of the ways in which Keras writes it; null where there is none.</summary>
    public static MetricFormat? Find(string className)
    {
        string plain = className.Replace("_", "", StringComparison.Ordinal);
        return s_byName.GetValueOrDefault(s_shortNames.GetValueOrDefault(plain, plain));
    }

    private static MetricFormat OfLoss((string Loss, string Metric, string[] Settings) item) => MetricFormat.Of<LossMetric>(
        item.Metric,
        metric =>
        {
            // What is no mean of examples is none of Keras' metrics.
            if (metric.Loss.Reduction is not (Reduction.SumOverBatchSize or Reduction.MeanWithSampleWeight))
                return null;
            JsonObject all = LossFormats.Of(metric.Loss)!.Write(metric.Loss), config = [];
            foreach (string setting in item.Settings)
                config[setting] = all[setting]?.DeepClone();
            return config;
        },
        (config, name) => new LossMetric(LossFormats.Create(item.Loss, config), name));

    // Classes flattened into one, as Keras counts them; of a single one every average is that.
    private static JsonObject? WriteShare(ConfusionMetric metric, MetricOutput output) =>
        metric.Average != Averaging.Micro && metric.ClassId is null && !output.OneColumn ? null : new JsonObject
        {
            ["thresholds"] = metric.Threshold,
            ["top_k"] = null,
            ["class_id"] = metric.ClassId,
        };

    private static JsonObject WriteCount(ConfusionCountMetric metric) => new() { ["thresholds"] = metric.Threshold };

    private static JsonObject OperatingPoint(OperatingPointMetric metric, string rate) =>
        new() { ["class_id"] = metric.ClassId, ["num_thresholds"] = Thresholds, [rate] = metric.Rate };

    private static JsonObject? WriteArea(AUC metric, MetricOutput output) =>
        metric.ClassId is not null || (metric.Average == Averaging.Weighted && !output.OneColumn) ? null : new JsonObject
        {
            ["num_thresholds"] = Thresholds,
            ["curve"] = metric.Curve == AUCCurve.ROC ? "ROC" : "PR",
            ["summation_method"] = "interpolation",
            ["multi_label"] = metric.Average == Averaging.Macro && !output.OneColumn,
            ["num_labels"] = null,
            ["label_weights"] = null,
            ["from_logits"] = output.Logits,
        };

    // Thresholds and the way of summation are those of an approximation; logits have the order of their probabilities.
    private static AUC ReadArea(ConfigObject config, string name)
    {
        if (config.Has("label_weights"))
            throw config.Error("'label_weights': classes of an AUC have no weights of their own here");
        AUCCurve curve = config.Text("curve", "ROC").ToUpperInvariant() switch
        {
            "ROC" => AUCCurve.ROC,
            "PR" => AUCCurve.PR,
            var other => throw config.Error($"'curve': expected ROC or PR, found {other}"),
        };
        return new AUC(curve, config.Flag("multi_label", false) ? Averaging.Macro : Averaging.Micro, name: name);
    }

    private static JsonObject FScore(FBetaScore metric, MetricOutput output, params ReadOnlySpan<(string Name, JsonNode Value)> more)
    {
        // Keras takes every one of a single column for yes where there is no threshold.
        var config = new JsonObject
        {
            ["average"] = metric.Average switch { Averaging.Micro => "micro", Averaging.Weighted => "weighted", _ => "macro" },
            ["threshold"] = metric.Threshold ?? (output.OneColumn ? 0.5f : null),
        };
        foreach ((string name, JsonNode value) in more)
            config[name] = value;
        return config;
    }

    // Keras' value for each class is that of each class here, beside their mean.
    private static Averaging Average(ConfigObject config) => config.Text("average", "macro") switch
    {
        "macro" => Averaging.Macro,
        "micro" => Averaging.Micro,
        "weighted" => Averaging.Weighted,
        var other => throw config.Error($"'average': expected micro, macro or weighted, found {other}"),
    };

    private static JsonObject Regions(IoU metric, params ReadOnlySpan<(string Name, JsonNode Value)> values)
    {
        var config = new JsonObject();
        foreach ((string name, JsonNode value) in values)
            config[name] = value;
        config["ignore_class"] = metric.IgnoreClass;
        config["sparse_y_pred"] = metric.SparseYPred;
        config["axis"] = -1;
        return config;
    }

    private static JsonArray Wholes(IoU metric) => [.. metric.TargetClassIds.Select(id => (JsonNode)id)];

    private static int? Ignored(ConfigObject config) => config.Whole("axis", -1) == -1
        ? config.Has("ignore_class") ? config.Whole("ignore_class") : null
        : throw config.Error("'axis': the classes of a metric are the last axis here");

    private static R2Score ReadR2(ConfigObject config, string name) => new(
        config.Text("class_aggregation", "uniform_average") switch
        {
            "uniform_average" => R2Averaging.Uniform,
            "variance_weighted_average" => R2Averaging.VarianceWeighted,
            var other => throw config.Error($"'class_aggregation': {other} is not known"),
        },
        config.Whole("num_regressors", 0),
        name);

    private static int? ClassId(ConfigObject config) => config.Has("class_id") ? config.Whole("class_id") : null;

    private static ConfigObject NoTopK(ConfigObject config) =>
        config.Has("top_k") ? throw config.Error("'top_k': metrics of the greatest predictions alone do not exist here") : config;

    private static float Threshold(ConfigObject config)
    {
        if (!config.IsList("thresholds"))
            return config.Number("thresholds", 0.5f);
        return config.Numbers("thresholds") is [var only]
            ? only
            : throw config.Error("'thresholds': a metric has one threshold here; several metrics stand for a list");
    }

    private static float? OptionalThreshold(ConfigObject config) => config.Has("threshold") ? config.Number("threshold") : null;
}

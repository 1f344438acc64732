using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>
/// The losses that files can hold. Those that Keras has go under its names; those that only we have are registered names,
/// <c>Numerics>CategoricalFocalLoss</c>, which Keras asks a definition of when it loads such a file.
/// </summary>
internal static class LossFormats
{
    private static readonly LossFormat[] s_all =
    [
        LossFormat.Of<MeanSquaredError>("MeanSquaredError", Common, config => new MeanSquaredError(Reduction(config), Name(config, "mean_squared_error"))),
        LossFormat.Of<MeanAbsoluteError>("MeanAbsoluteError", Common, config => new MeanAbsoluteError(Reduction(config), Name(config, "mean_absolute_error"))),
        LossFormat.Of<HuberLoss>(
            "Huber",
            loss => Common(loss, ("delta", loss.Delta)),
            config => new HuberLoss(config.Number("delta", 1), Reduction(config), Name(config, "huber_loss"))),
        LossFormat.Of<KLDivergence>("KLDivergence", Common, config => new KLDivergence(Reduction(config), Name(config, "kl_divergence"))),
        LossFormat.Of<LogCosh>("LogCosh", Common, config => new LogCosh(Reduction(config), Name(config, "log_cosh"))),
        LossFormat.Of<Hinge>("Hinge", Common, config => new Hinge(Reduction(config), Name(config, "hinge"))),
        LossFormat.Of<SquaredHinge>("SquaredHinge", Common, config => new SquaredHinge(Reduction(config), Name(config, "squared_hinge"))),
        LossFormat.Of<CategoricalHinge>("CategoricalHinge", Common, config => new CategoricalHinge(Reduction(config), Name(config, "categorical_hinge"))),
        LossFormat.Of<Poisson>("Poisson", Common, config => new Poisson(Reduction(config), Name(config, "poisson"))),
        LossFormat.Of<MeanAbsolutePercentageError>(
            "MeanAbsolutePercentageError", Common, config => new MeanAbsolutePercentageError(Reduction(config), Name(config, "mean_absolute_percentage_error"))),
        LossFormat.Of<MeanSquaredLogarithmicError>(
            "MeanSquaredLogarithmicError", Common, config => new MeanSquaredLogarithmicError(Reduction(config), Name(config, "mean_squared_logarithmic_error"))),
        LossFormat.Of<CosineSimilarity>(
            "CosineSimilarity",
            loss => Common(loss, ("axis", loss.Axis)),
            config => new CosineSimilarity(config.Whole("axis", -1), Reduction(config), Name(config, "cosine_similarity"))),
        LossFormat.Of<BinaryCrossentropy>(
            "BinaryCrossentropy",
            loss => Common(loss, ("from_logits", loss.FromLogits), ("label_smoothing", loss.LabelSmoothing), ("axis", -1)),
            config => new BinaryCrossentropy(
                config.Flag("from_logits", false), config.Number("label_smoothing", 0), Reduction(config), Name(config, "binary_crossentropy"))),
        LossFormat.Of<CategoricalCrossentropy>(
            "CategoricalCrossentropy",
            loss => Common(loss, ("from_logits", loss.FromLogits), ("label_smoothing", loss.LabelSmoothing), ("axis", loss.ClassAxis)),
            config => new CategoricalCrossentropy(
                config.Flag("from_logits", false),
                config.Number("label_smoothing", 0),
                config.Whole("axis", -1),
                Reduction(config),
                Name(config, "categorical_crossentropy"))),
        LossFormat.Of<SparseCategoricalCrossentropy>(
            "SparseCategoricalCrossentropy",
            loss => Common(loss, ("from_logits", loss.FromLogits), ("ignore_class", loss.IgnoreClass), ("axis", loss.ClassAxis)),
            config => new SparseCategoricalCrossentropy(
                config.Flag("from_logits", false),
                IgnoreClass(config),
                config.Whole("axis", -1),
                Reduction(config),
                Name(config, "sparse_categorical_crossentropy"))),
        LossFormat.Of<CategoricalFocalLoss>(
            "Numerics>CategoricalFocalLoss",
            loss => Common(
                loss,
                ("alpha", Alpha(loss.Alpha)),
                ("gamma", loss.Gamma),
                ("l1", loss.L1),
                ("l2", loss.L2),
                ("from_logits", loss.FromLogits),
                ("label_smoothing", loss.LabelSmoothing),
                ("normalize_predictions", loss.NormalizePredictions),
                ("clipped", loss.Gradient == FocalGradient.Clipped),
                ("axis", loss.ClassAxis)),
            config => new CategoricalFocalLoss(
                Alpha(config),
                config.Number("gamma", 2),
                config.Number("l1", 0),
                config.Number("l2", 0),
                config.Flag("from_logits", false),
                config.Number("label_smoothing", 0),
                config.Flag("normalize_predictions", false),
                Gradient(config),
                config.Whole("axis", -1),
                Reduction(config),
                Name(config, "categorical_focal_loss"))),
        LossFormat.Of<SparseCategoricalFocalLoss>(
            "Numerics>SparseCategoricalFocalLoss",
            loss => Common(
                loss,
                ("alpha", Alpha(loss.Alpha)),
                ("gamma", loss.Gamma),
                ("from_logits", loss.FromLogits),
                ("ignore_class", loss.IgnoreClass),
                ("normalize_predictions", loss.NormalizePredictions),
                ("clipped", loss.Gradient == FocalGradient.Clipped),
                ("axis", loss.ClassAxis)),
            config => new SparseCategoricalFocalLoss(
                Alpha(config),
                config.Number("gamma", 2),
                config.Flag("from_logits", false),
                IgnoreClass(config),
                config.Flag("normalize_predictions", false),
                Gradient(config),
                config.Whole("axis", -1),
                Reduction(config),
                Name(config, "sparse_categorical_focal_loss"))),
        LossFormat.Of<BinaryFocalLoss>(
            "Numerics>BinaryFocalLoss",
            loss => Common(
                loss,
                ("alpha", loss.Alpha),
                ("gamma", loss.Gamma),
                ("pos_weight", loss.PosWeight),
                ("from_logits", loss.FromLogits),
                ("label_smoothing", loss.LabelSmoothing),
                ("clipped", loss.Gradient == FocalGradient.Clipped)),
            config => new BinaryFocalLoss(
                config.Has("alpha") ? config.Number("alpha") : null,
                config.Number("gamma", 2),
                config.Number("pos_weight", 1),
                config.Flag("from_logits", false),
                config.Number("label_smoothing", 0),
                Gradient(config),
                Reduction(config),
                Name(config, "binary_focal_loss"))),
    ];

    // Read only: what Keras has under another name or with other defaults.
    private static readonly LossFormat s_categoricalFocalCrossentropy = LossFormat.Of<CategoricalFocalLoss>(
        "CategoricalFocalCrossentropy",
        Common,
        config => new CategoricalFocalLoss(
            Alpha(config),
            config.Number("gamma", 2),
            fromLogits: config.Flag("from_logits", false),
            labelSmoothing: config.Number("label_smoothing", 0),
            normalizePredictions: true,
            axis: config.Whole("axis", -1),
            reduction: Reduction(config),
            name: Name(config, "categorical_focal_crossentropy")));

    private static readonly FrozenDictionary<Type, LossFormat> s_byType = s_all.ToFrozenDictionary(format => format.Type);

    private static readonly FrozenDictionary<string, LossFormat> s_byName =
        s_all.Append(s_categoricalFocalCrossentropy).ToFrozenDictionary(format => format.ClassName, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> s_shortNames = new Dictionary<string, string>
    {
        ["mse"] = "MeanSquaredError",
        ["mean_squared_error"] = "MeanSquaredError",
        ["mae"] = "MeanAbsoluteError",
        ["mean_absolute_error"] = "MeanAbsoluteError",
        ["huber"] = "Huber",
        ["huber_loss"] = "Huber",
        ["kld"] = "KLDivergence",
        ["kl_divergence"] = "KLDivergence",
        ["kullback_leibler_divergence"] = "KLDivergence",
        ["logcosh"] = "LogCosh",
        ["log_cosh"] = "LogCosh",
        ["cosine_similarity"] = "CosineSimilarity",
        ["hinge"] = "Hinge",
        ["squared_hinge"] = "SquaredHinge",
        ["categorical_hinge"] = "CategoricalHinge",
        ["poisson"] = "Poisson",
        ["mape"] = "MeanAbsolutePercentageError",
        ["mean_absolute_percentage_error"] = "MeanAbsolutePercentageError",
        ["msle"] = "MeanSquaredLogarithmicError",
        ["mean_squared_logarithmic_error"] = "MeanSquaredLogarithmicError",
        ["binary_crossentropy"] = "BinaryCrossentropy",
        ["bce"] = "BinaryCrossentropy",
        ["categorical_crossentropy"] = "CategoricalCrossentropy",
        ["sparse_categorical_crossentropy"] = "SparseCategoricalCrossentropy",
        ["categorical_focal_crossentropy"] = "CategoricalFocalCrossentropy",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The object for a loss.</summary>
    /// <exception cref="NotSupportedException">Files cannot hold it.</exception>
    public static JsonNode Write(Loss loss, ConfigDialect dialect, CustomObjects? custom)
    {
        LossFormat format = Of(loss) ?? custom?.Of(loss) ?? throw new NotSupportedException(
            $"the loss '{loss.Name}' ({loss.GetType().Name}): files cannot hold it unless {nameof(CustomObjects)} names it; known are " +
            string.Join(", ", s_all.Select(known => known.Type.Name)));
        int package = format.ClassName.IndexOf('>', StringComparison.Ordinal);
        return package < 0
            ? KerasObject.Write("keras.losses", format.ClassName, format.Write(loss), dialect)
            : KerasObject.Write(null, format.ClassName[(package + 1)..], format.Write(loss), dialect, format.ClassName);
    }

    /// <summary>The loss that a name or an object stands for.</summary>
    /// <param name="owner">The settings of training.</param>
    /// <param name="key">Which of them.</param>
    /// <param name="custom">Losses of the user's own.</param>
    /// <exception cref="InvalidDataException">It is not known; the message says so.</exception>
    public static Loss Read(ConfigObject owner, string key, CustomObjects? custom)
    {
        if (owner.Element.GetProperty(key).ValueKind == JsonValueKind.String)
        {
            string name = owner.Text(key);
            LossFormat known = Find(s_shortNames.GetValueOrDefault(name, name), owner, custom);
            return Create(known, ConfigObject.Parse("{}"u8.ToArray(), owner.Place));
        }

        ConfigObject item = owner.Object(key);

        // A function of Keras: its name stands in place of the settings.
        if (item.Has("config") && item.Element.GetProperty("config").ValueKind == JsonValueKind.String)
            return Read(item, "config", custom);
        return Create(Find(KerasObject.ClassName(item), item, custom), item.Object("config"));
    }

    /// <summary>How a loss that needs no <see cref="CustomObjects"/> is written; null where files do not hold it.</summary>
    public static LossFormat? Of(Loss loss) => s_byType.GetValueOrDefault(loss.GetType());

    /// <summary>A loss of a known class with given settings.</summary>
    public static Loss Create(string className, ConfigObject config) => Create(s_byName[className], config);

    private static Loss Create(LossFormat format, ConfigObject config)
    {
        try
        {
            return format.Read(config);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw config.Error($"loss '{format.ClassName}': {error.Message}", error);
        }
    }

    private static LossFormat Find(string className, ConfigObject place, CustomObjects? custom) =>
        custom?.Loss(className) ?? s_byName.GetValueOrDefault(className) ?? throw place.Error(
            $"there is no loss '{className}' here; known are {string.Join(", ", s_byName.Keys.Order(StringComparer.Ordinal))}, and what " +
            $"{nameof(CustomObjects)} name; without the settings of training the model can be loaded as it is");

    private static JsonObject Common(Loss loss) => Common(loss, []);

    private static JsonObject Common(Loss loss, params ReadOnlySpan<(string Name, JsonNode? Value)> values)
    {
        var config = new JsonObject
        {
            ["name"] = loss.Name,
            ["reduction"] = loss.Reduction switch
            {
                Losses.Reduction.Sum => "sum",
                Losses.Reduction.None => "none",
                Losses.Reduction.MeanWithSampleWeight => "mean_with_sample_weight",
                Losses.Reduction.SumOverPositives => "sum_over_positives",
                _ => "sum_over_batch_size",
            },
        };
        foreach ((string name, JsonNode? value) in values)
            config[name] = value;
        return config;
    }

    private static Reduction Reduction(ConfigObject config) => config.Text("reduction", "sum_over_batch_size") switch
    {
        "sum_over_batch_size" or "auto" or "mean" => Losses.Reduction.SumOverBatchSize,
        "sum" => Losses.Reduction.Sum,
        "none" => Losses.Reduction.None,
        "mean_with_sample_weight" => Losses.Reduction.MeanWithSampleWeight,
        "sum_over_positives" => Losses.Reduction.SumOverPositives,
        var other => throw config.Error($"'reduction': {other} is not known"),
    };

    private static string Name(ConfigObject config, string otherwise) => config.Text("name", otherwise);

    private static int? IgnoreClass(ConfigObject config) => config.Has("ignore_class") ? config.Whole("ignore_class") : null;

    private static FocalGradient Gradient(ConfigObject config) => config.Flag("clipped", false) ? FocalGradient.Clipped : FocalGradient.Stable;

    private static JsonNode Alpha(IReadOnlyList<float> alpha) =>
        alpha.Count == 1 ? alpha[0] : new JsonArray([.. alpha.Select(value => (JsonNode)value)]);

    private static float[] Alpha(ConfigObject config) => config.IsList("alpha") ? config.Numbers("alpha") : [config.Number("alpha", 0.25f)];
}

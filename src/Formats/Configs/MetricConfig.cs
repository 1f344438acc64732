using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Metrics as Keras writes them.</summary>
internal static class MetricConfig
{
    /// <summary>The objects for those metrics that Keras has with the same meaning, and <c>accuracy</c> for the one that fits the data; the
    /// others are left out.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="output">What they see.</param>
    /// <param name="dialect">The way of writing.</param>
    public static JsonNode? Write(IEnumerable<Metric> metrics, MetricOutput output, ConfigDialect dialect)
    {
        var list = new JsonArray();
        foreach (Metric metric in metrics)
        {
            if (MetricFormats.Write(metric, output) is var (className, settings))
            {
                var config = new JsonObject { ["name"] = metric.Name, ["dtype"] = "float32" };
                foreach ((string setting, JsonNode? value) in settings)
                    config[setting] = value?.DeepClone();
                list.Add((JsonNode)KerasObject.Write("keras.metrics", className, config, dialect));
            }
            else if (metric is AccuracyMetric)
            {
                // The one that fits the data: every other has a format.
                list.Add((JsonNode)"accuracy");
            }
        }

        return list.Count == 0 ? null : list;
    }

    /// <summary>The metrics of a list of names and objects, or of the list in a list that Keras makes of the one output.</summary>
    /// <param name="owner">The settings of training.</param>
    /// <param name="key">Which of them.</param>
    /// <param name="loss">The loss, which says what <c>accuracy</c> means.</param>
    /// <exception cref="InvalidDataException">One is not known.</exception>
    public static IReadOnlyList<Metric> Read(ConfigObject owner, string key, Loss loss)
    {
        if (!owner.Has(key))
            return [];
        var metrics = new List<Metric>();
        Add(owner.Element.GetProperty(key), owner, loss, metrics);
        return metrics;
    }

    private static void Add(JsonElement value, ConfigObject place, Loss loss, List<Metric> metrics)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                    Add(item, place, loss, metrics);
                break;
            case JsonValueKind.String:
                metrics.Add(Create(value.GetString()!, null, place, loss));
                break;
            case JsonValueKind.Object:
                metrics.Add(Create(new ConfigObject(value, place.Place), place, loss));
                break;
            case JsonValueKind.Null:
                break;
            default:
                throw place.Error($"a metric is a name or an object, found {value.GetRawText()}");
        }
    }

    private static Metric Create(ConfigObject item, ConfigObject place, Loss loss)
    {
        // A function: its name stands in place of the settings.
        if (item.Has("config") && item.Element.GetProperty("config").ValueKind == JsonValueKind.String)
            return Create(item.Text("config"), null, place, loss);
        ConfigObject? config = item.Optional("config");
        string className = item.Text("class_name");

        // Keras 2 wraps the functions that names stand for.
        if (className == "MeanMetricWrapper" && config is not null && config.Has("fn"))
            className = config.Element.GetProperty("fn").ValueKind == JsonValueKind.String ? config.Text("fn") : config.Object("fn").Text("config");
        return Create(className, config, place, loss);
    }

    private static Metric Create(string className, ConfigObject? config, ConfigObject place, Loss loss)
    {
        string name = config?.Text("name", "") is { Length: > 0 } given ? given : className is "acc" or "accuracy" ? className : SnakeCase.Of(className);
        string known = className.ToUpperInvariant() is not ("ACCURACY" or "ACC") ? className
            : loss is BinaryLoss ? "BinaryAccuracy"
            : loss is SparseClassifierLoss ? "SparseCategoricalAccuracy"
            : "CategoricalAccuracy";
        MetricFormat format = MetricFormats.Find(known) ?? throw place.Error(
            $"there is no metric '{className}' here; known are accuracy, {string.Join(", ", MetricFormats.Names)}; without the settings of training the model can be loaded as it is");
        try
        {
            return format.Read((config ?? ConfigObject.Parse("{}"u8.ToArray(), place.Place)).At($"{place.Place}: metric '{format.ClassName}'"), name);
        }
        catch (ArgumentException error)
        {
            throw place.Error($"metric '{format.ClassName}': {error.Message}", error);
        }
    }
}

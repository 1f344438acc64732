using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Metrics as Keras writes them.</summary>
internal static class MetricConfig
{
    private const string Known = "accuracy, CategoricalAccuracy, SparseCategoricalAccuracy, BinaryAccuracy, TopKCategoricalAccuracy, Precision and Recall";

    /// <summary>The objects for those metrics that Keras has with the same meaning; the others are left out.</summary>
    public static JsonNode? Write(IEnumerable<Metric> metrics, ConfigDialect dialect)
    {
        var list = new JsonArray();
        foreach (Metric metric in metrics)
        {
            (string? name, (string Name, JsonNode Value)[] settings) = metric switch
            {
                CategoricalAccuracy => ("CategoricalAccuracy", []),
                SparseCategoricalAccuracy => ("SparseCategoricalAccuracy", []),
                BinaryAccuracy binary => ("BinaryAccuracy", [("threshold", binary.Threshold)]),
                TopKCategoricalAccuracy top => ("TopKCategoricalAccuracy", ((string, JsonNode)[])[("k", top.K)]),
                _ => (null, []),
            };
            if (name is null)
                continue;
            var config = new JsonObject { ["name"] = metric.Name, ["dtype"] = "float32" };
            foreach ((string setting, JsonNode value) in settings)
                config[setting] = value;
            list.Add((JsonNode)KerasObject.Write("keras.metrics", name, config, dialect));
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
                var config = new ConfigObject(value, place.Place);
                metrics.Add(Create(config.Text("class_name"), config.Optional("config"), place, loss));
                break;
            case JsonValueKind.Null:
                break;
            default:
                throw place.Error($"a metric is a name or an object, found {value.GetRawText()}");
        }
    }

    private static Metric Create(string className, ConfigObject? config, ConfigObject place, Loss loss)
    {
        string name = config?.Text("name", "") is { Length: > 0 } given ? given : className is "acc" or "accuracy" ? className : SnakeCase.Of(className);
        return (className.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant(), loss) switch
        {
            ("ACCURACY" or "ACC", BinaryLoss) or ("BINARYACCURACY", _) => new BinaryAccuracy(config?.Number("threshold", 0.5f) ?? 0.5f, name),
            ("ACCURACY" or "ACC", SparseClassifierLoss) or ("SPARSECATEGORICALACCURACY", _) => new SparseCategoricalAccuracy(name),
            ("ACCURACY" or "ACC", _) or ("CATEGORICALACCURACY", _) => new CategoricalAccuracy(name),
            ("TOPKCATEGORICALACCURACY", _) => new TopKCategoricalAccuracy(config?.Whole("k", 5) ?? 5, name),
            ("PRECISION", _) => new Precision(name: name),
            ("RECALL", _) => new Recall(name: name),
            _ => throw place.Error(
                $"there is no metric '{className}' here; known are {Known}; without the settings of training the model can be loaded as it is"),
        };
    }
}

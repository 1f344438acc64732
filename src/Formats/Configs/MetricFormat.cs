using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>How the metrics of one type are written and read.</summary>
/// <param name="Type">The metrics' type.</param>
/// <param name="ClassName">Its name in Keras.</param>
/// <param name="Write">The settings of a metric besides its name, for a model's output; null where Keras has none with that meaning.</param>
/// <param name="Read">A metric with given settings and a name.</param>
internal sealed record MetricFormat(Type Type, string ClassName, Func<Metric, MetricOutput, JsonObject?> Write, Func<ConfigObject, string, Metric> Read)
{
    /// <summary>The format of a type.</summary>
    public static MetricFormat Of<T>(string className, Func<T, MetricOutput, JsonObject?> write, Func<ConfigObject, string, T> read)
        where T : Metric => new(typeof(T), className, (metric, output) => write((T)metric, output), read);

    /// <summary>The format of a type whose settings have the same meaning whatever the output.</summary>
    public static MetricFormat Of<T>(string className, Func<T, JsonObject?> write, Func<ConfigObject, string, T> read)
        where T : Metric => Of<T>(className, (metric, _) => write(metric), read);

    /// <summary>The format of a type without settings.</summary>
    public static MetricFormat Of<T>(string className, Func<string, T> read)
        where T : Metric => Of<T>(className, _ => [], (_, name) => read(name));
}

using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>How the layers of one type are written and read.</summary>
/// <param name="Type">The layers' type.</param>
/// <param name="ClassName">Its name in Keras.</param>
/// <param name="Write">The settings of a layer, without those that all layers have.</param>
/// <param name="Read">A layer with given settings and a name.</param>
internal sealed record LayerFormat(
    Type Type, string ClassName, Func<Layer, ConfigDialect, JsonObject> Write, Func<ConfigObject, string, Layer> Read)
{
    /// <summary>What can only be checked of settings when the layer is built; null for nothing.</summary>
    public Action<ConfigObject, Layer>? Check { get; init; }

    /// <summary>The format of a type.</summary>
    public static LayerFormat Of<T>(string className, Func<T, ConfigDialect, JsonObject> write, Func<ConfigObject, string, T> read)
        where T : Layer => new(typeof(T), className, (layer, dialect) => write((T)layer, dialect), read);

    /// <summary>The format of a type that TensorFlow.js does not have, or not with the same result.</summary>
    public static LayerFormat OfKeras<T>(string className, Func<T, JsonObject> write, Func<ConfigObject, string, T> read)
        where T : Layer => Of(className, (layer, dialect) => dialect == ConfigDialect.TensorFlowJs
            ? throw new NotSupportedException($"TensorFlow.js has no such {className}")
            : write(layer), read);
}

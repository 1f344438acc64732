using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Layers that join several inputs.</summary>
internal static class MergeFormats
{
    /// <summary>The formats.</summary>
    public static LayerFormat[] All { get; } =
    [
        LayerFormat.Of<Add>("Add", (_, _) => [], (_, name) => new Add(name)),
        LayerFormat.Of<Subtract>("Subtract", NotInTensorFlowJs, (_, name) => new Subtract(name)),
        LayerFormat.Of<Multiply>("Multiply", (_, _) => [], (_, name) => new Multiply(name)),
        LayerFormat.Of<Average>("Average", (_, _) => [], (_, name) => new Average(name)),
        LayerFormat.Of<Maximum>("Maximum", (_, _) => [], (_, name) => new Maximum(name)),
        LayerFormat.Of<Minimum>("Minimum", (_, _) => [], (_, name) => new Minimum(name)),
        LayerFormat.Of<Concatenate>(
            "Concatenate",
            (layer, _) => new JsonObject { ["axis"] = layer.Axis },
            (config, name) => new Concatenate(config.Whole("axis", -1), name)),
    ];

    private static JsonObject NotInTensorFlowJs(Layer layer, ConfigDialect dialect) => dialect != ConfigDialect.TensorFlowJs
        ? []
        : throw new NotSupportedException("TensorFlow.js has no such layer");
}

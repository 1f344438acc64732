using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>Layers that make pictures smaller, and larger.</summary>
internal static class PoolingFormats
{
    /// <summary>The formats.</summary>
    public static LayerFormat[] All { get; } =
    [
        LayerFormat.Of<MaxPooling2D>("MaxPooling2D", Write, (config, name) =>
            new MaxPooling2D(config.Size("pool_size", 2), Strides(config), LayerSettings.Edges(config), name)),
        LayerFormat.Of<AveragePooling2D>("AveragePooling2D", Write, (config, name) =>
            new AveragePooling2D(config.Size("pool_size", 2), Strides(config), LayerSettings.Edges(config), name)),
        LayerFormat.Of<GlobalMaxPooling2D>("GlobalMaxPooling2D", Write, (config, name) =>
            new GlobalMaxPooling2D(config.Flag("keepdims", false), name)),
        LayerFormat.Of<GlobalAveragePooling2D>("GlobalAveragePooling2D", Write, (config, name) =>
            new GlobalAveragePooling2D(config.Flag("keepdims", false), name)),
        LayerFormat.Of<UpSampling2D>("UpSampling2D", Write, ReadUpSampling),
    ];

    private static JsonObject Write(Pooling2D layer, ConfigDialect dialect) => new()
    {
        ["pool_size"] = LayerSettings.Pair(layer.PoolSize),
        ["padding"] = LayerSettings.Edges(layer.Padding),
        ["strides"] = LayerSettings.Pair(layer.Strides),
        ["data_format"] = "channels_last",
    };

    private static JsonObject Write(GlobalPooling2D layer, ConfigDialect dialect)
    {
        var config = new JsonObject { ["data_format"] = "channels_last" };
        if (dialect != ConfigDialect.TensorFlowJs)
            config["keepdims"] = layer.KeepDims;
        else if (layer.KeepDims)
            throw new NotSupportedException("TensorFlow.js' global pooling does not keep extents of 1; put a Reshape behind it");
        return config;
    }

    private static JsonObject Write(UpSampling2D layer, ConfigDialect dialect)
    {
        bool bilinear = layer.Interpolation == SampleInterpolation.Bilinear;
        if (bilinear && dialect == ConfigDialect.TensorFlowJs)
            throw new NotSupportedException("TensorFlow.js interpolates between the corners of pixels, not their centres; the result would be another");
        return new JsonObject
        {
            ["size"] = LayerSettings.Pair(layer.Size),
            ["data_format"] = "channels_last",
            ["interpolation"] = bilinear ? "bilinear" : "nearest",
        };
    }

    private static UpSampling2D ReadUpSampling(ConfigObject config, string name) => new(
        config.Size("size", 2),
        config.Text("interpolation", "nearest") switch
        {
            "nearest" => SampleInterpolation.Nearest,
            "bilinear" => SampleInterpolation.Bilinear,
            var other => throw config.Error($"'interpolation': expected nearest or bilinear, found {other}"),
        },
        name);

    private static Size2D? Strides(ConfigObject config) => config.Has("strides") ? config.Size("strides") : null;
}

using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Layers that drop or disturb values in training.</summary>
internal static class RandomFormats
{
    /// <summary>The formats.</summary>
    public static LayerFormat[] All { get; } =
    [
        LayerFormat.Of<Dropout>("Dropout", Write, ReadDropout),
        LayerFormat.OfKeras<SpatialDropout2D>(
            "SpatialDropout2D",
            layer => new JsonObject { ["rate"] = layer.Rate, ["seed"] = layer.Seed, ["data_format"] = "channels_last" },
            (config, name) => new SpatialDropout2D(config.Number("rate"), config.Seed("seed"), name)),
        LayerFormat.Of<GaussianNoise>(
            "GaussianNoise",
            (layer, _) => new JsonObject { ["stddev"] = layer.Stddev, ["seed"] = layer.Seed },
            (config, name) => new GaussianNoise(config.Number("stddev"), config.Seed("seed"), name)),
        LayerFormat.Of<GaussianDropout>(
            "GaussianDropout",
            (layer, _) => new JsonObject { ["rate"] = layer.Rate, ["seed"] = layer.Seed },
            (config, name) => new GaussianDropout(config.Number("rate"), config.Seed("seed"), name)),
    ];

    private static JsonObject Write(Dropout layer, ConfigDialect dialect) =>
        new() { ["rate"] = layer.Rate, ["seed"] = layer.Seed, ["noise_shape"] = null };

    private static Dropout ReadDropout(ConfigObject config, string name)
    {
        LayerSettings.Without(config, "noise_shape");
        return new Dropout(config.Number("rate"), config.Seed("seed"), name);
    }
}

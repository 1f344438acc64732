using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>Layers that bring pictures to a size, or change them by chance in training.</summary>
internal static class PreprocessingFormats
{
    private static readonly (string Name, FillMode Mode)[] s_fillModes =
        [("reflect", FillMode.Reflect), ("wrap", FillMode.Wrap), ("constant", FillMode.Constant), ("nearest", FillMode.Nearest)];

    private static readonly (string Name, SampleInterpolation Interpolation)[] s_interpolations =
        [("bilinear", SampleInterpolation.Bilinear), ("nearest", SampleInterpolation.Nearest)];

    private static readonly (string Name, FlipMode Mode)[] s_flipModes =
        [("horizontal", FlipMode.Horizontal), ("vertical", FlipMode.Vertical), ("horizontal_and_vertical", FlipMode.HorizontalAndVertical)];

    /// <summary>The formats.</summary>
    public static LayerFormat[] All { get; } =
    [
        LayerFormat.OfKeras<Resizing>("Resizing", Write, ReadResizing),
        LayerFormat.OfKeras<CenterCrop>(
            "CenterCrop", layer => Sized(layer.Size), (config, name) => new CenterCrop(config.Whole("height"), config.Whole("width"), name)),
        LayerFormat.OfKeras<RandomCrop>(
            "RandomCrop",
            layer => Seeded(layer, Sized(layer.Size)),
            (config, name) => new RandomCrop(config.Whole("height"), config.Whole("width"), config.Seed("seed"), name)),
        LayerFormat.OfKeras<RandomFlip>(
            "RandomFlip",
            layer => Seeded(layer, new JsonObject { ["mode"] = NameOf(s_flipModes, layer.Mode) }),
            (config, name) => new RandomFlip(Named(s_flipModes, config, "mode", "horizontal_and_vertical"), config.Seed("seed"), name)),
        LayerFormat.OfKeras<RandomRotation>(
            "RandomRotation",
            layer => Transformed(layer, new JsonObject { ["factor"] = Range(layer.Factor) }),
            (config, name) => new RandomRotation(Range(config, "factor"), Fill(config), Interpolation(config), config.Number("fill_value", 0), config.Seed("seed"), name)),
        LayerFormat.OfKeras<RandomTranslation>(
            "RandomTranslation",
            layer => Transformed(layer, new JsonObject { ["height_factor"] = Range(layer.HeightFactor), ["width_factor"] = Range(layer.WidthFactor) }),
            (config, name) => new RandomTranslation(
                Range(config, "height_factor"), Range(config, "width_factor"), Fill(config), Interpolation(config), config.Number("fill_value", 0), config.Seed("seed"), name)),
        LayerFormat.OfKeras<RandomZoom>(
            "RandomZoom",
            layer => Transformed(
                layer, new JsonObject { ["height_factor"] = Range(layer.HeightFactor), ["width_factor"] = layer.WidthFactor is { } width ? Range(width) : null }),
            (config, name) => new RandomZoom(
                Range(config, "height_factor"),
                config.Has("width_factor") ? Range(config, "width_factor") : null,
                Fill(config),
                Interpolation(config),
                config.Number("fill_value", 0),
                config.Seed("seed"),
                name)),
        LayerFormat.OfKeras<RandomContrast>("RandomContrast", Write, ReadContrast),
        LayerFormat.OfKeras<RandomBrightness>(
            "RandomBrightness",
            layer => Seeded(layer, new JsonObject { ["factor"] = Range(layer.Factor), ["value_range"] = Values(layer.ValueRange) }),
            (config, name) => new RandomBrightness(Range(config, "factor"), Values(config), config.Seed("seed"), name)),
    ];

    private static JsonObject Write(Resizing layer)
    {
        JsonObject config = Sized(layer.Size);
        config["interpolation"] = NameOf(s_interpolations, layer.Interpolation);
        config["crop_to_aspect_ratio"] = layer.CropToAspectRatio;
        return config;
    }

    private static Resizing ReadResizing(ConfigObject config, string name)
    {
        LayerSettings.Without(config, "pad_to_aspect_ratio", "antialias");
        return new Resizing(config.Whole("height"), config.Whole("width"), Interpolation(config), config.Flag("crop_to_aspect_ratio", false), name);
    }

    // Keras draws from 1 - the first number to 1 + the second.
    private static JsonObject Write(RandomContrast layer) => layer.Factor is { Lower: <= 0, Upper: >= 0 }
        ? Seeded(layer, new JsonObject { ["factor"] = new JsonArray(-layer.Factor.Lower, layer.Factor.Upper), ["value_range"] = Values(layer.ValueRange) })
        : throw new NotSupportedException($"Keras' contrast factors lie on both sides of 1, got 1 + {layer.Factor.Lower} to 1 + {layer.Factor.Upper}");

    private static RandomContrast ReadContrast(ConfigObject config, string name)
    {
        FactorRange range = config.IsList("factor") ? Range(config, "factor") : new FactorRange(config.Number("factor"), config.Number("factor"));
        return new RandomContrast((-range.Lower, range.Upper), Values(config), config.Seed("seed"), name);
    }

    private static JsonObject Sized(Size2D size) => new() { ["height"] = size.Height, ["width"] = size.Width, ["data_format"] = "channels_last" };

    private static JsonObject Seeded(RandomLayer layer, JsonObject config)
    {
        config["seed"] = layer.Seed;
        return config;
    }

    private static JsonObject Transformed(RandomTransform layer, JsonObject config)
    {
        config["fill_mode"] = NameOf(s_fillModes, layer.FillMode);
        config["interpolation"] = NameOf(s_interpolations, layer.Interpolation);
        config["fill_value"] = layer.FillValue;
        config["data_format"] = "channels_last";
        return Seeded(layer, config);
    }

    private static JsonArray Range(FactorRange range) => new(range.Lower, range.Upper);

    private static FactorRange Range(ConfigObject config, string key)
    {
        if (!config.IsList(key))
            return config.Number(key);
        return config.Numbers(key) is [var lower, var upper] ? (lower, upper) : throw config.Error($"'{key}': expected a number or two");
    }

    private static JsonArray Values((float Lowest, float Highest) range) => new(range.Lowest, range.Highest);

    private static (float Lowest, float Highest) Values(ConfigObject config)
    {
        if (!config.Has("value_range"))
            return (0, 255);
        return config.Numbers("value_range") is [var lowest, var highest] ? (lowest, highest) : throw config.Error("'value_range': expected two numbers");
    }

    private static FillMode Fill(ConfigObject config) => Named(s_fillModes, config, "fill_mode", "reflect");

    private static SampleInterpolation Interpolation(ConfigObject config) => Named(s_interpolations, config, "interpolation", "bilinear");

    private static string NameOf<T>((string Name, T Value)[] names, T value) => Array.Find(names, known => Equals(known.Value, value)).Name;

    private static T Named<T>((string Name, T Value)[] names, ConfigObject config, string key, string otherwise)
    {
        string name = config.Text(key, otherwise);
        int at = Array.FindIndex(names, known => known.Name == name);
        return at >= 0 ? names[at].Value : throw config.Error($"'{key}': expected {string.Join(", ", names.Select(known => known.Name))}, found {name}");
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Layers that normalise.</summary>
internal static class NormalizationFormats
{
    private static readonly string[] s_unknown =
        ["renorm", "virtual_batch_size", "rms_scaling", "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"];

    /// <summary>The formats.</summary>
    public static LayerFormat[] All { get; } =
    [
        LayerFormat.Of<BatchNormalization>("BatchNormalization", Write, ReadBatch) with { Check = LastAxis },
        LayerFormat.Of<LayerNormalization>("LayerNormalization", Write, ReadLayer),
        LayerFormat.OfKeras<GroupNormalization>("GroupNormalization", Write, ReadGroup) with { Check = LastAxis },
        LayerFormat.OfKeras<UnitNormalization>(
            "UnitNormalization",
            layer => new JsonObject { ["axis"] = LayerSettings.Numbers([.. layer.Axis]) },
            (config, name) => new UnitNormalization(Axes(config) ?? [-1], name)),
    ];

    private static JsonObject Write(BatchNormalization layer, ConfigDialect dialect)
    {
        JsonObject config = Common(layer.Epsilon, layer.Center, layer.Scale, dialect);
        config["axis"] = -1;
        config["momentum"] = layer.Momentum;
        config["moving_mean_initializer"] = InitializerConfig.Write(new Zeros(), dialect);
        config["moving_variance_initializer"] = InitializerConfig.Write(new Ones(), dialect);
        return config;
    }

    private static BatchNormalization ReadBatch(ConfigObject config, string name)
    {
        LayerSettings.Without(config, s_unknown);
        return new BatchNormalization(
            config.Number("momentum", 0.99f), config.Number("epsilon", 1e-3f), config.Flag("center", true), config.Flag("scale", true), name);
    }

    private static JsonObject Write(LayerNormalization layer, ConfigDialect dialect)
    {
        JsonObject config = Common(layer.Epsilon, layer.Center, layer.Scale, dialect);
        config["axis"] = layer.Axis.Count == 1 ? layer.Axis[0] : LayerSettings.Numbers([.. layer.Axis]);
        return config;
    }

    private static LayerNormalization ReadLayer(ConfigObject config, string name)
    {
        LayerSettings.Without(config, s_unknown);
        int[] axes = Axes(config) ?? [-1];
        return new LayerNormalization(axes, config.Number("epsilon", 1e-3f), config.Flag("center", true), config.Flag("scale", true), name);
    }

    private static JsonObject Write(GroupNormalization layer)
    {
        var config = new JsonObject
        {
            ["groups"] = layer.Groups,
            ["axis"] = -1,
            ["epsilon"] = layer.Epsilon,
            ["center"] = layer.Center,
            ["scale"] = layer.Scale,
        };
        WeightConfig.Write(config, "beta", layer.BetaInitializer, layer.BetaRegularizer, layer.BetaConstraint, ConfigDialect.Keras);
        WeightConfig.Write(config, "gamma", layer.GammaInitializer, layer.GammaRegularizer, layer.GammaConstraint, ConfigDialect.Keras);
        return config;
    }

    private static GroupNormalization ReadGroup(ConfigObject config, string name)
    {
        var beta = WeightConfig.Read(config, "beta");
        var gamma = WeightConfig.Read(config, "gamma");
        return new GroupNormalization(
            config.Whole("groups", 32),
            config.Number("epsilon", 1e-3f),
            config.Flag("center", true),
            config.Flag("scale", true),
            beta.Initializer,
            gamma.Initializer,
            beta.Regularizer,
            gamma.Regularizer,
            beta.Constraint,
            gamma.Constraint,
            name);
    }

    private static JsonObject Common(float epsilon, bool center, bool scale, ConfigDialect dialect) => new()
    {
        ["epsilon"] = epsilon,
        ["center"] = center,
        ["scale"] = scale,
        ["beta_initializer"] = InitializerConfig.Write(new Zeros(), dialect),
        ["gamma_initializer"] = InitializerConfig.Write(new Ones(), dialect),
        ["beta_regularizer"] = null,
        ["gamma_regularizer"] = null,
        ["beta_constraint"] = null,
        ["gamma_constraint"] = null,
    };

    private static void LastAxis(ConfigObject config, Layer layer)
    {
        int rank = layer.InputShape!.Rank;
        if (Axes(config) is { } axes && (axes is not [var axis] || (axis != -1 && axis != rank - 1)))
            throw config.Error($"'axis': expected the last axis, -1, found [{string.Join(", ", axes)}] for input {layer.InputShape}");
    }

    private static int[]? Axes(ConfigObject config)
    {
        if (!config.Has("axis"))
            return null;
        return config.Element.GetProperty("axis").ValueKind == JsonValueKind.Array ? config.Wholes("axis") : [config.Whole("axis")];
    }
}

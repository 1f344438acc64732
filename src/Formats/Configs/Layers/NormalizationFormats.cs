using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Layers that normalise.</summary>
internal static class NormalizationFormats
{
    private static readonly string[] s_unknown = ["renorm", "virtual_batch_size", "rms_scaling"];

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
        JsonObject config = WriteShared(layer, dialect);
        config["axis"] = -1;
        config["momentum"] = layer.Momentum;
        config["moving_mean_initializer"] = InitializerConfig.Write(layer.MovingMeanInitializer, dialect);
        config["moving_variance_initializer"] = InitializerConfig.Write(layer.MovingVarianceInitializer, dialect);
        return config;
    }

    private static BatchNormalization ReadBatch(ConfigObject config, string name)
    {
        SharedSettings shared = ReadShared(config);
        WeightSettings beta = shared.Beta, gamma = shared.Gamma;
        return new BatchNormalization(
            config.Number("momentum", 0.99f), shared.Epsilon, shared.Center, shared.Scale, beta.Initializer, gamma.Initializer,
            InitializerConfig.Read(config, "moving_mean_initializer"), InitializerConfig.Read(config, "moving_variance_initializer"),
            beta.Regularizer, gamma.Regularizer, beta.Constraint, gamma.Constraint, name);
    }

    private static JsonObject Write(LayerNormalization layer, ConfigDialect dialect)
    {
        JsonObject config = WriteShared(layer, dialect);
        config["axis"] = layer.Axis.Count == 1 ? layer.Axis[0] : LayerSettings.Numbers([.. layer.Axis]);
        if (dialect == ConfigDialect.TensorFlowJs)
        {
            if (layer.BetaConstraint is not null || layer.GammaConstraint is not null)
                throw new NotSupportedException("TensorFlow.js' LayerNormalization has no constraints");
            _ = config.Remove("beta_constraint") && config.Remove("gamma_constraint");
        }

        return config;
    }

    private static LayerNormalization ReadLayer(ConfigObject config, string name)
    {
        SharedSettings shared = ReadShared(config);
        WeightSettings beta = shared.Beta, gamma = shared.Gamma;
        return new LayerNormalization(
            Axes(config) ?? [-1], shared.Epsilon, shared.Center, shared.Scale, beta.Initializer, gamma.Initializer,
            beta.Regularizer, gamma.Regularizer, beta.Constraint, gamma.Constraint, name);
    }

    private static JsonObject Write(GroupNormalization layer)
    {
        JsonObject config = WriteShared(layer, ConfigDialect.Keras);
        config["groups"] = layer.Groups;
        config["axis"] = -1;
        return config;
    }

    private static GroupNormalization ReadGroup(ConfigObject config, string name)
    {
        SharedSettings shared = ReadShared(config);
        WeightSettings beta = shared.Beta, gamma = shared.Gamma;
        return new GroupNormalization(
            config.Whole("groups", 32), shared.Epsilon, shared.Center, shared.Scale, beta.Initializer, gamma.Initializer,
            beta.Regularizer, gamma.Regularizer, beta.Constraint, gamma.Constraint, name);
    }

    private static JsonObject WriteShared(Normalization layer, ConfigDialect dialect)
    {
        var config = new JsonObject { ["epsilon"] = layer.Epsilon, ["center"] = layer.Center, ["scale"] = layer.Scale };
        WeightConfig.Write(config, "beta", layer.BetaInitializer, layer.BetaRegularizer, layer.BetaConstraint, dialect);
        WeightConfig.Write(config, "gamma", layer.GammaInitializer, layer.GammaRegularizer, layer.GammaConstraint, dialect);
        return config;
    }

    private static SharedSettings ReadShared(ConfigObject config)
    {
        LayerSettings.Without(config, s_unknown);
        return new SharedSettings(
            config.Number("epsilon", 1e-3f), config.Flag("center", true), config.Flag("scale", true),
            WeightConfig.Read(config, "beta"), WeightConfig.Read(config, "gamma"));
    }

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

    private sealed record SharedSettings(float Epsilon, bool Center, bool Scale, WeightSettings Beta, WeightSettings Gamma);
}

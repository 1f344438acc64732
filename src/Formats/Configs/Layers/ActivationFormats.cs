using System.Text.Json.Nodes;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>Layers that apply a function to each element.</summary>
internal static class ActivationFormats
{
    /// <summary>The formats.</summary>
    public static LayerFormat[] All { get; } =
    [
        LayerFormat.Of<Activation>(
            "Activation",
            (layer, dialect) => new JsonObject { ["activation"] = ActivationConfig.Write(layer, dialect) },
            (config, name) => new Activation(ActivationConfig.Read(config, "activation")?.Function ?? "linear", name)),
        LayerFormat.Of<ReLU>("ReLU", Write, ReadReLU),
        LayerFormat.Of<LeakyReLU>(
            "LeakyReLU",
            (layer, dialect) => new JsonObject { [dialect == ConfigDialect.Keras ? "negative_slope" : "alpha"] = layer.NegativeSlope },
            (config, name) => new LeakyReLU(config.Has("alpha") ? config.Number("alpha") : config.Number("negative_slope", 0.3f), name)),
        LayerFormat.Of<PReLU>("PReLU", Write, ReadPReLU),
        LayerFormat.Of<ELU>("ELU", (layer, _) => new JsonObject { ["alpha"] = layer.Alpha }, (config, name) => new ELU(config.Number("alpha", 1), name)),
    ];

    /// <summary>Read only: here a softmax is one of the activations.</summary>
    public static LayerFormat Softmax { get; } = LayerFormat.Of<Activation>(
        "Softmax",
        (_, _) => throw new NotSupportedException("it is written as an Activation"),
        (config, name) => config.Whole("axis", -1) == -1 ? new Activation("softmax", name) : throw config.Error("'axis': only -1 is supported"));

    private static JsonObject Write(PReLU layer, ConfigDialect dialect)
    {
        var config = new JsonObject { ["shared_axes"] = layer.SharedAxes.Count > 0 ? LayerSettings.Numbers([.. layer.SharedAxes]) : null };
        WeightConfig.Write(config, "alpha", layer.AlphaInitializer, layer.AlphaRegularizer, layer.AlphaConstraint, dialect);
        return config;
    }

    private static PReLU ReadPReLU(ConfigObject config, string name)
    {
        WeightSettings alpha = WeightConfig.Read(config, "alpha");
        return new PReLU(alpha.Initializer, alpha.Regularizer, alpha.Constraint, config.Has("shared_axes") ? config.Wholes("shared_axes") : null, name);
    }

    private static JsonObject Write(ReLU layer, ConfigDialect dialect)
    {
        if (dialect == ConfigDialect.TensorFlowJs && layer.NegativeSlope != 0)
            throw new NotSupportedException("TensorFlow.js' ReLU has no slope below 0; use a LeakyReLU");
        var config = new JsonObject { ["max_value"] = layer.MaxValue };
        if (dialect != ConfigDialect.TensorFlowJs)
            (config["negative_slope"], config["threshold"]) = (layer.NegativeSlope, 0);
        return config;
    }

    private static ReLU ReadReLU(ConfigObject config, string name) => config.Number("threshold", 0) == 0
        ? new ReLU(config.Has("max_value") ? config.Number("max_value") : null, config.Number("negative_slope", 0), name)
        : throw config.Error("'threshold': only 0 is supported");
}

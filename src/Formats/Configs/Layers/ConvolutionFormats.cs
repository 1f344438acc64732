using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>Convolutions.</summary>
internal static class ConvolutionFormats
{
    /// <summary>The formats.</summary>
    public static LayerFormat[] All { get; } =
    [
        LayerFormat.Of<Conv2D>("Conv2D", Write, ReadConv2D),
        LayerFormat.Of<DepthwiseConv2D>("DepthwiseConv2D", Write, ReadDepthwise),
        LayerFormat.Of<SeparableConv2D>("SeparableConv2D", Write, ReadSeparable),
        LayerFormat.Of<Conv2DTranspose>("Conv2DTranspose", Write, ReadTranspose),
    ];

    private static JsonObject Write(Conv2D layer, ConfigDialect dialect)
    {
        JsonObject config = WriteShared(layer, dialect);
        config["filters"] = layer.Filters;
        if (dialect != ConfigDialect.TensorFlowJs)
            config["groups"] = layer.Groups;
        else if (layer.Groups != 1)
            throw new NotSupportedException($"TensorFlow.js has no convolution in groups, the layer has {layer.Groups}");
        WeightConfig.Write(config, "kernel", layer.KernelInitializer, layer.KernelRegularizer, layer.KernelConstraint, dialect);
        return config;
    }

    private static Conv2D ReadConv2D(ConfigObject config, string name)
    {
        SharedSettings shared = ReadShared(config);
        WeightSettings kernel = WeightConfig.Read(config, "kernel"), bias = shared.Bias;
        return new Conv2D(
            config.Whole("filters"), shared.KernelSize, shared.Strides, shared.Padding, shared.DilationRate, config.Whole("groups", 1),
            shared.Activation, shared.UseBias, kernel.Initializer, bias.Initializer, kernel.Regularizer, bias.Regularizer,
            shared.ActivityRegularizer, kernel.Constraint, bias.Constraint, name);
    }

    private static JsonObject Write(DepthwiseConv2D layer, ConfigDialect dialect)
    {
        JsonObject config = WriteShared(layer, dialect);
        config["depth_multiplier"] = layer.DepthMultiplier;
        WeightConfig.Write(config, "depthwise", layer.DepthwiseInitializer, layer.DepthwiseRegularizer, layer.DepthwiseConstraint, dialect);
        return config;
    }

    private static DepthwiseConv2D ReadDepthwise(ConfigObject config, string name)
    {
        SharedSettings shared = ReadShared(config);
        WeightSettings kernel = WeightConfig.Read(config, "depthwise"), bias = shared.Bias;
        return new DepthwiseConv2D(
            shared.KernelSize, shared.Strides, shared.Padding, config.Whole("depth_multiplier", 1), shared.DilationRate,
            shared.Activation, shared.UseBias, kernel.Initializer, bias.Initializer, kernel.Regularizer, bias.Regularizer,
            shared.ActivityRegularizer, kernel.Constraint, bias.Constraint, name);
    }

    private static JsonObject Write(SeparableConv2D layer, ConfigDialect dialect)
    {
        JsonObject config = WriteShared(layer, dialect);
        config["filters"] = layer.Filters;
        config["depth_multiplier"] = layer.DepthMultiplier;
        WeightConfig.Write(config, "depthwise", layer.DepthwiseInitializer, layer.DepthwiseRegularizer, layer.DepthwiseConstraint, dialect);
        WeightConfig.Write(config, "pointwise", layer.PointwiseInitializer, layer.PointwiseRegularizer, layer.PointwiseConstraint, dialect);
        return config;
    }

    private static SeparableConv2D ReadSeparable(ConfigObject config, string name)
    {
        SharedSettings shared = ReadShared(config);
        WeightSettings depthwise = WeightConfig.Read(config, "depthwise"), pointwise = WeightConfig.Read(config, "pointwise"), bias = shared.Bias;
        return new SeparableConv2D(
            config.Whole("filters"), shared.KernelSize, shared.Strides, shared.Padding, shared.DilationRate, config.Whole("depth_multiplier", 1),
            shared.Activation, shared.UseBias, depthwise.Initializer, pointwise.Initializer, bias.Initializer,
            depthwise.Regularizer, pointwise.Regularizer, bias.Regularizer, shared.ActivityRegularizer,
            depthwise.Constraint, pointwise.Constraint, bias.Constraint, name);
    }

    private static JsonObject Write(Conv2DTranspose layer, ConfigDialect dialect)
    {
        JsonObject config = WriteShared(layer, dialect);
        config["filters"] = layer.Filters;
        if (dialect != ConfigDialect.TensorFlowJs)
            config["output_padding"] = null;
        WeightConfig.Write(config, "kernel", layer.KernelInitializer, layer.KernelRegularizer, layer.KernelConstraint, dialect);
        return config;
    }

    private static Conv2DTranspose ReadTranspose(ConfigObject config, string name)
    {
        LayerSettings.Without(config, "output_padding");
        SharedSettings shared = ReadShared(config);
        WeightSettings kernel = WeightConfig.Read(config, "kernel"), bias = shared.Bias;
        return new Conv2DTranspose(
            config.Whole("filters"), shared.KernelSize, shared.Strides, shared.Padding, shared.DilationRate,
            shared.Activation, shared.UseBias, kernel.Initializer, bias.Initializer, kernel.Regularizer, bias.Regularizer,
            shared.ActivityRegularizer, kernel.Constraint, bias.Constraint, name);
    }

    private static JsonObject WriteShared(Convolution layer, ConfigDialect dialect)
    {
        var config = new JsonObject
        {
            ["kernel_size"] = LayerSettings.Pair(layer.KernelSize),
            ["strides"] = LayerSettings.Pair(layer.Strides),
            ["padding"] = LayerSettings.Edges(layer.Padding),
            ["data_format"] = "channels_last",
            ["dilation_rate"] = LayerSettings.Pair(layer.DilationRate),
            ["activation"] = ActivationConfig.Write(layer.Activation, dialect),
            ["use_bias"] = layer.UseBias,
        };
        WeightConfig.Write(config, "bias", layer.BiasInitializer, layer.BiasRegularizer, layer.BiasConstraint, dialect);
        return config;
    }

    private static SharedSettings ReadShared(ConfigObject config)
    {
        LayerSettings.Without(config, "lora_rank", "quantization_config");
        return new SharedSettings(
            config.Size("kernel_size"),
            config.Size("strides", 1),
            LayerSettings.Edges(config),
            config.Size("dilation_rate", 1),
            ActivationConfig.Read(config, "activation"),
            config.Flag("use_bias", true),
            WeightConfig.Read(config, "bias"),
            RegularizerConfig.Read(config, "activity_regularizer"));
    }

    private sealed record SharedSettings(
        Size2D KernelSize, Size2D Strides, Padding Padding, Size2D DilationRate, Activation? Activation, bool UseBias, WeightSettings Bias,
        Regularizer? ActivityRegularizer);
}

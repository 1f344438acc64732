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
        JsonObject config = Window(layer.KernelSize, layer.Strides, layer.Padding, layer.DilationRate, layer.Activation, layer.UseBias, dialect);
        config["filters"] = layer.Filters;
        if (dialect != ConfigDialect.TensorFlowJs)
            config["groups"] = layer.Groups;
        else if (layer.Groups != 1)
            throw new NotSupportedException($"TensorFlow.js has no convolution in groups, the layer has {layer.Groups}");
        WeightConfig.Write(config, "kernel", layer.KernelInitializer, layer.KernelRegularizer, layer.KernelConstraint, dialect);
        WeightConfig.Write(config, "bias", layer.BiasInitializer, layer.BiasRegularizer, layer.BiasConstraint, dialect);
        return config;
    }

    private static Conv2D ReadConv2D(ConfigObject config, string name)
    {
        Check(config);
        var kernel = WeightConfig.Read(config, "kernel");
        var bias = WeightConfig.Read(config, "bias");
        return new Conv2D(
            config.Whole("filters"),
            config.Size("kernel_size"),
            config.Size("strides", 1),
            LayerSettings.Edges(config),
            config.Size("dilation_rate", 1),
            config.Whole("groups", 1),
            ActivationConfig.Read(config, "activation"),
            config.Flag("use_bias", true),
            kernel.Initializer,
            bias.Initializer,
            kernel.Regularizer,
            bias.Regularizer,
            RegularizerConfig.Read(config, "activity_regularizer"),
            kernel.Constraint,
            bias.Constraint,
            name);
    }

    private static JsonObject Write(DepthwiseConv2D layer, ConfigDialect dialect)
    {
        JsonObject config = Window(layer.KernelSize, layer.Strides, layer.Padding, layer.DilationRate, layer.Activation, layer.UseBias, dialect);
        config["depth_multiplier"] = layer.DepthMultiplier;
        WeightConfig.Write(config, "depthwise", layer.DepthwiseInitializer, layer.DepthwiseRegularizer, layer.DepthwiseConstraint, dialect);
        WeightConfig.Write(config, "bias", layer.BiasInitializer, layer.BiasRegularizer, layer.BiasConstraint, dialect);
        return config;
    }

    private static DepthwiseConv2D ReadDepthwise(ConfigObject config, string name)
    {
        Check(config);
        var kernel = WeightConfig.Read(config, "depthwise");
        var bias = WeightConfig.Read(config, "bias");
        return new DepthwiseConv2D(
            config.Size("kernel_size"),
            config.Size("strides", 1),
            LayerSettings.Edges(config),
            config.Whole("depth_multiplier", 1),
            config.Size("dilation_rate", 1),
            ActivationConfig.Read(config, "activation"),
            config.Flag("use_bias", true),
            kernel.Initializer,
            bias.Initializer,
            kernel.Regularizer,
            bias.Regularizer,
            RegularizerConfig.Read(config, "activity_regularizer"),
            kernel.Constraint,
            bias.Constraint,
            name);
    }

    private static JsonObject Write(SeparableConv2D layer, ConfigDialect dialect)
    {
        JsonObject config = Window(layer.KernelSize, layer.Strides, layer.Padding, layer.DilationRate, layer.Activation, layer.UseBias, dialect);
        config["filters"] = layer.Filters;
        config["depth_multiplier"] = layer.DepthMultiplier;
        WeightConfig.Write(config, "depthwise", layer.DepthwiseInitializer, layer.DepthwiseRegularizer, layer.DepthwiseConstraint, dialect);
        WeightConfig.Write(config, "pointwise", layer.PointwiseInitializer, layer.PointwiseRegularizer, layer.PointwiseConstraint, dialect);
        WeightConfig.Write(config, "bias", layer.BiasInitializer, layer.BiasRegularizer, layer.BiasConstraint, dialect);
        return config;
    }

    private static SeparableConv2D ReadSeparable(ConfigObject config, string name)
    {
        Check(config);
        var depthwise = WeightConfig.Read(config, "depthwise");
        var pointwise = WeightConfig.Read(config, "pointwise");
        var bias = WeightConfig.Read(config, "bias");
        return new SeparableConv2D(
            config.Whole("filters"),
            config.Size("kernel_size"),
            config.Size("strides", 1),
            LayerSettings.Edges(config),
            config.Size("dilation_rate", 1),
            config.Whole("depth_multiplier", 1),
            ActivationConfig.Read(config, "activation"),
            config.Flag("use_bias", true),
            depthwise.Initializer,
            pointwise.Initializer,
            bias.Initializer,
            depthwise.Regularizer,
            pointwise.Regularizer,
            bias.Regularizer,
            RegularizerConfig.Read(config, "activity_regularizer"),
            depthwise.Constraint,
            pointwise.Constraint,
            bias.Constraint,
            name);
    }

    private static JsonObject Write(Conv2DTranspose layer, ConfigDialect dialect)
    {
        JsonObject config = Window(layer.KernelSize, layer.Strides, layer.Padding, layer.DilationRate, layer.Activation, layer.UseBias, dialect);
        config["filters"] = layer.Filters;
        if (dialect != ConfigDialect.TensorFlowJs)
            config["output_padding"] = null;
        WeightConfig.Write(config, "kernel", layer.KernelInitializer, layer.KernelRegularizer, layer.KernelConstraint, dialect);
        WeightConfig.Write(config, "bias", layer.BiasInitializer, layer.BiasRegularizer, layer.BiasConstraint, dialect);
        return config;
    }

    private static Conv2DTranspose ReadTranspose(ConfigObject config, string name)
    {
        Check(config);
        LayerSettings.Without(config, "output_padding");
        var kernel = WeightConfig.Read(config, "kernel");
        var bias = WeightConfig.Read(config, "bias");
        return new Conv2DTranspose(
            config.Whole("filters"),
            config.Size("kernel_size"),
            config.Size("strides", 1),
            LayerSettings.Edges(config),
            config.Size("dilation_rate", 1),
            ActivationConfig.Read(config, "activation"),
            config.Flag("use_bias", true),
            kernel.Initializer,
            bias.Initializer,
            kernel.Regularizer,
            bias.Regularizer,
            RegularizerConfig.Read(config, "activity_regularizer"),
            kernel.Constraint,
            bias.Constraint,
            name);
    }

    private static JsonObject Window(
        Size2D kernelSize, Size2D strides, Padding padding, Size2D dilation, Activation? activation, bool useBias, ConfigDialect dialect) => new()
        {
            ["kernel_size"] = LayerSettings.Pair(kernelSize),
            ["strides"] = LayerSettings.Pair(strides),
            ["padding"] = LayerSettings.Edges(padding),
            ["data_format"] = "channels_last",
            ["dilation_rate"] = LayerSettings.Pair(dilation),
            ["activation"] = ActivationConfig.Write(activation, dialect),
            ["use_bias"] = useBias,
        };

    private static void Check(ConfigObject config) => LayerSettings.Without(config, "lora_rank", "quantization_config");
}

using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// The layers that files can hold. Source of names and settings: the <c>get_config</c> methods of Keras 3
/// (https://github.com/keras-team/keras) and of TensorFlow.js (https://github.com/tensorflow/tfjs).
/// </summary>
internal static class LayerFormats
{
    private static readonly LayerFormat[] s_all =
    [
        LayerFormat.Of<Dense>("Dense", WriteDense, ReadDense),
        LayerFormat.Of<Conv2D>("Conv2D", WriteConv2D, ReadConv2D),
        LayerFormat.Of<MaxPooling2D>("MaxPooling2D", WritePooling, (config, name) =>
            new MaxPooling2D(config.Size("pool_size", 2), Strides(config), Edges(config), name)),
        LayerFormat.Of<AveragePooling2D>("AveragePooling2D", WritePooling, (config, name) =>
            new AveragePooling2D(config.Size("pool_size", 2), Strides(config), Edges(config), name)),
        LayerFormat.Of<GlobalMaxPooling2D>("GlobalMaxPooling2D", WriteGlobalPooling, (config, name) =>
            new GlobalMaxPooling2D(config.Flag("keepdims", false), name)),
        LayerFormat.Of<GlobalAveragePooling2D>("GlobalAveragePooling2D", WriteGlobalPooling, (config, name) =>
            new GlobalAveragePooling2D(config.Flag("keepdims", false), name)),
        LayerFormat.Of<BatchNormalization>("BatchNormalization", WriteBatchNormalization, ReadBatchNormalization) with { Check = LastAxis },
        LayerFormat.Of<Dropout>("Dropout", WriteDropout, ReadDropout),
        LayerFormat.Of<Flatten>(
            "Flatten", (_, _) => new JsonObject { ["data_format"] = "channels_last" }, (_, name) => new Flatten(name)),
        LayerFormat.Of<Reshape>(
            "Reshape",
            (layer, _) => new JsonObject { ["target_shape"] = Numbers(layer.TargetShape.Dims) },
            (config, name) => new Reshape(config.Shape("target_shape"), name)),
        LayerFormat.Of<ZeroPadding2D>("ZeroPadding2D", WriteZeroPadding, ReadZeroPadding),
        LayerFormat.Of<Rescaling>(
            "Rescaling",
            (layer, _) => new JsonObject { ["scale"] = layer.Scale, ["offset"] = layer.Offset },
            (config, name) => new Rescaling(config.Number("scale"), config.Number("offset", 0), name)),
        LayerFormat.Of<Activation>(
            "Activation",
            (layer, dialect) => new JsonObject { ["activation"] = ActivationConfig.Write(layer, dialect) },
            ReadActivation),
    ];

    private static readonly FrozenDictionary<Type, LayerFormat> s_byType = s_all.ToFrozenDictionary(format => format.Type);

    private static readonly FrozenDictionary<string, LayerFormat> s_byName =
        s_all.ToFrozenDictionary(format => format.ClassName, StringComparer.Ordinal);

    /// <summary>The names of all of them, for messages.</summary>
    public static string Known => string.Join(", ", s_all.Select(format => format.ClassName).Order(StringComparer.Ordinal));

    /// <summary>The format of a layer's type, or null.</summary>
    public static LayerFormat? Of(Layer layer) => s_byType.GetValueOrDefault(layer.GetType());

    /// <summary>The format of a class of Keras, or null.</summary>
    public static LayerFormat? Named(string className) => s_byName.GetValueOrDefault(className);

    /// <summary>Numbers as a list, the unknown ones as null.</summary>
    public static JsonArray Numbers(ReadOnlySpan<int> values)
    {
        var list = new JsonArray();
        foreach (int value in values)
            list.Add(value == Shape.Unknown ? null : (JsonNode)value);
        return list;
    }

    private static JsonObject WriteDense(Dense layer, ConfigDialect dialect)
    {
        var config = new JsonObject { ["units"] = layer.Units, ["activation"] = ActivationConfig.Write(layer.Activation, dialect) };
        WriteKernel(config, layer.UseBias, layer.KernelInitializer, layer.BiasInitializer, dialect);
        return config;
    }

    private static Dense ReadDense(ConfigObject config, string name)
    {
        CheckKernel(config);
        return new Dense(
            config.Whole("units"),
            ActivationConfig.Read(config, "activation"),
            config.Flag("use_bias", true),
            InitializerConfig.Read(config, "kernel_initializer"),
            InitializerConfig.Read(config, "bias_initializer"),
            name);
    }

    private static JsonObject WriteConv2D(Conv2D layer, ConfigDialect dialect)
    {
        var config = new JsonObject
        {
            ["filters"] = layer.Filters,
            ["kernel_size"] = Pair(layer.KernelSize),
            ["strides"] = Pair(layer.Strides),
            ["padding"] = Edges(layer.Padding),
            ["data_format"] = "channels_last",
            ["dilation_rate"] = Pair(layer.DilationRate),
        };
        if (dialect != ConfigDialect.TensorFlowJs)
            config["groups"] = layer.Groups;
        else if (layer.Groups != 1)
            throw new NotSupportedException($"TensorFlow.js has no convolution in groups, the layer has {layer.Groups}");
        config["activation"] = ActivationConfig.Write(layer.Activation, dialect);
        WriteKernel(config, layer.UseBias, layer.KernelInitializer, layer.BiasInitializer, dialect);
        return config;
    }

    private static Conv2D ReadConv2D(ConfigObject config, string name)
    {
        CheckKernel(config);
        return new Conv2D(
            config.Whole("filters"),
            config.Size("kernel_size"),
            config.Size("strides", 1),
            Edges(config),
            config.Size("dilation_rate", 1),
            config.Whole("groups", 1),
            ActivationConfig.Read(config, "activation"),
            config.Flag("use_bias", true),
            InitializerConfig.Read(config, "kernel_initializer"),
            InitializerConfig.Read(config, "bias_initializer"),
            name);
    }

    private static JsonObject WritePooling(Pooling2D layer, ConfigDialect dialect) => new()
    {
        ["pool_size"] = Pair(layer.PoolSize),
        ["padding"] = Edges(layer.Padding),
        ["strides"] = Pair(layer.Strides),
        ["data_format"] = "channels_last",
    };

    private static JsonObject WriteGlobalPooling(GlobalPooling2D layer, ConfigDialect dialect)
    {
        var config = new JsonObject { ["data_format"] = "channels_last" };
        if (dialect != ConfigDialect.TensorFlowJs)
            config["keepdims"] = layer.KeepDims;
        else if (layer.KeepDims)
            throw new NotSupportedException("TensorFlow.js' global pooling does not keep extents of 1; put a Reshape behind it");
        return config;
    }

    private static JsonObject WriteBatchNormalization(BatchNormalization layer, ConfigDialect dialect) => new()
    {
        ["axis"] = -1,
        ["momentum"] = layer.Momentum,
        ["epsilon"] = layer.Epsilon,
        ["center"] = layer.Center,
        ["scale"] = layer.Scale,
        ["beta_initializer"] = InitializerConfig.Write(new Zeros(), dialect),
        ["gamma_initializer"] = InitializerConfig.Write(new Ones(), dialect),
        ["moving_mean_initializer"] = InitializerConfig.Write(new Zeros(), dialect),
        ["moving_variance_initializer"] = InitializerConfig.Write(new Ones(), dialect),
        ["beta_regularizer"] = null,
        ["gamma_regularizer"] = null,
        ["beta_constraint"] = null,
        ["gamma_constraint"] = null,
    };

    private static BatchNormalization ReadBatchNormalization(ConfigObject config, string name)
    {
        Without(config, "renorm", "virtual_batch_size", "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint");
        return new BatchNormalization(
            config.Number("momentum", 0.99f), config.Number("epsilon", 1e-3f), config.Flag("center", true), config.Flag("scale", true), name);
    }

    private static JsonObject WriteDropout(Dropout layer, ConfigDialect dialect) =>
        new() { ["rate"] = layer.Rate, ["seed"] = layer.Seed, ["noise_shape"] = null };

    private static Dropout ReadDropout(ConfigObject config, string name)
    {
        Without(config, "noise_shape");
        return new Dropout(config.Number("rate"), config.Seed("seed"), name);
    }

    private static JsonObject WriteZeroPadding(ZeroPadding2D layer, ConfigDialect dialect) => new()
    {
        ["padding"] = new JsonArray(Numbers([layer.Rows.Top, layer.Rows.Bottom]), Numbers([layer.Columns.Left, layer.Columns.Right])),
        ["data_format"] = "channels_last",
    };

    private static ZeroPadding2D ReadZeroPadding(ConfigObject config, string name)
    {
        if (!config.IsListOfLists("padding"))
            return new ZeroPadding2D(config.Size("padding", 1), name);
        return config.Lists("padding") is [[var top, var bottom], [var left, var right]]
            ? new ZeroPadding2D((top, bottom), (left, right), name)
            : throw config.Error("'padding': expected a number, two, or two pairs");
    }

    private static Activation ReadActivation(ConfigObject config, string name) =>
        new(ActivationConfig.Read(config, "activation")?.Function ?? "linear", name);

    private static void WriteKernel(JsonObject config, bool useBias, Initializer kernel, Initializer bias, ConfigDialect dialect)
    {
        config["use_bias"] = useBias;
        config["kernel_initializer"] = InitializerConfig.Write(kernel, dialect);
        config["bias_initializer"] = InitializerConfig.Write(bias, dialect);
        foreach (string name in (string[])["kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint"])
            config[name] = null;
    }

    private static void CheckKernel(ConfigObject config) => Without(
        config,
        "kernel_regularizer",
        "bias_regularizer",
        "activity_regularizer",
        "kernel_constraint",
        "bias_constraint",
        "quantization_config",
        "lora_rank");

    // What changes training or the result, and is not there; a model would not be the one that was saved.
    private static void Without(ConfigObject config, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (config.Has(name) && config.Element.GetProperty(name).ValueKind != JsonValueKind.False)
                throw config.Error($"'{name}' is not supported, found {config.Element.GetProperty(name).GetRawText()}");
        }
    }

    private static void LastAxis(ConfigObject config, Layer layer)
    {
        if (!config.Has("axis"))
            return;
        int[] axes = config.Element.GetProperty("axis").ValueKind == JsonValueKind.Array ? config.Wholes("axis") : [config.Whole("axis")];
        int rank = layer.InputShape!.Rank;
        if (axes is not [var axis] || (axis != -1 && axis != rank - 1))
            throw config.Error($"'axis': expected the last axis, -1, found [{string.Join(", ", axes)}] for input {layer.InputShape}");
    }

    private static Size2D? Strides(ConfigObject config) => config.Has("strides") ? config.Size("strides") : null;

    private static Padding Edges(ConfigObject config) => config.Text("padding", "valid") switch
    {
        "valid" => Padding.Valid,
        "same" => Padding.Same,
        var other => throw config.Error($"'padding': expected valid or same, found {other}"),
    };

    private static string Edges(Padding padding) => padding == Padding.Same ? "same" : "valid";

    private static JsonArray Pair(Size2D size) => Numbers([size.Height, size.Width]);
}

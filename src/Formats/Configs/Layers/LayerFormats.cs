using System.Collections.Frozen;
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
        LayerFormat.Of<Dense>("Dense", Write, ReadDense),
        LayerFormat.Of<Embedding>("Embedding", Write, ReadEmbedding),
        LayerFormat.Of<Flatten>("Flatten", (_, _) => new JsonObject { ["data_format"] = "channels_last" }, (_, name) => new Flatten(name)),
        LayerFormat.Of<Reshape>(
            "Reshape",
            (layer, dialect) => new JsonObject { ["target_shape"] = LayerSettings.Numbers(TargetShape(layer, dialect).Dims) },
            (config, name) => new Reshape(config.Shape("target_shape"), name)),
        LayerFormat.Of<ZeroPadding2D>(
            "ZeroPadding2D",
            (layer, _) => Edges("padding", layer),
            (config, name) => Edges(config, "padding", 1, (rows, columns) => new ZeroPadding2D(rows, columns, name))),
        LayerFormat.Of<Cropping2D>(
            "Cropping2D",
            (layer, _) => Edges("cropping", layer),
            (config, name) => Edges(config, "cropping", 0, (rows, columns) => new Cropping2D(rows, columns, name))),
        LayerFormat.Of<Rescaling>(
            "Rescaling",
            (layer, _) => new JsonObject { ["scale"] = layer.Scale, ["offset"] = layer.Offset },
            (config, name) => new Rescaling(config.Number("scale"), config.Number("offset", 0), name)),
        LayerFormat.Of<Permute>(
            "Permute", (layer, _) => new JsonObject { ["dims"] = LayerSettings.Numbers([.. layer.Dims]) }, (config, name) => new Permute(config.Wholes("dims"), name)),
        LayerFormat.OfKeras<ActivityRegularization>(
            "ActivityRegularization",
            layer => new JsonObject { ["l1"] = layer.L1, ["l2"] = layer.L2 },
            (config, name) => new ActivityRegularization(config.Number("l1", 0), config.Number("l2", 0), name)),
        .. RandomFormats.All,
        .. PreprocessingFormats.All,
        .. ActivationFormats.All,
        .. ConvolutionFormats.All,
        .. PoolingFormats.All,
        .. NormalizationFormats.All,
        .. MergeFormats.All,
    ];

    private static readonly FrozenDictionary<Type, LayerFormat> s_byType = s_all.ToFrozenDictionary(format => format.Type);

    private static readonly FrozenDictionary<string, LayerFormat> s_byName =
        s_all.Append(ActivationFormats.Softmax).ToFrozenDictionary(format => format.ClassName, StringComparer.Ordinal);

    /// <summary>The names of all of them, for messages.</summary>
    public static string Known => string.Join(", ", s_all.Select(format => format.ClassName).Order(StringComparer.Ordinal));

    /// <summary>The format of a layer's type, or null.</summary>
    public static LayerFormat? Of(Layer layer) => s_byType.GetValueOrDefault(layer.GetType());

    /// <summary>The format of a class of Keras, or null.</summary>
    public static LayerFormat? Named(string className) => s_byName.GetValueOrDefault(className);

    // TensorFlow.js does not work an extent out where the batch is free.
    private static Shape TargetShape(Reshape layer, ConfigDialect dialect) => dialect == ConfigDialect.TensorFlowJs && layer.OutputShape is { } output
        ? output.Without(0)
        : layer.TargetShape;

    private static JsonObject Write(Dense layer, ConfigDialect dialect)
    {
        var config = new JsonObject
        {
            ["units"] = layer.Units,
            ["activation"] = ActivationConfig.Write(layer.Activation, dialect),
            ["use_bias"] = layer.UseBias,
        };
        WeightConfig.Write(config, "kernel", layer.KernelInitializer, layer.KernelRegularizer, layer.KernelConstraint, dialect);
        WeightConfig.Write(config, "bias", layer.BiasInitializer, layer.BiasRegularizer, layer.BiasConstraint, dialect);
        return config;
    }

    private static Dense ReadDense(ConfigObject config, string name)
    {
        LayerSettings.Without(config, "lora_rank", "quantization_config");
        WeightSettings kernel = WeightConfig.Read(config, "kernel"), bias = WeightConfig.Read(config, "bias");
        return new Dense(
            config.Whole("units"),
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

    private static JsonObject Write(Embedding layer, ConfigDialect dialect)
    {
        var config = new JsonObject { ["input_dim"] = layer.InputDim, ["output_dim"] = layer.OutputDim, ["mask_zero"] = false };
        WeightConfig.Write(config, "embeddings", layer.EmbeddingsInitializer, layer.EmbeddingsRegularizer, layer.EmbeddingsConstraint, dialect);
        return config;
    }

    private static Embedding ReadEmbedding(ConfigObject config, string name)
    {
        LayerSettings.Without(config, "mask_zero", "lora_rank", "quantization_config");
        WeightSettings embeddings = WeightConfig.Read(config, "embeddings");
        return new Embedding(
            config.Whole("input_dim"), config.Whole("output_dim"), embeddings.Initializer, embeddings.Regularizer, embeddings.Constraint, name)
        {
            ActivityRegularizer = RegularizerConfig.Read(config, "activity_regularizer"),
        };
    }

    private static JsonObject Edges(string name, Edges2D layer) => new()
    {
        [name] = new JsonArray(
            LayerSettings.Numbers([layer.Rows.Top, layer.Rows.Bottom]), LayerSettings.Numbers([layer.Columns.Left, layer.Columns.Right])),
        ["data_format"] = "channels_last",
    };

    private static T Edges<T>(ConfigObject config, string name, int otherwise, Func<(int Top, int Bottom), (int Left, int Right), T> create)
    {
        if (!config.IsListOfLists(name))
        {
            Size2D both = config.Size(name, otherwise);
            return create((both.Height, both.Height), (both.Width, both.Width));
        }

        return config.Lists(name) is [[var top, var bottom], [var left, var right]]
            ? create((top, bottom), (left, right))
            : throw config.Error($"'{name}': expected a number, two, or two pairs");
    }
}

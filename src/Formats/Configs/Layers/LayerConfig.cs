using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>A layer with its envelope and the settings that all layers have.</summary>
/// <param name="dialect">The way of writing; reading understands them all.</param>
/// <param name="custom">Layers of the user's own.</param>
internal sealed class LayerConfig(ConfigDialect dialect, CustomObjects? custom)
{
    private const string InputLayer = "InputLayer";

    /// <summary>The format of a layer's type.</summary>
    /// <exception cref="NotSupportedException">Files cannot hold such a layer.</exception>
    public LayerFormat FormatOf(Layer layer) => LayerFormats.Of(layer) ?? custom?.Of(layer) ?? throw new NotSupportedException(
        $"{layer}: files cannot hold such a layer unless {nameof(CustomObjects)} names it; known are {LayerFormats.Known}");

    /// <summary>The class of a layer in Keras, without the package of one that is registered.</summary>
    public string ClassName(Layer layer)
    {
        string name = layer switch
        {
            Sequential => nameof(Sequential),
            Model => ModelConfig.Functional,
            Input => InputLayer,
            _ => FormatOf(layer).ClassName,
        };
        return name[(name.IndexOf('>', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>The object for a layer.</summary>
    /// <exception cref="NotSupportedException">Files cannot hold it; the message names it.</exception>
    public JsonObject Write(Layer layer)
    {
        LayerFormat format = FormatOf(layer);
        var config = new JsonObject { ["name"] = layer.Name, ["trainable"] = layer.Trainable, ["dtype"] = DType(dialect) };
        try
        {
            foreach ((string name, JsonNode? value) in format.Write(layer, dialect).ToArray())
                config[name] = value?.DeepClone();
        }
        catch (NotSupportedException error)
        {
            throw new NotSupportedException($"{layer}: {error.Message}", error);
        }

        if (layer.ActivityRegularizer is { } activity)
            config["activity_regularizer"] = RegularizerConfig.Write(activity, dialect);
        bool registered = LayerFormats.Of(layer) is null;
        JsonObject item = KerasObject.Write(
            registered ? null : "keras.layers", ClassName(layer), config, dialect, registered ? format.ClassName : null);
        if (dialect == ConfigDialect.Keras && layer.InputShape is { } shape)
            item["build_config"] = new JsonObject { ["input_shape"] = LayerSettings.Numbers(shape.Dims) };
        return item;
    }

    /// <summary>The object for the input of a model.</summary>
    /// <param name="shape">The input, with the batch.</param>
    /// <param name="name">The input's name.</param>
    public JsonObject WriteInput(Shape shape, string name = "input_layer")
    {
        var config = new JsonObject
        {
            [dialect == ConfigDialect.Keras ? "batch_shape" : "batch_input_shape"] = LayerSettings.Numbers(shape.Dims),
            ["dtype"] = "float32",
            ["sparse"] = false,
            ["ragged"] = false,
            ["name"] = name,
        };
        if (dialect == ConfigDialect.TensorFlowJs)
            _ = config.Remove("ragged");
        return KerasObject.Write("keras.layers", InputLayer, config, dialect);
    }

    /// <summary>The layer that an object describes.</summary>
    /// <param name="item">The object.</param>
    /// <returns>The layer, its settings and its format; an <see cref="Input"/> has no format.</returns>
    /// <exception cref="InvalidDataException">The layer is not known, or its settings are damaged; the message names it.</exception>
    public (Layer Layer, ConfigObject Config, LayerFormat? Format) Read(ConfigObject item)
    {
        string className = KerasObject.ClassName(item);
        ConfigObject config = item.Object("config");
        string name = config.Text("name", LayerName(className));
        config = config.At($"{item.Place}: layer '{name}' ({className})");
        CheckType(config);
        if (className == InputLayer)
            return (InputOf(config, InputShape(config) ?? throw config.Error("there is no 'batch_shape'; expected a list of whole numbers"), name), config, null);

        // A registered name first, so that a layer of one's own may be called Dense.
        LayerFormat format = custom?.Layer(className) ?? LayerFormats.Named(className) ??
            throw config.Error($"there is no layer '{className}' here; known are {LayerFormats.Known}, and what {nameof(CustomObjects)} name");
        if (config.Text("data_format", "channels_last") is var order && order is not ("channels_last" or "channelsLast"))
            throw config.Error($"'data_format': expected channels_last, found {order}");
        if (config.Has("activation") && config.Element.GetProperty("activation").ValueKind == JsonValueKind.String &&
            config.Text("activation") is var activation && ActivationConfig.IsOther(activation, dialect))
        {
            throw config.Error($"'activation': {activation} is another function in such files than here; save the model in Keras 3 as .keras");
        }

        Layer layer;
        try
        {
            layer = format.Read(config, name);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw config.Error(error.Message, error);
        }

        layer.Trainable = config.Flag("trainable", true);
        return (layer, config, format);
    }

    /// <summary>The shape of a batch that a layer's settings give, or null.</summary>
    public static Shape? InputShape(ConfigObject config)
    {
        foreach (string name in (string[])["batch_shape", "batch_input_shape", "batchInputShape"])
        {
            if (config.Has(name))
                return config.Shape(name);
        }

        return config.Has("input_shape") ? config.Shape("input_shape").Prepend(Shape.Unknown) : null;
    }

    /// <summary>An input of a shape with the batch.</summary>
    public static Input InputOf(ConfigObject config, Shape shape, string? name)
    {
        if (shape.Rank == 0)
            throw config.Error("an input has a batch axis, found a scalar");
        try
        {
            return new Input(shape.Without(0), name);
        }
        catch (ArgumentException error)
        {
            throw config.Error(error.Message, error);
        }
    }

    /// <summary>The type of numbers as a layer's settings give it.</summary>
    public static JsonNode DType(ConfigDialect dialect) => dialect != ConfigDialect.Keras ? "float32" : new JsonObject
    {
        ["module"] = "keras",
        ["class_name"] = "DTypePolicy",
        ["config"] = new JsonObject { ["name"] = "float32" },
        ["registered_name"] = null,
    };

    private static string LayerName(string className) => className.ToLowerInvariant().Replace('>', '_').Replace('/', '_');

    // Mixed policies keep their weights in float32 and compute in less: here everything is float32.
    private static void CheckType(ConfigObject config)
    {
        if (!config.Has("dtype"))
            return;
        string type = config.Element.GetProperty("dtype").ValueKind == JsonValueKind.Object
            ? config.Object("dtype").Optional("config")?.Text("name", "float32") ?? "float32"
            : config.Text("dtype");
        if (type is not ("float32" or "mixed_float16" or "mixed_bfloat16"))
            throw config.Error($"'dtype': expected float32, found {type}");
    }
}

using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>A model with its layers.</summary>
/// <param name="dialect">The way of writing; reading understands them all.</param>
/// <param name="custom">Layers of the user's own.</param>
internal sealed class ModelConfig(ConfigDialect dialect, CustomObjects? custom)
{
    private readonly LayerConfig _layers = new(dialect, custom);

    /// <summary>The object for a model.</summary>
    /// <exception cref="NotSupportedException">Files cannot hold the model or one of its layers; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The model is not built yet.</exception>
    public JsonObject Write(Model model)
    {
        if (model is not Sequential)
            throw new NotSupportedException($"{model}: files hold models of type {nameof(Sequential)}");
        if (model.InputShape is not { } shape)
            throw new InvalidOperationException($"{model} is not built yet: build it, call it on a batch, or begin it with an Input");
        var layers = new JsonArray(_layers.WriteInput(shape));
        foreach (Layer layer in model.Layers)
            layers.Add((JsonNode)(layer is Model inner ? Write(inner) : _layers.Write(layer)));
        var config = new JsonObject { ["name"] = model.Name, ["layers"] = layers };
        if (dialect == ConfigDialect.Keras)
        {
            config.Insert(1, "trainable", model.Trainable);
            config.Insert(2, "dtype", LayerConfig.DType(dialect));
            config["build_input_shape"] = LayerFormats.Numbers(shape.Dims);
        }

        JsonObject item = KerasObject.Write("keras", nameof(Sequential), config, dialect);
        if (dialect == ConfigDialect.Keras)
            item["build_config"] = new JsonObject { ["input_shape"] = LayerFormats.Numbers(shape.Dims) };
        return item;
    }

    /// <summary>The model that an object describes, built, with zeros as weights.</summary>
    /// <param name="item">The object.</param>
    /// <param name="weights">How many numbers there are for its weights.</param>
    /// <exception cref="InvalidDataException">
    /// Something in it is not known or damaged, the model cannot be built, or needs more weights than there are.
    /// </exception>
    public Model Read(ConfigObject item, long weights)
    {
        using var placeholders = new WeightPlaceholders(weights);
        return Read(item);
    }

    private Sequential Read(ConfigObject item)
    {
        string className = KerasObject.ClassName(item);
        if (className != nameof(Sequential))
            throw item.Error($"there is no model '{className}' here; known is {nameof(Sequential)}");

        // The oldest files have the list of layers in place of the settings.
        bool bare = item.IsList("config");
        ConfigObject config = bare ? item : item.Object("config");
        var model = new Sequential(bare ? null : config.Text("name", "sequential"));
        try
        {
            var read = new List<(Layer Layer, ConfigObject Config, LayerFormat? Format)>();
            foreach (ConfigObject layer in config.Objects(bare ? "config" : "layers"))
                Add(model, layer, read);
            if (!model.Built && !bare && config.Has("build_input_shape"))
                Build(model, config, config.Shape("build_input_shape"));
            if (!model.Built)
                throw config.Error("the shape of the input is missing");
            foreach ((Layer layer, ConfigObject settings, LayerFormat? format) in read)
                format?.Check?.Invoke(settings, layer);
            if (!bare && !config.Flag("trainable", true))
                model.Trainable = false;
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private void Add(Sequential model, ConfigObject item, List<(Layer Layer, ConfigObject Config, LayerFormat? Format)> read)
    {
        if (KerasObject.ClassName(item) is nameof(Sequential) or "Functional" or "Model")
        {
            Append(model, Read(item), item);
            return;
        }

        (Layer Layer, ConfigObject Config, LayerFormat? Format) entry = _layers.Read(item);

        // Keras 2 gives the first layer the input's shape.
        if (entry.Layer is not Input && model.Layers.Count == 0 && !model.Built && LayerConfig.InputShape(entry.Config) is { } shape)
            Append(model, LayerConfig.Input(entry.Config, shape, null), entry.Config);
        Append(model, entry.Layer, entry.Config);
        read.Add(entry);
    }

    private static void Append(Sequential model, Layer layer, ConfigObject config)
    {
        try
        {
            model.Add(layer);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or OverflowException)
        {
            layer.Dispose();
            throw config.Error(error.Message, error);
        }
        catch (InvalidDataException error)
        {
            layer.Dispose();
            throw config.Error(error.Message, error);
        }
    }

    private static void Build(Sequential model, ConfigObject config, Shape shape)
    {
        try
        {
            model.Build(shape);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or OverflowException)
        {
            throw config.Error(error.Message, error);
        }
    }
}

using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>Models whose layers follow one another.</summary>
/// <param name="dialect">The way of writing; reading understands them all.</param>
/// <param name="layers">The layers' writer and reader.</param>
/// <param name="models">The writer and reader of models inside.</param>
internal sealed class SequentialConfig(ConfigDialect dialect, LayerConfig layers, ModelConfig models)
{
    /// <summary>The object for a built model.</summary>
    public JsonObject Write(Sequential model)
    {
        Shape shape = model.InputShape!;
        var list = new JsonArray(layers.WriteInput(shape));
        foreach (Layer layer in model.Layers)
            list.Add((JsonNode)(layer is Model inner ? models.Write(inner) : layers.Write(layer)));
        var config = new JsonObject { ["name"] = model.Name, ["layers"] = list };
        if (dialect == ConfigDialect.Keras)
        {
            config.Insert(1, "trainable", model.Trainable);
            config.Insert(2, "dtype", LayerConfig.DType(dialect));
            config["build_input_shape"] = LayerSettings.Numbers(shape.Dims);
        }

        JsonObject item = KerasObject.Write("keras", nameof(Sequential), config, dialect);
        if (dialect == ConfigDialect.Keras)
            item["build_config"] = new JsonObject { ["input_shape"] = LayerSettings.Numbers(shape.Dims) };
        return item;
    }

    /// <summary>The model that an object describes, built.</summary>
    public Sequential Read(ConfigObject item)
    {
        // The oldest files have the list of layers in place of the settings.
        bool bare = item.IsList("config");
        ConfigObject config = bare ? item : item.Object("config");
        Sequential model = ModelConfig.Guard(config, () => new Sequential(bare ? null : config.Text("name", "sequential")));
        try
        {
            var checks = new List<Action>();
            foreach (ConfigObject layer in config.Objects(bare ? "config" : "layers"))
                Add(model, layer, checks);
            if (!model.Built && !bare && config.Has("build_input_shape"))
            {
                Shape shape = config.Shape("build_input_shape");
                _ = ModelConfig.Guard(config, () =>
                {
                    model.Build(shape);
                    return true;
                });
            }

            if (!model.Built)
                throw config.Error("the shape of the input is missing");
            checks.ForEach(check => check());
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

    private void Add(Sequential model, ConfigObject item, List<Action> checks)
    {
        if (ModelConfig.IsModel(item))
        {
            Append(model, models.Read(item), item);
            return;
        }

        (Layer layer, ConfigObject config, LayerFormat? format) = layers.Read(item);

        // Keras 2 gives the first layer the input's shape.
        if (layer is not Input && model.Layers.Count == 0 && !model.Built && LayerConfig.InputShape(config) is { } shape)
            Append(model, LayerConfig.InputOf(config, shape, null), config);
        Append(model, layer, config);
        if (format?.Check is { } check)
            checks.Add(() => check(config, layer));
    }

    private static void Append(Sequential model, Layer layer, ConfigObject config)
    {
        try
        {
            _ = ModelConfig.Guard(config, () =>
            {
                model.Add(layer);
                return true;
            });
        }
        catch
        {
            layer.Dispose();
            throw;
        }
    }
}

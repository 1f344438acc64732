using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// Models made of inputs and outputs. Each layer lists its calls, each call the outputs of other calls that it takes: name of
/// the layer, number of the call, number of the output. Source: keras/src/models/functional.py.
/// </summary>
/// <param name="dialect">The way of writing; reading understands them all.</param>
/// <param name="layers">The layers' writer and reader.</param>
/// <param name="models">The writer and reader of models inside.</param>
internal sealed class FunctionalConfig(ConfigDialect dialect, LayerConfig layers, ModelConfig models)
{
    /// <summary>The object for a model.</summary>
    public JsonObject Write(Model model, IReadOnlyList<LayerNode> nodes)
    {
        var calls = new Dictionary<LayerNode, int>();
        var list = new JsonArray();
        foreach (IGrouping<Layer, LayerNode> group in nodes.GroupBy(node => node.Layer))
        {
            int number = FirstCall(group.Key, dialect);
            foreach (LayerNode node in group)
                calls.Add(node, number++);
        }

        foreach (IGrouping<Layer, LayerNode> group in nodes.GroupBy(node => node.Layer))
        {
            Layer layer = group.Key;
            if (group.First().Inputs.Count > 0 && model.Inputs.Any(input => input.Layer == layer))
                throw new NotSupportedException($"{model}: it begins at the output of '{layer.Name}'; files hold models that begin with an Input");
            JsonObject item = layer switch
            {
                Input input => layers.WriteInput(input.Tensor.Shape, input.Name),
                Model inner => models.Write(inner),
                _ => layers.Write(layer),
            };
            item["name"] = layer.Name;
            item["inbound_nodes"] = new JsonArray([.. group.Where(node => node.Inputs.Count > 0).Select(node => (JsonNode)Call(node, calls))]);
            list.Add((JsonNode)item);
        }

        var config = new JsonObject { ["name"] = model.Name, ["trainable"] = model.Trainable, ["layers"] = list };
        config["input_layers"] = Places(model.Inputs, calls);
        config["output_layers"] = Places(model.Outputs, calls);
        if (dialect == ConfigDialect.TensorFlowJs)
            _ = config.Remove("trainable");
        return KerasObject.Write("keras", ModelConfig.Functional, config, dialect);
    }

    /// <summary>The model that an object describes.</summary>
    public Model Read(ConfigObject item)
    {
        ConfigObject config = item.Object("config");
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        try
        {
            var waiting = new List<(Entry Entry, Queue<Source[]> Calls)>();
            foreach (ConfigObject layer in config.Objects("layers"))
            {
                Entry entry = ReadLayer(layer);
                if (!entries.TryAdd(entry.Name, entry))
                {
                    entry.Layer.Dispose();
                    throw config.Error($"two layers are named '{entry.Name}'");
                }

                waiting.Add((entry, new Queue<Source[]>(Calls(layer, entry))));
            }

            Connect(config, entries, waiting);
            KerasTensor[] inputs = [.. Ends(config, "input_layers").Select(source => Find(config, entries, source))];
            KerasTensor[] outputs = [.. Ends(config, "output_layers").Select(source => Find(config, entries, source))];
            Model model = ModelConfig.Guard(config, () => new Model(inputs, outputs, config.Text("name", "functional")));
            foreach (Entry entry in entries.Values.Where(entry => entry.Layer.Built))
                entry.Format?.Check?.Invoke(entry.Config, entry.Layer);
            if (!config.Flag("trainable", true))
                model.Trainable = false;
            return model;
        }
        catch
        {
            foreach (Entry entry in entries.Values)
                entry.Layer.Dispose();
            throw;
        }
    }

    // A model counts the call that it is made of as its first.
    private static int FirstCall(Layer layer, ConfigDialect dialect) =>
        layer is Model && (dialect != ConfigDialect.Keras || layer is not Sequential) ? 1 : 0;

    private Entry ReadLayer(ConfigObject item)
    {
        ConfigDialect written = item.Has("module") ? ConfigDialect.Keras : ConfigDialect.Legacy;
        if (ModelConfig.IsModel(item))
        {
            Model model = models.Read(item);
            return new Entry(item.Text("name", model.Name), model, item, null, FirstCall(model, written));
        }

        (Layer layer, ConfigObject config, LayerFormat? format) = layers.Read(item);
        return new Entry(item.Text("name", layer.Name), layer, config, format, 0);
    }

    // Calls are made in whatever order their inputs allow.
    private static void Connect(ConfigObject config, Dictionary<string, Entry> entries, List<(Entry Entry, Queue<Source[]> Calls)> waiting)
    {
        for (bool progress = true; progress;)
        {
            progress = false;
            foreach ((Entry entry, Queue<Source[]> calls) in waiting)
            {
                while (calls.TryPeek(out Source[]? sources))
                {
                    KerasTensor?[] inputs = [.. sources.Select(source => Resolve(config, entries, source))];
                    if (inputs.Contains(null))
                        break;
                    entry.Calls.Add(ModelConfig.Guard(entry.Config, () => entry.Layer.CallAll([.. inputs.Select(input => input!)])));
                    _ = calls.Dequeue();
                    progress = true;
                }
            }

            _ = waiting.RemoveAll(item => item.Calls.Count == 0);
        }

        if (waiting.Count > 0)
            throw config.Error($"layer '{waiting[0].Entry.Name}' waits for an output that no layer gives; do the layers go in a circle?");
    }

    private static KerasTensor Find(ConfigObject config, Dictionary<string, Entry> entries, Source source) =>
        Resolve(config, entries, source) ?? throw config.Error($"layer '{source.Layer}' has no call {source.Call}");

    private static KerasTensor? Resolve(ConfigObject config, Dictionary<string, Entry> entries, Source source)
    {
        if (!entries.TryGetValue(source.Layer, out Entry? entry))
            throw config.Error($"there is no layer '{source.Layer}'");
        if (entry.Layer is Input input)
            return input.Tensor;
        int call = source.Call - entry.FirstCall;
        if (call < 0 || call >= entry.Calls.Count)
            return null;
        return source.Output >= 0 && source.Output < entry.Calls[call].Length
            ? entry.Calls[call][source.Output]
            : throw config.Error($"layer '{source.Layer}' has no output {source.Output}");
    }

    private static IEnumerable<Source[]> Calls(ConfigObject item, Entry entry)
    {
        if (!item.IsList("inbound_nodes"))
            yield break;
        foreach (JsonElement call in item.Element.GetProperty("inbound_nodes").EnumerateArray())
        {
            var sources = new List<Source>();
            if (call.ValueKind == JsonValueKind.Object)
                Tensors(new ConfigObject(call, entry.Config.Place).Element.TryGetProperty("args", out JsonElement args) ? args : default, entry.Config, sources);
            else if (call.ValueKind == JsonValueKind.Array)
                sources.AddRange(call.EnumerateArray().Select(source => Place(source, entry.Config)));
            if (sources.Count == 0)
                throw entry.Config.Error("a call without inputs");
            yield return [.. sources];
        }
    }

    // Keras 3: tensors, or lists of them, as the arguments of a function.
    private static void Tensors(JsonElement value, ConfigObject place, List<Source> sources)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
                Tensors(item, place, sources);
        }
        else if (value.ValueKind == JsonValueKind.Object && new ConfigObject(value, place.Place) is var tensor && tensor.Text("class_name", "") == "__keras_tensor__")
        {
            sources.Add(Place(tensor.Object("config").Element.TryGetProperty("keras_history", out JsonElement history) ? history : default, place));
        }
        else if (value.ValueKind != JsonValueKind.Null)
        {
            throw place.Error($"a call with the argument {value} is not supported");
        }
    }

    // One place, or a list of them.
    private static IEnumerable<Source> Ends(ConfigObject config, string name)
    {
        if (!config.IsList(name))
            throw config.Error($"there is no '{name}'; expected a list");
        JsonElement ends = config.Element.GetProperty(name);
        bool one = ends.GetArrayLength() > 0 && ends[0].ValueKind == JsonValueKind.String;
        return one ? [Place(ends, config)] : ends.EnumerateArray().Select(end => Place(end, config));
    }

    private static Source Place(JsonElement value, ConfigObject config)
    {
        bool fits = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() >= 3 && value[0].ValueKind == JsonValueKind.String &&
            value[1].ValueKind == JsonValueKind.Number && value[2].ValueKind == JsonValueKind.Number;
        return fits && value[1].TryGetInt32(out int call) && value[2].TryGetInt32(out int output)
            ? new Source(value[0].GetString()!, call, output)
            : throw config.Error("expected the name of a layer and two numbers");
    }

    private JsonNode Call(LayerNode node, Dictionary<LayerNode, int> calls)
    {
        if (dialect != ConfigDialect.Keras)
        {
            return new JsonArray([.. node.Inputs.Select(input =>
                (JsonNode)new JsonArray(input.Layer.Name, calls[input.Node], input.Index, new JsonObject()))]);
        }

        JsonNode[] tensors = [.. node.Inputs.Select(input => (JsonNode)new JsonObject
        {
            ["class_name"] = "__keras_tensor__",
            ["config"] = new JsonObject
            {
                ["shape"] = LayerSettings.Numbers(input.Shape.Dims),
                ["dtype"] = "float32",
                ["keras_history"] = new JsonArray(input.Layer.Name, calls[input.Node], input.Index),
            },
        })];
        JsonNode[] arguments = node.Layer is Merge ? [new JsonArray(tensors)] : tensors;
        return new JsonObject { ["args"] = new JsonArray(arguments), ["kwargs"] = new JsonObject() };
    }

    private static JsonArray Places(IReadOnlyList<KerasTensor> tensors, Dictionary<LayerNode, int> calls) =>
        [.. tensors.Select(tensor => (JsonNode)new JsonArray(tensor.Layer.Name, calls[tensor.Node], tensor.Index))];

    /// <summary>An output of a call of a layer.</summary>
    private readonly record struct Source(string Layer, int Call, int Output);

    /// <summary>A layer and the outputs of its calls so far.</summary>
    private sealed record Entry(string Name, Layer Layer, ConfigObject Config, LayerFormat? Format, int FirstCall)
    {
        public List<KerasTensor[]> Calls { get; } = [];
    }
}

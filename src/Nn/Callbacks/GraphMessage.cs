using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The layers of a model as TensorBoard draws graphs: a node for each call of a layer, its type as the operation, the shapes of its
/// outputs on the edges; models within the model are groups. Source: tensorflow/core/framework/graph.proto, node_def.proto,
/// attr_value.proto.
/// </summary>
internal sealed class GraphMessage
{
    private const int Producer = 22;

    private readonly ProtoMessage _graph = new();
    private readonly Dictionary<string, int> _calls = [];

    private GraphMessage()
    {
    }

    /// <summary>The message GraphDef; null for a model of one's own class, whose layers' connections nobody knows.</summary>
    public static ProtoMessage? Of(Model model)
    {
        if (!model.KnowsGraph)
            return null;
        var message = new GraphMessage();
        var names = new Dictionary<KerasTensor, string>();
        foreach (KerasTensor input in model.Inputs)
            names[input] = message.Node(input.Layer.Name, input.Layer, [], [input.Shape]);
        message.Calls(model, "", names);
        return message._graph.Add(4, new ProtoMessage().Add(1, (long)Producer));
    }

    private void Calls(Model model, string prefix, Dictionary<KerasTensor, string> names)
    {
        foreach (LayerNode call in new LayerGraph(model.Inputs, model.Outputs).Nodes)
        {
            if (call.Outputs.All(names.ContainsKey))
                continue;
            string name = Unused(prefix + call.Layer.Name);
            string[] inputs = [.. call.Inputs.Select(input => names[input])];
            if (call.Layer is Model { KnowsGraph: true } inner)
            {
                var innerNames = new Dictionary<KerasTensor, string>();
                for (int i = 0; i < inputs.Length; i++)
                    innerNames[inner.Inputs[i]] = inputs[i];
                Calls(inner, name + "/", innerNames);
                for (int i = 0; i < call.Outputs.Count; i++)
                    names[call.Outputs[i]] = innerNames[inner.Outputs[i]];
                continue;
            }

            _ = Node(name, call.Layer, inputs, [.. call.Outputs.Select(output => output.Shape)]);
            for (int i = 0; i < call.Outputs.Count; i++)
                names[call.Outputs[i]] = i == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{i}");
        }
    }

    // A layer that is called again has another node.
    private string Unused(string name)
    {
        int calls = _calls[name] = _calls.GetValueOrDefault(name) + 1;
        return calls == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}.{calls - 1}");
    }

    private string Node(string name, Layer layer, string[] inputs, Shape[] outputs)
    {
        ProtoMessage node = new ProtoMessage().Add(1, name).Add(2, layer.GetType().Name);
        foreach (string input in inputs)
            node = node.Add(3, input);
        var shapes = new ProtoMessage();
        foreach (Shape shape in outputs)
        {
            var extents = new ProtoMessage();
            foreach (int extent in shape.Dims)
                extents = extents.Add(2, new ProtoMessage().Add(1, (long)(extent == Shape.Unknown ? -1 : extent)));
            shapes = shapes.Add(7, extents);
        }

        node = Attribute(node, "_output_shapes", new ProtoMessage().Add(1, shapes));
        node = Attribute(node, "params", new ProtoMessage().Add(3, layer.CountParams()));
        _ = _graph.Add(1, node);
        return name;
    }

    private static ProtoMessage Attribute(ProtoMessage node, string name, ProtoMessage value) => node.Add(5, new ProtoMessage().Add(1, name).Add(2, value));
}

using System.Globalization;
using Google.Protobuf;
using Numerics.Formats.Onnx;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>An ONNX graph while it is put together: nodes, weights and names that are each used once.</summary>
internal sealed class OnnxGraph
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The graph.</summary>
    public GraphProto Proto { get; } = new();

    /// <summary>Makes a name that is not used yet.</summary>
    public string Unique(string name)
    {
        string unique = name;
        for (int number = 1; !_names.Add(unique); number++)
            unique = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
        return unique;
    }

    /// <summary>Adds an array of floats.</summary>
    /// <returns>Its name.</returns>
    public string Constant(string name, NDArray values)
    {
        Proto.Initializer.Add(OnnxTensor.Write(Unique(name), values));
        return Proto.Initializer[^1].Name;
    }

    /// <summary>Adds a number.</summary>
    /// <returns>Its name.</returns>
    public string Number(string name, float value) => Constant(name, NDArray.From(Shape.Scalar, [value]));

    /// <summary>Adds a list of whole numbers.</summary>
    /// <returns>Its name.</returns>
    public string Wholes(string name, params ReadOnlySpan<long> values)
    {
        Proto.Initializer.Add(OnnxTensor.Write(Unique(name), values));
        return Proto.Initializer[^1].Name;
    }

    /// <summary>Adds a node with one output.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="name">What the node and its output are called, made unique.</param>
    /// <param name="inputs">The names of its inputs; an empty one stands for one that is left out.</param>
    /// <returns>The name of the output.</returns>
    public string Add(string op, string name, params ReadOnlySpan<string> inputs)
    {
        string output = Unique(name);
        var node = new NodeProto { OpType = op, Name = output };
        foreach (string input in inputs)
            node.Input.Add(input);
        node.Output.Add(output);
        Proto.Node.Add(node);
        return output;
    }

    /// <summary>Gives the node that was added last an attribute.</summary>
    public void Attribute(string name, long value) =>
        Last.Attribute.Add(new AttributeProto { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int });

    /// <inheritdoc cref="Attribute(string, long)"/>
    public void Attribute(string name, float value) =>
        Last.Attribute.Add(new AttributeProto { Name = name, F = value, Type = AttributeProto.Types.AttributeType.Float });

    /// <inheritdoc cref="Attribute(string, long)"/>
    public void Attribute(string name, string value) => Last.Attribute.Add(
        new AttributeProto { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.AttributeType.String });

    /// <inheritdoc cref="Attribute(string, long)"/>
    public void Attribute(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (long value in values)
            attribute.Ints.Add(value);
        Last.Attribute.Add(attribute);
    }

    private NodeProto Last => Proto.Node[^1];
}

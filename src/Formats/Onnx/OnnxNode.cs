using Numerics.Formats.Onnx;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>A node of a graph that is read: its attributes with their defaults, and errors that name it.</summary>
/// <param name="proto">The node.</param>
/// <param name="place">The file, for messages.</param>
internal sealed class OnnxNode(NodeProto proto, string place)
{
    /// <summary>The operator.</summary>
    public string Op => proto.OpType;

    /// <summary>The names of the inputs; an empty one is left out.</summary>
    public IReadOnlyList<string> Inputs => proto.Input;

    /// <summary>The name of the first output.</summary>
    public string Output => proto.Output.Count > 0 ? proto.Output[0] : throw Error("it has no output");

    /// <summary>The names of all outputs.</summary>
    public IReadOnlyList<string> Outputs => proto.Output;

    /// <summary>The node's name.</summary>
    public string Name => proto.Name;

    /// <summary>Whether an input is given.</summary>
    public bool Has(int input) => proto.Input.Count > input && proto.Input[input].Length > 0;

    /// <summary>An attribute that is a whole number.</summary>
    public long Whole(string name, long otherwise) => Find(name)?.I ?? otherwise;

    /// <summary>An attribute that is a number.</summary>
    public float Number(string name, float otherwise) => Find(name)?.F ?? otherwise;

    /// <summary>An attribute that is a text.</summary>
    public string Text(string name, string otherwise) => Find(name)?.S.ToStringUtf8() ?? otherwise;

    /// <summary>An attribute that is a list of whole numbers.</summary>
    public long[] Wholes(string name, params long[] otherwise) => Find(name) is { } attribute ? [.. attribute.Ints] : otherwise;

    /// <summary>The tensor in an attribute.</summary>
    public TensorProto? Tensor(string name) => Find(name)?.T;

    /// <summary>An attribute that is a height and a width, 1 when it is not there.</summary>
    public Size2D Pair(string name)
    {
        long[] values = Wholes(name, 1, 1);
        return values is [> 0 and <= int.MaxValue, > 0 and <= int.MaxValue]
            ? ((int)values[0], (int)values[1])
            : throw Error($"'{name}': expected two numbers above 0, found [{string.Join(", ", values)}]");
    }

    /// <summary>An error about the node.</summary>
    public InvalidDataException Error(string message) => new($"{place}: node '{proto.Name}' ({proto.OpType}): {message}");

    private AttributeProto? Find(string name) => proto.Attribute.FirstOrDefault(attribute => attribute.Name == name);
}

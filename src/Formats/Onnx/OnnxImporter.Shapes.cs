using Numerics.Formats.Onnx;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <content>Elements in other shapes and orders, and the shapes that graphs compute.</content>
internal sealed partial class OnnxImporter
{
    private readonly Dictionary<string, OnnxWholes> _wholes = new(StringComparer.Ordinal);

    /// <summary>Works a node out that computes with extents, as <c>x.view(x.size(0), -1)</c> becomes; false for all others.</summary>
    private bool IsOfShapes(OnnxNode node)
    {
        OnnxWholes? result = node.Op == "Shape"
            ? node.Has(0) && _values.TryGetValue(node.Inputs[0], out Value? x) && x.Flattened is null ? new OnnxWholes(Extents(x)) : null
            : OnnxWholes.Of(node, [.. Enumerable.Range(0, node.Inputs.Count).Select(i => Known(node, i))]);
        if (result is null)
            return false;
        _wholes[node.Output] = result;
        return true;
    }

    private static long[] Extents(Value x)
    {
        Shape shape = x.Tensor.Shape;
        long[] extents = [.. shape.Select((dim, i) => i == 0 ? OnnxWholes.Batch : dim == Shape.Unknown ? OnnxWholes.Unknown : dim)];
        return x.ChannelsFirst ? [extents[0], extents[3], extents[1], extents[2]] : extents;
    }

    // Whole numbers, constant or computed, or null.
    private OnnxWholes? Known(OnnxNode node, int input)
    {
        if (!node.Has(input))
            return null;
        string name = node.Inputs[input];
        return _wholes.TryGetValue(name, out OnnxWholes? computed) ? computed
            : IsWhole(name) ? new OnnxWholes(OnnxTensor.ReadWholes(_constants[name], _place), [.. _constants[name].Dims.Select(dim => (int)dim)])
            : null;
    }

    private bool IsWhole(string name) => _constants.TryGetValue(name, out TensorProto? tensor) && tensor.DataType == (int)TensorProto.Types.DataType.Int64;

    private long[] Numbers(OnnxNode node, int input) => Known(node, input)?.Values is { } numbers && !numbers.Any(number => number is OnnxWholes.Batch or OnnxWholes.Unknown)
        ? numbers
        : throw node.Error($"input {input}: expected constant whole numbers");

    private Value Flatten(OnnxNode node, Value x)
    {
        Shape shape = x.Tensor.Shape;
        Value flat = Apply(new Flatten(LayerName(node.Name)), x) with { ChannelsFirst = false, NonNegative = x.NonNegative };
        if (!x.ChannelsFirst)
            return flat;
        if (shape.Dims[1..].Contains(Shape.Unknown))
            throw node.Error("pictures of unknown size cannot be flattened");
        return shape[1] == 1 && shape[2] == 1 ? flat : flat with { Flattened = [shape[1], shape[2], shape[3]] };
    }

    // Extents of 1 behind global pooling, left out in one node or in two.
    private Value Squeeze(OnnxNode node, Value x, ref OnnxNode last)
    {
        if (x.ChannelsFirst && x.Tensor.Shape.Rank == 4 && x.Tensor.Shape[1] == 1 && x.Tensor.Shape[2] == 1)
        {
            if (FlattensOnes(node))
                return Flatten(node, x);
            if (Axes(node) is [2 or 3] && Reader(node) is { Op: "Squeeze" } next && Axes(next) is [2])
            {
                Absorb(next, ref last);
                return Flatten(node, x);
            }
        }

        throw node.Error("only the height and width of a picture of one pixel can be left out");
    }

    private long[] Axes(OnnxNode node) => [.. (node.Has(1) ? Known(node, 1)?.Values ?? [] : node.Wholes("axes")).Select(axis => axis < 0 ? axis + 4 : axis)];

    private bool FlattensOnes(OnnxNode node)
    {
        switch (node.Op)
        {
            case "Flatten":
                return node.Whole("axis", 1) == 1;
            case "Squeeze":
                return Axes(node).Order().SequenceEqual([2L, 3]);
            default:
                return false;
        }
    }

    private Value Reshape(OnnxNode node, Value x)
    {
        if (Known(node, 1)?.Values is not { } target)
            throw node.Error("a shape that is computed is not supported, but for extents of values");
        long count = x.Tensor.Shape.Dims[1..].Contains(Shape.Unknown) ? OnnxWholes.Unknown : x.Tensor.Shape.Product(1..);
        bool keepsBatch = target.Length > 0 && (target[0] is 0 or -1 or OnnxWholes.Batch || target[0] == _batch);
        if (target.Length == 2 && keepsBatch && (target[1] == count || target[1] == -1))
            return Flatten(node, x);
        if (x.ChannelsFirst || target.Length < 2 || !keepsBatch || target.Skip(1).Any(dim => dim is 0 or < -1 or > int.MaxValue))
            throw node.Error($"the shape [{string.Join(", ", target.Select(dim => dim is OnnxWholes.Batch or OnnxWholes.Unknown ? "?" : $"{dim}"))}] is not supported here");
        return Apply(new Reshape([.. target.Skip(1).Select(dim => (int)dim)], LayerName(node.Name)), x) with { NonNegative = x.NonNegative };
    }

    private static Value Transpose(OnnxNode node, Value x)
    {
        long[] order = node.Wholes("perm");
        if (x.ChannelsFirst && order.AsSpan().SequenceEqual(s_toChannelsLast))
            return x with { ChannelsFirst = false };
        return !x.ChannelsFirst && order.AsSpan().SequenceEqual(s_toChannelsFirst) && x.Tensor.Shape.Rank == 4
            ? x with { ChannelsFirst = true }
            : throw node.Error($"the order [{string.Join(", ", order)}] is not supported here");
    }
}

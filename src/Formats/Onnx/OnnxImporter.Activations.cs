using Numerics.Formats.Onnx;
using Numerics.Nn;

namespace Numerics.Formats;

/// <content>Activations, of one node or of several.</content>
internal sealed partial class OnnxImporter
{
    /// <summary>The activation that an operator is, or null.</summary>
    private static string? ActivationOf(OnnxNode node, Value x)
    {
        switch (node.Op)
        {
            case "Relu" or "Sigmoid" or "Tanh" or "Softplus":
                return node.Op.ToLowerInvariant();
            case "Gelu":
                return node.Text("approximate", "none") == "none" ? "gelu" : null;
            case "Elu":
                return node.Number("alpha", 1) == 1 ? "elu" : null;
            case "LeakyRelu":
                return node.Number("alpha", 0.01f) == 0.2f ? "leaky_relu" : null;
            case "Softmax":
                int rank = x.Tensor.Shape.Rank;
                long axis = node.Whole("axis", -1);
                return (axis < 0 ? axis + rank : axis) == (x.ChannelsFirst ? 1 : rank - 1) ? "softmax" : null;
            default:
                return null;
        }
    }

    // An activation behind a layer goes into the layer, where it can be computed in passing. The layer keeps rank and order.
    private Activation? ActivationBehind(Value x, ref int index)
    {
        string output = _nodes[index].Output;
        if (Next(index) is not { Inputs.Count: 1 } next || next.Inputs[0] != output || Uses(output) != 1 || ActivationOf(next, x) is not { } function)
            return null;
        index++;
        return new Activation(function);
    }

    // x·(1 + erf(x/√2))/2 as five nodes.
    private bool Gelu(ref int index)
    {
        if (index + 4 >= _nodes.Length || _nodes[index + 1].Op != "Erf")
            return false;
        (OnnxNode scaled, OnnxNode erf, OnnxNode sum) = (_nodes[index], _nodes[index + 1], _nodes[index + 2]);
        (OnnxNode product, OnnxNode half) = (_nodes[index + 3], _nodes[index + 4]);
        if (scaled.Inputs.FirstOrDefault(_values.ContainsKey) is not { } x)
            return false;
        bool root = scaled.Op == "Mul" ? IsNumber(scaled, 1 / MathF.Sqrt(2)) : scaled.Op == "Div" && IsNumber(scaled, MathF.Sqrt(2));
        bool matches = root && erf.Inputs.Contains(scaled.Output) &&
            sum.Op == "Add" && sum.Inputs.Contains(erf.Output) && IsNumber(sum, 1) &&
            product.Op == "Mul" && product.Inputs.Contains(x) && product.Inputs.Contains(sum.Output) &&
            half.Op == "Mul" && half.Inputs.Contains(product.Output) && IsNumber(half, 0.5f);
        if (!matches)
            return false;
        _values[half.Output] = Apply(new Activation("gelu"), _values[x]);
        index += 4;
        return true;
    }

    // x·sigmoid(x) as two nodes.
    private bool Silu(ref int index)
    {
        OnnxNode node = _nodes[index];
        if (node.Op != "Sigmoid" || Next(index) is not { Op: "Mul", Inputs.Count: 2 } product || Uses(node.Output) != 1 || node.Inputs.Count != 1 ||
            !_values.TryGetValue(node.Inputs[0], out Value? x) || !product.Inputs.Contains(node.Inputs[0]) || !product.Inputs.Contains(node.Output))
        {
            return false;
        }

        _values[product.Output] = Apply(new Activation("silu"), x);
        index++;
        return true;
    }

    private bool IsNumber(OnnxNode node, float expected) => node.Inputs.Any(input => _constants.TryGetValue(input, out TensorProto? tensor) &&
        tensor.DataType == (int)TensorProto.Types.DataType.Float && tensor.Dims.All(dim => dim == 1) &&
        OnnxTensor.ReadFloats(tensor, _place).AsSpan<float>() is [var number] && Math.Abs(number - expected) < 1e-5f);
}

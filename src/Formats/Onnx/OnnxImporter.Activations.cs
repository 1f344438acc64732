using Numerics.Formats.Onnx;
using Numerics.Nn;

namespace Numerics.Formats;

/// <content>Activations, of one node or of several.</content>
internal sealed partial class OnnxImporter
{
    /// <summary>The layer that an operator is, or null: an <see cref="Activation"/>, or one with a setting of its own.</summary>
    private Layer? ActivationOf(OnnxNode node, Value x)
    {
        string? name = LayerName(node.Name);
        switch (node.Op)
        {
            case "Relu" or "Sigmoid" or "Tanh" or "Softplus":
                return new Activation(node.Op.ToLowerInvariant(), name);
            case "Gelu":
                return node.Text("approximate", "none") == "none" ? new Activation("gelu", name) : null;
            case "Elu":
                return node.Number("alpha", 1) is not 1 and var alpha ? new ELU(alpha, name) : new Activation("elu", name);
            case "Selu":
                return node.Number("alpha", 1.67326324f) == 1.67326324f && node.Number("gamma", 1.05070102f) is >= 1.050700f and <= 1.050702f ? new Activation("selu", name) : null;
            case "LeakyRelu":
                return node.Number("alpha", 0.01f) is not 0.2f and var slope ? new LeakyReLU(slope, name) : new Activation("leaky_relu", name);
            case "Clip":
                return Clip(node, name);
            case "HardSigmoid":
                return Near(node.Number("alpha", 0.2f), 1f / 6) && node.Number("beta", 0.5f) == 0.5f ? new Activation("hard_sigmoid", name) : null;
            case "HardSwish":
                return new Activation("hard_silu", name);
            case "Softmax" or "LogSoftmax":
                int rank = x.Tensor.Shape.Rank;
                long axis = node.Whole("axis", -1);
                return (axis < 0 ? axis + rank : axis) == (x.ChannelsFirst ? 1 : rank - 1) ? new Activation(node.Op == "Softmax" ? "softmax" : "log_softmax", name) : null;
            default:
                return null;
        }
    }

    private Layer? Clip(OnnxNode node, string? name)
    {
        float? Limit(int input, string attribute) => node.Has(input) ? Floats(node, input).ToFloats() is [var limit] ? limit : null : node.Number(attribute, float.NaN) is var given && float.IsNaN(given) ? null : given;
        return (Limit(1, "min"), Limit(2, "max")) switch
        {
            (0, 6) => new Activation("relu6", name),
            (0, null or float.PositiveInfinity or float.MaxValue) => new Activation("relu", name),
            (0, > 0 and var most) => new ReLU(most, name: name),
            _ => null,
        };
    }

    private Value Activate(Layer layer, Value x) => Apply(layer, x) with { NonNegative = IsNonNegative(layer) || (layer is LeakyReLU or ELU && x.NonNegative) };

    private static bool IsNonNegative(Layer? activation) => activation is ReLU { NegativeSlope: 0 } or
        Activation { IsKnown: true, Function: "relu" or "relu6" or "sigmoid" or "hard_sigmoid" or "softplus" or "softmax" };

    // An activation behind a layer goes into the layer, where it can be computed in passing. The layer keeps rank and order.
    private Activation? ActivationBehind(Value x, ref OnnxNode last)
    {
        if (Reader(last) is not { } reader || reader.Inputs[0] != last.Output || reader.Inputs.Skip(1).Any(input => input.Length > 0 && !_constants.ContainsKey(input)))
            return null;
        if (ActivationOf(reader, x) is not { } layer)
            return null;
        if (layer is not Activation activation)
        {
            _ = _names.Remove(layer.Name);
            layer.Dispose();
            return null;
        }

        Absorb(reader, ref last);
        return activation;
    }

    // x·(1 + erf(x/√2))/2 as five nodes.
    private bool Gelu(OnnxNode scaled)
    {
        if (scaled.Inputs.FirstOrDefault(_values.ContainsKey) is not { } x || Reader(scaled) is not { Op: "Erf" } erf || Reader(erf) is not { Op: "Add" } sum ||
            Reader(sum) is not { Op: "Mul" } product || Reader(product) is not { Op: "Mul" } half)
        {
            return false;
        }

        bool root = scaled.Op == "Mul" ? IsNumber(scaled, 1 / MathF.Sqrt(2)) : scaled.Op == "Div" && IsNumber(scaled, MathF.Sqrt(2));
        if (!root || !IsNumber(sum, 1) || !product.Inputs.Contains(x) || !IsNumber(half, 0.5f))
            return false;
        _values[half.Output] = Apply(new Activation("gelu"), _values[x]);
        _done.UnionWith([erf, sum, product, half]);
        return true;
    }

    // x·sigmoid(x) and x·hard sigmoid(x) as two nodes.
    private bool GatedSigmoid(OnnxNode node)
    {
        if (node.Op is not ("Sigmoid" or "HardSigmoid") || !node.Has(0) || !_values.TryGetValue(node.Inputs[0], out Value? x) ||
            Reader(node) is not { Op: "Mul", Inputs.Count: 2 } product || !product.Inputs.Contains(node.Inputs[0]) || ActivationOf(node, x) is not Activation gate)
        {
            return false;
        }

        _values[product.Output] = Apply(new Activation(gate.Function == "sigmoid" ? "silu" : "hard_silu"), x);
        _done.Add(product);
        return true;
    }

    private bool IsNumber(OnnxNode node, float expected) => node.Inputs.Any(input => _constants.TryGetValue(input, out TensorProto? tensor) &&
        tensor.DataType == (int)TensorProto.Types.DataType.Float && tensor.Dims.All(dim => dim == 1) &&
        OnnxTensor.ReadFloats(tensor, _place).AsSpan<float>() is [var number] && Near(number, expected));

    private static bool Near(float number, float expected) => Math.Abs(number - expected) < 1e-5f;
}

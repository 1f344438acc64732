using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <content>Sums, products and normalisation.</content>
internal sealed partial class OnnxImporter
{
    private Value Concatenate(OnnxNode node)
    {
        Value[] inputs = Inputs(node);
        int rank = inputs[0].Tensor.Shape.Rank, axis = checked((int)node.Whole("axis", 0));
        if (axis < 0)
            axis += rank;
        if (inputs[0].ChannelsFirst)
            axis = axis == 1 ? 3 : axis is 2 or 3 ? axis - 1 : axis;
        return Join(new Concatenate(axis, LayerName(node.Name)), inputs);
    }

    private Value Arithmetic(OnnxNode node, Value x)
    {
        if (!node.Inputs.Any(_constants.ContainsKey))
        {
            string? joined = LayerName(node.Name);
            Merge layer = node.Op switch
            {
                "Add" or "Sum" => new Add(joined),
                "Sub" => new Subtract(joined),
                "Mul" => new Multiply(joined),
                "Mean" => new Average(joined),
                "Max" => new Maximum(joined),
                "Min" => new Minimum(joined),
                _ => throw node.Error("there is no layer for this operator"),
            };
            return Join(layer, Inputs(node));
        }

        int constant = node.Inputs.Count == 2 ? (_constants.ContainsKey(node.Inputs[0]) ? 0 : 1) : throw node.Error("expected two inputs");
        NDArray values = Floats(node, constant);
        if (node.Op is "Sum" or "Mean" or "Max" or "Min" || (constant == 0 && node.Op == "Div"))
            throw node.Error("arithmetic of this kind with constants is not supported");
        if (values.Shape.Size != 1)
            return EachChannel(node, x, values, constant);
        float value = values.AsSpan<float>()[0];
        string? name = LayerName(node.Name);
        return Apply(
            (node.Op, constant) switch
            {
                ("Mul", _) => new Rescaling(value, name: name),
                ("Div", _) => new Rescaling(1 / value, name: name),
                ("Add", _) => new Rescaling(1, value, name),
                ("Sub", 0) => new Rescaling(-1, value, name),
                _ => new Rescaling(1, -value, name),
            },
            x);
    }

    // A number a channel: batch normalisation with fixed averages, which does not learn.
    private Value EachChannel(OnnxNode node, Value x, NDArray values, int constant)
    {
        int channels = x.Tensor.Shape[-1], rank = values.Shape.Rank, axis = x.ChannelsFirst ? rank - 3 : rank - 1;
        if (channels == Shape.Unknown || axis < 0 || values.Shape[axis] != channels || values.Shape.Size != channels || rank > x.Tensor.Shape.Rank)
            throw node.Error($"arithmetic with {values.Shape} is not supported, only with a number, or one for each channel");
        var layer = new BatchNormalization(epsilon: 1e-12f, name: LayerName(node.Name)) { Trainable = false };
        float[] numbers = values.ToFloats();
        bool factor = node.Op is "Mul" or "Div";
        NDArray All(float value) => NDArray.From(channels, [.. Enumerable.Repeat(value, channels)]);
        NDArray Of(Func<float, float> each) => NDArray.From(channels, [.. numbers.Select(each)]);
        _weights.Add((layer, "gamma", factor ? Of(number => node.Op == "Mul" ? number : 1 / number) : All(node.Op == "Sub" && constant == 0 ? -1 : 1)));
        _weights.Add((layer, "beta", factor ? All(0) : Of(number => node.Op == "Sub" && constant == 1 ? -number : number)));
        _weights.Add((layer, "moving_mean", All(0)));
        _weights.Add((layer, "moving_variance", All(1)));
        return Apply(layer, x);
    }

    private Value Embedding(OnnxNode node, Value x)
    {
        NDArray rows = node.Has(1) && node.Inputs[1] == x.Name && node.Whole("axis", 0) == 0 ? Floats(node, 0) : throw node.Error("only rows of a constant can be taken");
        if (rows.Shape.Rank != 2)
            throw node.Error($"expected a matrix, found {rows.Shape}");
        var layer = new Embedding(rows.Shape[0], rows.Shape[1], name: LayerName(node.Name));
        _weights.Add((layer, "embeddings", rows));
        return Apply(layer, x);
    }

    private Value LayerNormalization(OnnxNode node, Value x)
    {
        int rank = x.Tensor.Shape.Rank;
        long axis = node.Whole("axis", -1);
        if (x.ChannelsFirst || (axis < 0 ? axis + rank : axis) != rank - 1)
            throw node.Error("only the last axis is normalised");
        var layer = new LayerNormalization(epsilon: node.Number("epsilon", 1e-5f), center: node.Has(2), name: LayerName(node.Name));
        _weights.Add((layer, "gamma", Floats(node, 1)));
        if (node.Has(2))
            _weights.Add((layer, "beta", Floats(node, 2)));
        return Apply(layer, x);
    }

    private Value BatchNormalization(OnnxNode node, Value x)
    {
        int rank = x.Tensor.Shape.Rank;
        if (!(x.ChannelsFirst && rank == 4) && rank != 2)
            throw node.Error($"batch normalisation of {x.Tensor.Shape} is not supported");
        if (node.Whole("training_mode", 0) != 0)
            throw node.Error("a graph for training is not supported");
        var layer = new BatchNormalization(node.Number("momentum", 0.9f), node.Number("epsilon", 1e-5f), name: LayerName(node.Name));
        foreach ((int input, string name) in (ReadOnlySpan<(int, string)>)[(1, "gamma"), (2, "beta"), (3, "moving_mean"), (4, "moving_variance")])
            _weights.Add((layer, name, Floats(node, input)));
        return Apply(layer, x);
    }
}

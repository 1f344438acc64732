using Numerics.Formats.Onnx;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// Turns an ONNX graph into a model. Pictures that ONNX holds with the channels first are here held with the channels last; a
/// transposition between the two is no layer, and the rows of a dense kernel behind a flattened picture are put in the other
/// order.
/// </summary>
internal sealed partial class OnnxImporter
{
    private static readonly long[] s_toChannelsFirst = [0, 3, 1, 2];
    private static readonly long[] s_toChannelsLast = [0, 2, 3, 1];

    private readonly string _place;
    private readonly GraphProto _graph;
    private readonly OnnxNode[] _nodes;
    private readonly Dictionary<string, TensorProto> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<Layer> _layers;
    private readonly List<(Layer Layer, string Weight, NDArray Value)> _weights = [];

    private OnnxImporter(GraphProto graph, string place, List<Layer> layers)
    {
        (_graph, _place, _layers) = (graph, place, layers);
        _nodes = [.. graph.Node.Select(node => new OnnxNode(node, place))];
    }

    /// <summary>The model for a graph.</summary>
    /// <param name="proto">The file.</param>
    /// <param name="place">Its name, for messages.</param>
    /// <param name="length">Its length in bytes, which bounds the weights.</param>
    /// <exception cref="InvalidDataException">The graph is damaged or cannot be expressed; the message names the node.</exception>
    public static Model Import(ModelProto proto, string place, long length)
    {
        if (proto.Graph is not { } graph || graph.Node.Count == 0)
            throw new InvalidDataException($"{place}: there is no graph with nodes; is it an ONNX file?");
        using var placeholders = new WeightPlaceholders(length / sizeof(float));
        var layers = new List<Layer>();
        try
        {
            return new OnnxImporter(graph, place, layers).Build();
        }
        catch (Exception error)
        {
            layers.ForEach(layer => layer.Dispose());
            if (error is ArgumentException or OverflowException or NotSupportedException or InvalidOperationException ||
                (error is InvalidDataException && !error.Message.StartsWith(place, StringComparison.Ordinal)))
            {
                throw new InvalidDataException($"{place}: {error.Message}", error);
            }

            throw;
        }
    }

    private Model Build()
    {
        foreach (TensorProto tensor in _graph.Initializer)
            _constants[tensor.Name] = tensor;
        foreach (string input in _graph.Node.SelectMany(node => node.Input).Concat(_graph.Output.Select(output => output.Name)))
            _uses[input] = _uses.GetValueOrDefault(input) + 1;
        KerasTensor[] inputs = [.. _graph.Input.Where(input => !_constants.ContainsKey(input.Name)).Select(Enter)];
        if (inputs.Length == 0 || _graph.Output.Count == 0)
            throw new InvalidDataException($"{_place}: expected a graph with inputs and outputs");
        for (int i = 0; i < _nodes.Length; i++)
            Node(ref i);
        KerasTensor[] outputs = [.. _graph.Output.Select(output => _values.TryGetValue(output.Name, out Value? value) && value.Flattened is null
            ? value.Tensor
            : throw new InvalidDataException($"{_place}: no node gives the output '{output.Name}', or it is a flattened picture with the channels first"))];
        var model = new Model(inputs, outputs);
        foreach ((Layer layer, string name, NDArray value) in _weights)
        {
            // A layer whose output nobody reads is no part of the model.
            if (!model.Layers.Contains(layer))
                continue;
            Variable variable = layer.Variables.Single(variable => variable.Name.EndsWith("/" + name, StringComparison.Ordinal));
            if (variable.Shape != value.Shape)
                throw new InvalidDataException($"{_place}: {layer}: expected {name} {variable.Shape}, found {value.Shape}");
            variable.Assign(value);
        }

        foreach (Layer layer in _layers.Where(layer => !model.Layers.Contains(layer)))
            layer.Dispose();
        return model;
    }

    /// <summary>Makes an input of the model.</summary>
    private KerasTensor Enter(ValueInfoProto input)
    {
        if (input.Type?.TensorType?.Shape is not { } dims || dims.Dim.Count < 1)
            throw new InvalidDataException($"{_place}: input '{input.Name}': expected a shape with a batch axis");
        int[] shape = [.. dims.Dim.Skip(1).Select(dim => dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dim.DimValue > 0
            ? checked((int)dim.DimValue)
            : Shape.Unknown)];
        bool channelsFirst = shape.Length == 3 && TakesChannelsFirst(input.Name);
        if (channelsFirst)
            shape = [shape[1], shape[2], shape[0]];
        var layer = new Input(shape, LayerName(input.Name));
        _layers.Add(layer);
        _values[input.Name] = new Value(layer.Tensor, channelsFirst, null);
        return layer.Tensor;
    }

    // Whether the first node on the way that cares slides a window over pictures.
    private bool TakesChannelsFirst(string input)
    {
        var ways = new HashSet<string>(StringComparer.Ordinal) { input };
        foreach (OnnxNode node in _nodes.Where(node => node.Inputs.Any(ways.Contains)))
        {
            switch (node.Op)
            {
                case "Conv" or "ConvTranspose" or "MaxPool" or "AveragePool" or "GlobalMaxPool" or "GlobalAveragePool" or "BatchNormalization":
                    return true;
                case "Transpose" or "Gemm" or "MatMul" or "Reshape" or "Flatten":
                    return false;
            }

            ways.UnionWith(node.Outputs);
        }

        return false;
    }

    /// <summary>Turns a node, and those behind it that belong to it, into a layer.</summary>
    /// <param name="index">The node; the last one that was used afterwards.</param>
    private void Node(ref int index)
    {
        OnnxNode node = _nodes[index];
        if (node.Op == "Constant")
        {
            _constants[node.Output] = node.Tensor("value") ?? throw node.Error("a constant without a tensor is not supported");
            return;
        }

        if (Gelu(ref index) || Silu(ref index))
            return;
        Value x = InputOf(node);
        if (x.Flattened is not null && node.Op is not ("Gemm" or "MatMul" or "Relu" or "Dropout" or "Identity"))
            throw node.Error("behind a flattened picture with the channels first only a dense layer is supported");
        Value y = node.Op switch
        {
            "Identity" or "Dropout" or "Cast" => x,
            "Conv" => Conv(node, x, ref index),
            "Gemm" => Gemm(node, x, ref index),
            "MatMul" => MatMul(node, x, ref index),
            "MaxPool" or "AveragePool" => Pool(node, x),
            "GlobalAveragePool" => GlobalPool(node, x, keep => new GlobalAveragePooling2D(keep, LayerName(node.Name)), ref index),
            "GlobalMaxPool" => GlobalPool(node, x, keep => new GlobalMaxPooling2D(keep, LayerName(node.Name)), ref index),
            "BatchNormalization" => BatchNormalization(node, x),
            "Flatten" when node.Whole("axis", 1) == 1 => Flatten(node, x),
            "Reshape" => Reshape(node, x),
            "Transpose" => Transpose(node, x),
            "Pad" => Pad(node, x),
            "Concat" => Concatenate(node),
            "Add" or "Sub" or "Mul" or "Div" or "Mean" or "Max" or "Min" => Arithmetic(node, x),
            _ => Apply(
                new Activation(ActivationOf(node, x) ?? throw node.Error("there is no layer for this operator, or not with these attributes"), LayerName(node.Name)), x),
        };
        _values[_nodes[index].Output] = y;
    }

    private Value Conv(OnnxNode node, Value x, ref int index)
    {
        CheckPictures(node, x);
        NDArray kernel = Floats(node, 1);
        if (kernel.Shape.Rank != 4)
            throw node.Error($"expected a kernel [out, in, height, width], found {kernel.Shape}");
        Size2D size = (kernel.Shape[2], kernel.Shape[3]), strides = node.Pair("strides"), dilation = node.Pair("dilations");
        (Padding padding, Value padded) = Edges(node, x, size, strides, dilation, mayPad: true);
        var layer = new Conv2D(
            kernel.Shape[0],
            size,
            strides,
            padding,
            dilation,
            checked((int)node.Whole("group", 1)),
            ActivationBehind(padded, ref index),
            useBias: node.Has(2),
            name: LayerName(node.Name));
        _weights.Add((layer, "kernel", Permutation.Of(kernel, Permutation.KernelToChannelsLast)));
        if (node.Has(2))
            _weights.Add((layer, "bias", Floats(node, 2)));
        return Apply(layer, padded);
    }

    private Value Gemm(OnnxNode node, Value x, ref int index)
    {
        if (node.Number("alpha", 1) != 1 || node.Number("beta", 1) != 1 || node.Whole("transA", 0) != 0)
            throw node.Error("factors and a transposed input are not supported");
        NDArray kernel = Floats(node, 1);
        if (kernel.Shape.Rank != 2)
            throw node.Error($"expected a matrix, found {kernel.Shape}");
        return Dense(node, x, node.Whole("transB", 0) != 0 ? Permutation.Of(kernel, 1, 0) : kernel, node.Has(2) ? Floats(node, 2) : null, ref index);
    }

    private Value MatMul(OnnxNode node, Value x, ref int index)
    {
        NDArray kernel = Floats(node, 1);
        if (kernel.Shape.Rank != 2)
            throw node.Error($"expected a matrix, found {kernel.Shape}");

        // The bias is a node of its own.
        NDArray? bias = null;
        if (Next(index) is { Op: "Add", Inputs.Count: 2 } sum && Uses(node.Output) == 1 && sum.Inputs.Contains(node.Output) &&
            (sum.Inputs[0] == node.Output ? 1 : 0) is var other && _constants.TryGetValue(sum.Inputs[other], out TensorProto? tensor) &&
            tensor.Dims.Count == 1 && tensor.Dims[0] == kernel.Shape[1])
        {
            bias = Floats(sum, other);
            index++;
        }

        return Dense(node, x, kernel, bias, ref index);
    }

    private Value Dense(OnnxNode node, Value x, NDArray kernel, NDArray? bias, ref int index)
    {
        if (x.ChannelsFirst)
            throw node.Error("a dense layer over pictures with the channels first is not supported");
        if (x.Flattened is { } picture)
        {
            if (kernel.Shape[0] != picture.Size)
                throw node.Error($"expected a kernel of {picture.Size} rows, found {kernel.Shape}");
            kernel = Permutation.DenseRows(kernel, picture, toChannelsLast: true);
            x = x with { Flattened = null };
        }

        if (bias is not null && bias.Shape.Size != kernel.Shape[1])
            throw node.Error($"expected a bias of {kernel.Shape[1]}, found {bias.Shape}");
        var layer = new Dense(kernel.Shape[1], ActivationBehind(x, ref index), useBias: bias is not null, name: LayerName(node.Name));
        _weights.Add((layer, "kernel", kernel));
        if (bias is not null)
            _weights.Add((layer, "bias", bias.Reshape(kernel.Shape[1])));
        return Apply(layer, x);
    }

    private Value Pool(OnnxNode node, Value x)
    {
        CheckPictures(node, x);
        if (node.Whole("ceil_mode", 0) != 0 || node.Pair("dilations") != 1 || node.Outputs.Skip(1).Any(output => Uses(output) > 0))
            throw node.Error("ceil_mode, dilations and indices are not supported");
        Size2D size = node.Pair("kernel_shape"), strides = node.Pair("strides");
        (Padding padding, _) = Edges(node, x, size, strides, 1, mayPad: false);
        if (node.Op == "MaxPool")
            return Apply(new MaxPooling2D(size, strides, padding, LayerName(node.Name)), x);
        if (padding == Padding.Same && node.Whole("count_include_pad", 0) != 0)
            throw node.Error("a mean that counts the padding is not supported");
        return Apply(new AveragePooling2D(size, strides, padding, LayerName(node.Name)), x);
    }

    private Value GlobalPool(OnnxNode node, Value x, Func<bool, Layer> layer, ref int index)
    {
        CheckPictures(node, x);
        bool flattened = Next(index) is { Op: "Flatten" } next && next.Inputs.Contains(node.Output) && Uses(node.Output) == 1 && next.Whole("axis", 1) == 1;
        if (flattened)
            index++;
        return Apply(layer(!flattened), x) with { ChannelsFirst = !flattened };
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

    private Value Flatten(OnnxNode node, Value x)
    {
        Shape shape = x.Tensor.Shape;
        Value flat = Apply(new Flatten(LayerName(node.Name)), x) with { ChannelsFirst = false };
        if (!x.ChannelsFirst)
            return flat;
        if (shape.Dims[1..].Contains(Shape.Unknown))
            throw node.Error("pictures of unknown size cannot be flattened");
        return shape[1] == 1 && shape[2] == 1 ? flat : flat with { Flattened = [shape[1], shape[2], shape[3]] };
    }

    private Value Reshape(OnnxNode node, Value x)
    {
        if (!node.Has(1) || !_constants.TryGetValue(node.Inputs[1], out TensorProto? constant))
            throw node.Error("a shape that is computed is not supported");
        long[] target = OnnxTensor.ReadWholes(constant, _place);
        long count = x.Tensor.Shape.Dims[1..].Contains(Shape.Unknown) ? -1 : x.Tensor.Shape.Product(1..);
        if (target.Length == 2 && (target[1] == -1 || target[1] == count))
            return Flatten(node, x);
        if (x.ChannelsFirst || target.Length < 2 || target[0] is not (0 or -1) || target.Skip(1).Any(dim => dim is 0 or < -1 or > int.MaxValue))
            throw node.Error($"the shape [{string.Join(", ", target)}] is not supported here");
        return Apply(new Reshape([.. target.Skip(1).Select(dim => (int)dim)], LayerName(node.Name)), x);
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

    private Value Pad(OnnxNode node, Value x)
    {
        if (node.Text("mode", "constant") != "constant" || (node.Has(2) && Floats(node, 2).ToFloats().Any(value => value != 0)))
            throw node.Error("padding with anything but zeros is not supported");
        long[] pads = node.Has(1) && _constants.TryGetValue(node.Inputs[1], out TensorProto? constant) && !node.Has(3)
            ? OnnxTensor.ReadWholes(constant, _place)
            : throw node.Error("padding that is computed is not supported");
        (int row, int column, int channel) = x.ChannelsFirst ? (2, 3, 1) : (1, 2, 3);
        if (pads.Length != 8 || pads[0] != 0 || pads[4] != 0 || pads[channel] != 0 || pads[4 + channel] != 0 || pads.Any(pad => pad is < 0 or > int.MaxValue))
            throw node.Error($"padding [{string.Join(", ", pads)}] is not supported");
        return Apply(
            new ZeroPadding2D(((int)pads[row], (int)pads[4 + row]), ((int)pads[column], (int)pads[4 + column]), LayerName(node.Name)), x);
    }

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
            string? name = LayerName(node.Name);
            Merge layer = node.Op switch
            {
                "Add" => new Add(name),
                "Sub" => new Subtract(name),
                "Mul" => new Multiply(name),
                "Mean" => new Average(name),
                "Max" => new Maximum(name),
                "Min" => new Minimum(name),
                _ => throw node.Error("there is no layer for this operator"),
            };
            return Join(layer, Inputs(node));
        }

        int constant = _constants.ContainsKey(node.Inputs[0]) ? 0 : 1;
        NDArray values = node.Inputs.Count == 2 ? Floats(node, constant) : throw node.Error("expected two inputs");
        if (values.Shape.Size != 1 || node.Op is "Mean" or "Max" or "Min" || (constant == 0 && node.Op is "Div" or "Sub"))
            throw node.Error("arithmetic with anything but a number is not supported");
        float value = values.AsSpan<float>()[0];
        return Apply(
            node.Op switch
            {
                "Mul" => new Rescaling(value, name: LayerName(node.Name)),
                "Div" => new Rescaling(1 / value, name: LayerName(node.Name)),
                "Add" => new Rescaling(1, value, LayerName(node.Name)),
                _ => new Rescaling(1, -value, LayerName(node.Name)),
            },
            x);
    }

    private (Padding Padding, Value X) Edges(OnnxNode node, Value x, Size2D size, Size2D strides, Size2D dilation, bool mayPad)
    {
        switch (node.Text("auto_pad", "NOTSET"))
        {
            case "VALID":
                return (Padding.Valid, x);
            case "SAME_UPPER":
                return (Padding.Same, x);
            case "NOTSET":
                break;
            case var other:
                throw node.Error($"auto_pad {other} is not supported");
        }

        long[] pads = node.Wholes("pads", 0, 0, 0, 0);
        if (pads.Length != 4 || pads.Any(pad => pad is < 0 or > int.MaxValue))
            throw node.Error($"padding [{string.Join(", ", pads)}] is not supported");
        if (pads.All(pad => pad == 0))
            return (Padding.Valid, x);
        Shape input = x.Tensor.Shape;
        if (input[1] != Shape.Unknown && input[2] != Shape.Unknown)
        {
            (int top, int bottom) = OnnxExporter.SamePadding(input[1], size.Height, strides.Height, dilation.Height);
            (int left, int right) = OnnxExporter.SamePadding(input[2], size.Width, strides.Width, dilation.Width);
            if (pads.AsSpan().SequenceEqual([top, left, bottom, right]))
                return (Padding.Same, x);
        }

        return mayPad
            ? (Padding.Valid, Apply(new ZeroPadding2D(((int)pads[0], (int)pads[2]), ((int)pads[1], (int)pads[3])), x))
            : throw node.Error($"padding [{string.Join(", ", pads)}] that Keras' same does not give is not supported");
    }

    private Value Apply(Layer layer, Value x)
    {
        _layers.Add(layer);
        return x with { Tensor = layer.Call(x.Tensor) };
    }

    private Value Join(Merge layer, Value[] inputs)
    {
        _layers.Add(layer);
        return inputs[0] with { Tensor = layer.Call([.. inputs.Select(input => input.Tensor)]) };
    }

    // Pictures that are joined lie in one order.
    private Value[] Inputs(OnnxNode node)
    {
        Value[] inputs = [.. node.Inputs.Select(input => _values.GetValueOrDefault(input) ?? throw node.Error($"no node before it gives '{input}'"))];
        return inputs.Any(input => input.Flattened is not null) || inputs.Any(input => input.ChannelsFirst != inputs[0].ChannelsFirst)
            ? throw node.Error("its inputs are pictures with the channels first and last, or flattened ones")
            : inputs;
    }

    private Value InputOf(OnnxNode node)
    {
        string? name = node.Inputs.FirstOrDefault(_values.ContainsKey);
        return name is null ? throw node.Error("none of its inputs comes from the graph's input") : _values[name];
    }

    private static void CheckPictures(OnnxNode node, Value x)
    {
        if (!x.ChannelsFirst || x.Tensor.Shape.Rank != 4)
            throw node.Error($"expected pictures [batch, channels, height, width], found {x.Tensor.Shape}");
    }

    private OnnxNode? Next(int index) => index + 1 < _nodes.Length ? _nodes[index + 1] : null;

    private int Uses(string name) => _uses.GetValueOrDefault(name);

    private NDArray Floats(OnnxNode node, int input)
    {
        if (!node.Has(input) || !_constants.TryGetValue(node.Inputs[input], out TensorProto? tensor))
            throw node.Error($"input {input}: expected a constant");
        return OnnxTensor.ReadFloats(tensor, _place);
    }

    // Names that layers here can have: without slashes, and each once.
    private string? LayerName(string name)
    {
        name = name.Trim('/').Replace('/', '_');
        return !string.IsNullOrWhiteSpace(name) && _names.Add(name) ? name : null;
    }

    /// <summary>A value of the graph.</summary>
    /// <param name="Tensor">What stands for it in the model; pictures have the channels last.</param>
    /// <param name="ChannelsFirst">Whether the graph has the channels first.</param>
    /// <param name="Flattened">The picture [height, width, channels] whose elements the graph has in the other order, or null.</param>
    private sealed record Value(KerasTensor Tensor, bool ChannelsFirst, Shape? Flattened);
}

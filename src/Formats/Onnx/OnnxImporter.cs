using Numerics.Formats.Onnx;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// Turns an ONNX graph whose nodes follow one another into a model. Pictures that ONNX holds with the channels first are here
/// held with the channels last; a transposition between the two is no layer, and the rows of a dense kernel behind a flattened
/// picture are put in the other order.
/// </summary>
internal sealed class OnnxImporter
{
    private static readonly long[] s_toChannelsFirst = [0, 3, 1, 2];
    private static readonly long[] s_toChannelsLast = [0, 2, 3, 1];

    private readonly string _place;
    private readonly GraphProto _graph;
    private readonly Dictionary<string, TensorProto> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _uses = new(StringComparer.Ordinal);
    private readonly Sequential _model;
    private readonly List<(Layer Layer, string Weight, NDArray Value)> _weights = [];

    // A value that ONNX holds with the channels first while the layers here have them last.
    private bool _channelsFirst;

    // The picture [height, width, channels] whose elements lie in the vector in ONNX' order.
    private Shape? _flattened;
    private string _current = "";

    private OnnxImporter(GraphProto graph, string place, Sequential model) => (_graph, _place, _model) = (graph, place, model);

    /// <summary>The model for a graph.</summary>
    /// <param name="proto">The file.</param>
    /// <param name="place">Its name, for messages.</param>
    /// <param name="length">Its length in bytes, which bounds the weights.</param>
    /// <exception cref="InvalidDataException">The graph is damaged or cannot be expressed; the message names the node.</exception>
    public static Sequential Import(ModelProto proto, string place, long length)
    {
        if (proto.Graph is not { } graph || graph.Node.Count == 0)
            throw new InvalidDataException($"{place}: there is no graph with nodes; is it an ONNX file?");
        var model = new Sequential();
        using var placeholders = new WeightPlaceholders(length / sizeof(float));
        try
        {
            new OnnxImporter(graph, place, model).Build();
            return model;
        }
        catch (Exception error)
        {
            model.Dispose();
            if (error is ArgumentException or OverflowException or NotSupportedException)
                throw new InvalidDataException($"{place}: {error.Message}", error);
            throw;
        }
    }

    private void Build()
    {
        foreach (TensorProto tensor in _graph.Initializer)
            _constants[tensor.Name] = tensor;
        foreach (string input in _graph.Node.SelectMany(node => node.Input))
            _uses[input] = _uses.GetValueOrDefault(input) + 1;
        ValueInfoProto[] inputs = [.. _graph.Input.Where(input => !_constants.ContainsKey(input.Name))];
        if (inputs.Length != 1 || _graph.Output.Count != 1)
            throw new InvalidDataException($"{_place}: expected a graph with one input and one output, found {inputs.Length} and {_graph.Output.Count}");
        int first = Enter(inputs[0]);
        for (int i = first; i < _graph.Node.Count; i++)
            Node(ref i);
        if (_current != _graph.Output[0].Name)
            throw new InvalidDataException($"{_place}: the nodes end at '{_current}', the graph at '{_graph.Output[0].Name}'");
        foreach ((Layer layer, string name, NDArray value) in _weights)
        {
            Variable variable = layer.Variables.Single(variable => variable.Name.EndsWith("/" + name, StringComparison.Ordinal));
            if (variable.Shape != value.Shape)
                throw new InvalidDataException($"{_place}: {layer}: expected {name} {variable.Shape}, found {value.Shape}");
            variable.Assign(value);
        }
    }

    /// <summary>Reads the input and begins the model with it.</summary>
    /// <returns>The first node that is not about the input's layout.</returns>
    private int Enter(ValueInfoProto input)
    {
        if (input.Type?.TensorType?.Shape is not { } dims || dims.Dim.Count < 2)
            throw new InvalidDataException($"{_place}: input '{input.Name}': expected a batch axis and one more");
        int[] shape = [.. dims.Dim.Skip(1).Select(dim => dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && dim.DimValue > 0
            ? checked((int)dim.DimValue)
            : Shape.Unknown)];
        _current = input.Name;
        int next = 0;
        if (shape.Length == 3)
        {
            // Pictures: the graph either begins with a transposition, or takes the channels first.
            NodeProto node = _graph.Node[0];
            bool transposed = node.OpType == "Transpose" && node.Input.Count == 1 && node.Input[0] == _current &&
                Wholes(node, "perm", []).AsSpan().SequenceEqual(s_toChannelsFirst);
            bool pictures = transposed || TakesChannelsFirst();
            if (transposed)
                (next, _current) = (1, Output(node));
            else if (pictures)
                shape = [shape[1], shape[2], shape[0]];
            _channelsFirst = pictures;
        }

        _model.Add(new Input(shape));
        return next;
    }

    // Whether the first node that cares is one that slides over pictures.
    private bool TakesChannelsFirst()
    {
        foreach (NodeProto node in _graph.Node)
        {
            switch (node.OpType)
            {
                case "Conv" or "MaxPool" or "AveragePool" or "GlobalMaxPool" or "GlobalAveragePool" or "BatchNormalization":
                    return true;
                case "Transpose" or "Gemm" or "MatMul" or "Reshape" or "Flatten":
                    return false;
            }
        }

        return false;
    }

    /// <summary>Turns a node, and those behind it that belong to it, into a layer.</summary>
    /// <param name="index">The node; the last one that was used afterwards.</param>
    private void Node(ref int index)
    {
        NodeProto node = _graph.Node[index];
        if (node.OpType == "Constant")
        {
            AttributeProto? value = node.Attribute.FirstOrDefault(attribute => attribute.Name == "value");
            _constants[Output(node)] = value?.T ?? throw Error(node, "a constant without a tensor is not supported");
            return;
        }

        if (Gelu(ref index) || Silu(ref index))
            return;
        CheckInput(node);
        if (_flattened is not null && node.OpType is not ("Gemm" or "MatMul" or "Relu" or "Dropout" or "Identity"))
            throw Error(node, "behind a flattened picture with the channels first only a dense layer is supported");
        switch (node.OpType)
        {
            case "Identity" or "Dropout" or "Cast" when node.Output.Count(output => Uses(output) > 0) <= 1:
                break;
            case "Conv":
                Conv(node, ref index);
                break;
            case "Gemm":
                Gemm(node, ref index);
                break;
            case "MatMul":
                MatMul(node, ref index);
                break;
            case "MaxPool" or "AveragePool":
                Pool(node);
                break;
            case "GlobalAveragePool":
                Pictures(node);
                _model.Add(new GlobalAveragePooling2D(keepDims: !FlattenBehind(node, ref index), Name(node)));
                break;
            case "GlobalMaxPool":
                Pictures(node);
                _model.Add(new GlobalMaxPooling2D(keepDims: !FlattenBehind(node, ref index), Name(node)));
                break;
            case "BatchNormalization":
                BatchNormalization(node);
                break;
            case "Flatten":
                Flatten(node);
                break;
            case "Reshape":
                Reshape(node);
                break;
            case "Transpose":
                Transpose(node);
                break;
            case "Pad":
                Pad(node);
                break;
            case "Mul" or "Div" or "Add" or "Sub":
                Rescaling(node);
                break;
            default:
                _model.Add(new Activation(
                    ActivationOf(node, _model.OutputShape!.Rank) ?? throw Error(node, "there is no layer for this operator, or not with these attributes"),
                    Name(node)));
                break;
        }

        _current = Output(_graph.Node[index]);
    }

    private void Conv(NodeProto node, ref int index)
    {
        Pictures(node);
        NDArray kernel = Floats(node, 1);
        if (kernel.Shape.Rank != 4)
            throw Error(node, $"expected a kernel [out, in, height, width], found {kernel.Shape}");
        Size2D size = (kernel.Shape[2], kernel.Shape[3]), strides = Pair(node, "strides"), dilation = Pair(node, "dilations");
        Padding padding = Edges(node, size, strides, dilation, mayPad: true);
        var layer = new Conv2D(
            kernel.Shape[0], size, strides, padding, dilation, checked((int)Whole(node, "group", 1)), ActivationBehind(4, ref index), useBias: Has(node, 2), name: Name(node));
        _model.Add(layer);
        _weights.Add((layer, "kernel", Permutation.Of(kernel, Permutation.KernelToChannelsLast)));
        if (Has(node, 2))
            _weights.Add((layer, "bias", Floats(node, 2)));
    }

    private void Gemm(NodeProto node, ref int index)
    {
        if (Number(node, "alpha", 1) != 1 || Number(node, "beta", 1) != 1 || Whole(node, "transA", 0) != 0)
            throw Error(node, "factors and a transposed input are not supported");
        NDArray kernel = Floats(node, 1);
        if (kernel.Shape.Rank != 2)
            throw Error(node, $"expected a matrix, found {kernel.Shape}");
        Dense(node, Whole(node, "transB", 0) != 0 ? Permutation.Of(kernel, 1, 0) : kernel, Has(node, 2) ? Floats(node, 2) : null, ref index);
    }

    private void MatMul(NodeProto node, ref int index)
    {
        NDArray kernel = Floats(node, 1);
        if (kernel.Shape.Rank != 2)
            throw Error(node, $"expected a matrix, found {kernel.Shape}");

        // The bias is a node of its own.
        NDArray? bias = null;
        if (Next(index) is { OpType: "Add", Input.Count: 2 } sum && Uses(Output(node)) == 1 && sum.Input.IndexOf(Output(node)) is var at and >= 0 &&
            _constants.TryGetValue(sum.Input[1 - at], out TensorProto? tensor) && tensor.Dims.Count == 1 && tensor.Dims[0] == kernel.Shape[1])
        {
            bias = Floats(sum, 1 - at);
            index++;
        }

        Dense(node, kernel, bias, ref index);
    }

    private void Dense(NodeProto node, NDArray kernel, NDArray? bias, ref int index)
    {
        if (_channelsFirst)
            throw Error(node, "a dense layer over pictures with the channels first is not supported");
        if (_flattened is { } picture)
        {
            if (kernel.Shape[0] != picture.Size)
                throw Error(node, $"expected a kernel of {picture.Size} rows, found {kernel.Shape}");
            kernel = Permutation.DenseRows(kernel, picture, toChannelsLast: true);
            _flattened = null;
        }

        if (bias is not null && bias.Shape.Size != kernel.Shape[1])
            throw Error(node, $"expected a bias of {kernel.Shape[1]}, found {bias.Shape}");
        var layer = new Dense(kernel.Shape[1], ActivationBehind(_model.OutputShape!.Rank, ref index), useBias: bias is not null, name: Name(node));
        _model.Add(layer);
        _weights.Add((layer, "kernel", kernel));
        if (bias is not null)
            _weights.Add((layer, "bias", bias.Reshape(kernel.Shape[1])));
    }

    private void Pool(NodeProto node)
    {
        Pictures(node);
        if (Whole(node, "ceil_mode", 0) != 0 || Pair(node, "dilations") != 1 || node.Output.Count > 1)
            throw Error(node, "ceil_mode, dilations and indices are not supported");
        Size2D size = Pair(node, "kernel_shape"), strides = Pair(node, "strides");
        Padding padding = Edges(node, size, strides, 1, mayPad: false);
        if (node.OpType == "MaxPool")
        {
            _model.Add(new MaxPooling2D(size, strides, padding, Name(node)));
            return;
        }

        if (padding == Padding.Same && Whole(node, "count_include_pad", 0) != 0)
            throw Error(node, "a mean that counts the padding is not supported");
        _model.Add(new AveragePooling2D(size, strides, padding, Name(node)));
    }

    private void BatchNormalization(NodeProto node)
    {
        int rank = _model.OutputShape!.Rank;
        if (!(_channelsFirst && rank == 4) && rank != 2)
            throw Error(node, $"batch normalisation of {_model.OutputShape} is not supported");
        if (Whole(node, "training_mode", 0) != 0)
            throw Error(node, "a graph for training is not supported");
        var layer = new BatchNormalization(Number(node, "momentum", 0.9f), Number(node, "epsilon", 1e-5f), name: Name(node));
        _model.Add(layer);
        foreach ((int input, string name) in (ReadOnlySpan<(int, string)>)[(1, "gamma"), (2, "beta"), (3, "moving_mean"), (4, "moving_variance")])
            _weights.Add((layer, name, Floats(node, input)));
    }

    private void Flatten(NodeProto node)
    {
        if (Whole(node, "axis", 1) != 1)
            throw Error(node, "flattening at another axis than the first behind the batch is not supported");
        Flatten(Name(node));
    }

    private void Flatten(string? name)
    {
        Shape shape = _model.OutputShape!;
        if (_channelsFirst)
        {
            if (shape.Dims[1..].Contains(Shape.Unknown))
                throw new InvalidDataException($"{_place}: pictures of unknown size cannot be flattened");
            if (shape[1] != 1 || shape[2] != 1)
                _flattened = [shape[1], shape[2], shape[3]];
            _channelsFirst = false;
        }

        _model.Add(new Flatten(name));
    }

    private void Reshape(NodeProto node)
    {
        if (!_constants.TryGetValue(node.Input.ElementAtOrDefault(1) ?? "", out TensorProto? constant))
            throw Error(node, "a shape that is computed is not supported");
        long[] target = OnnxTensor.ReadWholes(constant, _place);
        if (target.Length == 2 && (target[1] == -1 || target[1] == _model.OutputShape!.Dims[1..].ToArray().Aggregate(1L, (a, b) => a * b)))
        {
            Flatten(Name(node));
            return;
        }

        if (_channelsFirst || target.Length < 2 || target[0] is not (0 or -1) || target.Skip(1).Any(dim => dim is 0 or < -1 or > int.MaxValue))
            throw Error(node, $"the shape [{string.Join(", ", target)}] is not supported here");
        _model.Add(new Reshape([.. target.Skip(1).Select(dim => (int)dim)], Name(node)));
    }

    private void Transpose(NodeProto node)
    {
        long[] order = Wholes(node, "perm", []);
        if (_channelsFirst && order.AsSpan().SequenceEqual(s_toChannelsLast))
            _channelsFirst = false;
        else if (!_channelsFirst && order.AsSpan().SequenceEqual(s_toChannelsFirst) && _model.OutputShape!.Rank == 4)
            _channelsFirst = true;
        else
            throw Error(node, $"the order [{string.Join(", ", order)}] is not supported here");
    }

    private void Pad(NodeProto node)
    {
        if (Text(node, "mode", "constant") != "constant" || (Has(node, 2) && Floats(node, 2).ToFloats().Any(value => value != 0)))
            throw Error(node, "padding with anything but zeros is not supported");
        long[] pads = _constants.TryGetValue(node.Input.ElementAtOrDefault(1) ?? "", out TensorProto? constant) && !Has(node, 3)
            ? OnnxTensor.ReadWholes(constant, _place)
            : throw Error(node, "padding that is computed is not supported");
        (int row, int column, int channel) = _channelsFirst ? (2, 3, 1) : (1, 2, 3);
        if (pads.Length != 8 || pads[0] != 0 || pads[4] != 0 || pads[channel] != 0 || pads[4 + channel] != 0 || pads.Any(pad => pad is < 0 or > int.MaxValue))
            throw Error(node, $"padding [{string.Join(", ", pads)}] is not supported");
        _model.Add(new ZeroPadding2D(((int)pads[row], (int)pads[4 + row]), ((int)pads[column], (int)pads[4 + column]), Name(node)));
    }

    private void Rescaling(NodeProto node)
    {
        bool first = node.Input.Count == 2 && node.Input[0] == _current;
        NDArray values = Floats(node, first ? 1 : 0);
        if (values.Shape.Size != 1 || (!first && node.OpType is "Div" or "Sub"))
            throw Error(node, "arithmetic with anything but a number is not supported");
        float value = values.AsSpan<float>()[0];
        _model.Add(node.OpType switch
        {
            "Mul" => new Rescaling(value, name: Name(node)),
            "Div" => new Rescaling(1 / value, name: Name(node)),
            "Add" => new Rescaling(1, value, Name(node)),
            _ => new Rescaling(1, -value, Name(node)),
        });
    }

    // x·(1 + erf(x/√2))/2 as five nodes.
    private bool Gelu(ref int index)
    {
        if (index + 4 >= _graph.Node.Count || _graph.Node[index + 1].OpType != "Erf")
            return false;
        (NodeProto scaled, NodeProto erf, NodeProto sum) = (_graph.Node[index], _graph.Node[index + 1], _graph.Node[index + 2]);
        (NodeProto product, NodeProto half) = (_graph.Node[index + 3], _graph.Node[index + 4]);
        bool root = scaled.OpType == "Mul" ? IsNumber(scaled, 1 / MathF.Sqrt(2)) : scaled.OpType == "Div" && IsNumber(scaled, MathF.Sqrt(2));
        bool matches = root && scaled.Input[0] == _current && erf.Input.Contains(Output(scaled)) &&
            sum.OpType == "Add" && sum.Input.Contains(Output(erf)) && IsNumber(sum, 1) &&
            product.OpType == "Mul" && product.Input.Contains(_current) && product.Input.Contains(Output(sum)) &&
            half.OpType == "Mul" && half.Input.Contains(Output(product)) && IsNumber(half, 0.5f);
        if (!matches)
            return false;
        _model.Add(new Activation("gelu"));
        _current = Output(half);
        index += 4;
        return true;
    }

    // x·sigmoid(x) as two nodes.
    private bool Silu(ref int index)
    {
        NodeProto node = _graph.Node[index];
        if (node.OpType != "Sigmoid" || Next(index) is not { OpType: "Mul", Input.Count: 2 } product || !node.Input.Contains(_current) ||
            !product.Input.Contains(_current) || !product.Input.Contains(Output(node)))
        {
            return false;
        }

        _model.Add(new Activation("silu"));
        _current = Output(product);
        index++;
        return true;
    }

    private bool IsNumber(NodeProto node, float expected) => node.Input.Any(input => _constants.TryGetValue(input, out TensorProto? tensor) &&
        tensor.DataType == (int)TensorProto.Types.DataType.Float && tensor.Dims.All(dim => dim == 1) &&
        OnnxTensor.ReadFloats(tensor, _place).AsSpan<float>() is [var number] && Math.Abs(number - expected) < 1e-5f);

    /// <summary>The activation that an operator is, or null.</summary>
    private string? ActivationOf(NodeProto node, int rank)
    {
        switch (node.OpType)
        {
            case "Relu" or "Sigmoid" or "Tanh" or "Softplus":
                return node.OpType.ToLowerInvariant();
            case "Gelu":
                return Text(node, "approximate", "none") == "none" ? "gelu" : null;
            case "Elu":
                return Number(node, "alpha", 1) == 1 ? "elu" : null;
            case "LeakyRelu":
                return Number(node, "alpha", 0.01f) == 0.2f ? "leaky_relu" : null;
            case "Softmax":
                long axis = Whole(node, "axis", -1);
                return (axis < 0 ? axis + rank : axis) == (_channelsFirst ? 1 : rank - 1) ? "softmax" : null;
            default:
                return null;
        }
    }

    // An activation behind a layer goes into the layer, where it can be computed in passing.
    private Activation? ActivationBehind(int rank, ref int index)
    {
        string output = Output(_graph.Node[index]);
        if (Next(index) is not { Input.Count: 1 } next || next.Input[0] != output || Uses(output) != 1 || ActivationOf(next, rank) is not { } function)
            return null;
        bool silu = function == "sigmoid" && Next(index + 1) is { OpType: "Mul" } product && product.Input.Contains(output);
        if (silu)
            return null;
        index++;
        return new Activation(function);
    }

    private bool FlattenBehind(NodeProto node, ref int index)
    {
        if (Next(index) is not { OpType: "Flatten" } next || next.Input[0] != Output(node) || Uses(Output(node)) != 1 || Whole(next, "axis", 1) != 1)
            return false;
        _channelsFirst = false;
        index++;
        return true;
    }

    private NodeProto? Next(int index) => index + 1 < _graph.Node.Count ? _graph.Node[index + 1] : null;

    private Padding Edges(NodeProto node, Size2D size, Size2D strides, Size2D dilation, bool mayPad)
    {
        switch (Text(node, "auto_pad", "NOTSET"))
        {
            case "VALID":
                return Padding.Valid;
            case "SAME_UPPER":
                return Padding.Same;
            case "NOTSET":
                break;
            case var other:
                throw Error(node, $"auto_pad {other} is not supported");
        }

        long[] pads = Wholes(node, "pads", [0, 0, 0, 0]);
        if (pads.Length != 4 || pads.Any(pad => pad is < 0 or > int.MaxValue))
            throw Error(node, $"padding [{string.Join(", ", pads)}] is not supported");
        if (pads.All(pad => pad == 0))
            return Padding.Valid;
        Shape input = _model.OutputShape!;
        if (input[1] != Shape.Unknown && input[2] != Shape.Unknown)
        {
            (int top, int bottom) = OnnxExporter.SamePadding(input[1], size.Height, strides.Height, dilation.Height);
            (int left, int right) = OnnxExporter.SamePadding(input[2], size.Width, strides.Width, dilation.Width);
            if (pads.AsSpan().SequenceEqual([top, left, bottom, right]))
                return Padding.Same;
        }

        if (!mayPad)
            throw Error(node, $"padding [{string.Join(", ", pads)}] that Keras' same does not give is not supported");
        _model.Add(new ZeroPadding2D(((int)pads[0], (int)pads[2]), ((int)pads[1], (int)pads[3])));
        return Padding.Valid;
    }

    private void Pictures(NodeProto node)
    {
        if (!_channelsFirst || _model.OutputShape!.Rank != 4)
            throw Error(node, $"expected pictures [batch, channels, height, width], found {_model.OutputShape}");
    }

    private void CheckInput(NodeProto node)
    {
        if (!node.Input.Contains(_current))
            throw Error(node, $"expected the value '{_current}' as input; graphs whose nodes do not follow one another are not supported");
    }

    private int Uses(string name) => _uses.GetValueOrDefault(name);

    private static bool Has(NodeProto node, int input) => node.Input.Count > input && node.Input[input].Length > 0;

    private NDArray Floats(NodeProto node, int input)
    {
        if (!Has(node, input) || !_constants.TryGetValue(node.Input[input], out TensorProto? tensor))
            throw Error(node, $"input {input}: expected a constant");
        return OnnxTensor.ReadFloats(tensor, _place);
    }

    private string Output(NodeProto node) => node.Output.Count > 0 ? node.Output[0] : throw Error(node, "it has no output");

    // Names that models here can have: without slashes, and each once.
    private string? Name(NodeProto node)
    {
        string name = node.Name.Trim('/').Replace('/', '_');
        return string.IsNullOrWhiteSpace(name) || _model.Layers.Any(layer => layer.Name == name) ? null : name;
    }

    private static AttributeProto? Find(NodeProto node, string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    private static long Whole(NodeProto node, string name, long otherwise) => Find(node, name)?.I ?? otherwise;

    private static float Number(NodeProto node, string name, float otherwise) => Find(node, name)?.F ?? otherwise;

    private static string Text(NodeProto node, string name, string otherwise) => Find(node, name)?.S.ToStringUtf8() ?? otherwise;

    private static long[] Wholes(NodeProto node, string name, long[] otherwise) => Find(node, name) is { } attribute ? [.. attribute.Ints] : otherwise;

    private Size2D Pair(NodeProto node, string name)
    {
        long[] values = Wholes(node, name, [1, 1]);
        return values is [> 0 and <= int.MaxValue, > 0 and <= int.MaxValue]
            ? ((int)values[0], (int)values[1])
            : throw Error(node, $"'{name}': expected two numbers above 0, found [{string.Join(", ", values)}]");
    }

    private InvalidDataException Error(NodeProto node, string message) => new($"{_place}: node '{node.Name}' ({node.OpType}): {message}");
}

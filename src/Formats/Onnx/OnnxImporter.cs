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
    private readonly List<OnnxNode> _nodes = [];
    private readonly Dictionary<string, TensorProto> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<OnnxNode>> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _outputs = new(StringComparer.Ordinal);
    private readonly HashSet<OnnxNode> _done = [];
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<Layer> _layers;
    private long _batch;
    private readonly List<(Layer Layer, string Weight, NDArray Value)> _weights = [];

    private OnnxImporter(GraphProto graph, string place, List<Layer> layers)
    {
        (_graph, _place, _layers) = (graph, place, layers);
        foreach (TensorProto tensor in graph.Initializer)
            _constants[tensor.Name] = tensor;
        foreach (OnnxNode node in graph.Node.Select(node => new OnnxNode(node, place)))
        {
            if (node.Op == "Constant")
                _constants[node.Output] = node.Tensor("value") ?? throw node.Error("a constant without a tensor is not supported");
            else if (node.Op == "Identity" && node.Has(0) && _constants.TryGetValue(node.Inputs[0], out TensorProto? same))
                _constants[node.Output] = same;
            else
                _nodes.Add(node);
        }

        foreach (OnnxNode node in _nodes)
        {
            foreach (string input in node.Inputs.Distinct(StringComparer.Ordinal))
            {
                if (!_readers.TryGetValue(input, out List<OnnxNode>? readers))
                    _readers.Add(input, readers = []);
                readers.Add(node);
            }
        }

        _outputs.UnionWith(graph.Output.Select(output => output.Name));
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
        KerasTensor[] inputs = [.. _graph.Input.Where(input => !_constants.ContainsKey(input.Name)).Select(Enter)];
        if (inputs.Length == 0 || _graph.Output.Count == 0)
            throw new InvalidDataException($"{_place}: expected a graph with inputs and outputs");
        foreach (OnnxNode node in _nodes)
        {
            if (_done.Add(node) && !IsOfShapes(node))
                Add(node);
        }

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
        if (dims.Dim[0].DimValue > 0)
            _batch = dims.Dim[0].DimValue;
        bool channelsFirst = shape.Length == 3 && TakesChannelsFirst(input.Name);
        if (channelsFirst)
            shape = [shape[1], shape[2], shape[0]];
        var layer = new Input(shape, LayerName(input.Name));
        _layers.Add(layer);
        _values[input.Name] = new Value(layer.Tensor, channelsFirst);
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
                case "Conv" or "ConvTranspose" or "MaxPool" or "AveragePool" or "GlobalMaxPool" or "GlobalAveragePool" or "BatchNormalization" or "Resize":
                    return true;
                case "Transpose" or "Gemm" or "MatMul" or "Reshape" or "Flatten":
                    return false;
                case "Shape":
                    continue;
            }

            ways.UnionWith(node.Outputs);
        }

        return false;
    }

    /// <summary>Turns a node, and those behind it that belong to it, into a layer.</summary>
    private void Add(OnnxNode node)
    {
        if (Gelu(node) || GatedSigmoid(node))
            return;

        // What is behind the node and goes into its layer; its output is the layer's.
        OnnxNode last = node;
        Value x = InputOf(node);
        if (x.Flattened is not null && node.Op is not ("Gemm" or "MatMul" or "Relu" or "LeakyRelu" or "Clip" or "Dropout" or "Identity"))
            throw node.Error("behind a flattened picture with the channels first only a dense layer is supported");
        Value y = node.Op switch
        {
            "Identity" or "Dropout" or "Cast" => x,
            "Conv" => Conv(node, x, ref last),
            "ConvTranspose" => TransposedConv(node, x, ref last),
            "Gemm" => Gemm(node, x, ref last),
            "MatMul" => MatMul(node, x, ref last),
            "MaxPool" or "AveragePool" => Pool(node, x),
            "GlobalAveragePool" or "GlobalMaxPool" => GlobalPool(node, x, keepsExtents: true, ref last),
            "ReduceMean" or "ReduceMax" => Reduce(node, x, ref last),
            "BatchNormalization" => BatchNormalization(node, x),
            "LayerNormalization" => LayerNormalization(node, x),
            "Flatten" when node.Whole("axis", 1) == 1 => Flatten(node, x),
            "Squeeze" => Squeeze(node, x, ref last),
            "Reshape" => Reshape(node, x),
            "Transpose" => Transpose(node, x),
            "Pad" => Pad(node, x),
            "Slice" => Slice(node, x),
            "Resize" or "Upsample" => Resize(node, x),
            "Gather" => Embedding(node, x),
            "Concat" => Concatenate(node),
            "Add" or "Sub" or "Mul" or "Div" or "Sum" or "Mean" or "Max" or "Min" => Arithmetic(node, x),
            _ => Activate(ActivationOf(node, x) ?? throw node.Error("there is no layer for this operator, or not with these attributes"), x),
        };
        _values[last.Output] = y;
    }

    private Value Gemm(OnnxNode node, Value x, ref OnnxNode last)
    {
        if (node.Whole("transA", 0) != 0 || (node.Has(0) && node.Inputs[0] != x.Name))
            throw node.Error("a transposed input is not supported, nor a constant one");
        (float alpha, float beta) = (node.Number("alpha", 1), node.Number("beta", 1));
        NDArray kernel = Floats(node, 1);
        if (kernel.Shape.Rank != 2)
            throw node.Error($"expected a matrix, found {kernel.Shape}");
        kernel = Scaled(node.Whole("transB", 0) != 0 ? Permutation.Of(kernel, 1, 0) : kernel, alpha);
        return Dense(node, x, kernel, node.Has(2) ? Scaled(Floats(node, 2), beta) : null, ref last);
    }

    private static NDArray Scaled(NDArray values, float factor) => factor == 1
        ? values
        : NDArray.From(values.Shape, [.. values.ToFloats().Select(value => value * factor)]);

    private Value MatMul(OnnxNode node, Value x, ref OnnxNode last)
    {
        if (node.Has(0) && node.Inputs[0] != x.Name)
            throw node.Error("a constant from the left is not supported");
        NDArray kernel = Floats(node, 1);
        if (kernel.Shape.Rank != 2)
            throw node.Error($"expected a matrix, found {kernel.Shape}");

        // The bias is a node of its own.
        NDArray? bias = null;
        if (Reader(node) is { Op: "Add", Inputs.Count: 2 } sum && (sum.Inputs[0] == node.Output ? 1 : 0) is var other &&
            _constants.TryGetValue(sum.Inputs[other], out TensorProto? tensor) && tensor.Dims.Count > 0 && tensor.Dims[^1] == kernel.Shape[1] &&
            tensor.Dims.Take(tensor.Dims.Count - 1).All(dim => dim == 1))
        {
            bias = Floats(sum, other);
            Absorb(sum, ref last);
        }

        return Dense(node, x, kernel, bias, ref last);
    }

    private Value Dense(OnnxNode node, Value x, NDArray kernel, NDArray? bias, ref OnnxNode last)
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
        var layer = new Dense(kernel.Shape[1], ActivationBehind(x, ref last), useBias: bias is not null, name: LayerName(node.Name));
        _weights.Add((layer, "kernel", kernel));
        if (bias is not null)
            _weights.Add((layer, "bias", bias.Reshape(kernel.Shape[1])));
        return Apply(layer, x) with { NonNegative = IsNonNegative(layer.Activation) };
    }

    private Value Apply(Layer layer, Value x)
    {
        _layers.Add(layer);
        return x with { Tensor = layer.Call(x.Tensor), NonNegative = false };
    }

    private Value Join(Merge layer, Value[] inputs)
    {
        _layers.Add(layer);
        return inputs[0] with
        {
            Tensor = layer.Call([.. inputs.Select(input => input.Tensor)]),
            NonNegative = layer is not Subtract && inputs.All(input => input.NonNegative),
        };
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
        return name is null ? throw node.Error("none of its inputs comes from the graph's input") : _values[name] with { Name = name };
    }

    private static void CheckPictures(OnnxNode node, Value x)
    {
        if (!x.ChannelsFirst || x.Tensor.Shape.Rank != 4)
            throw node.Error($"expected pictures [batch, channels, height, width], found {x.Tensor.Shape}");
    }

    // The only node that reads a node's output, which nothing else sees.
    private OnnxNode? Reader(OnnxNode node) =>
        !_outputs.Contains(node.Output) && node.Outputs.Skip(1).All(output => !_readers.ContainsKey(output)) && _readers.GetValueOrDefault(node.Output) is [var reader]
            ? reader
            : null;

    private void Absorb(OnnxNode node, ref OnnxNode last)
    {
        _done.Add(node);
        last = node;
    }

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
    /// <param name="NonNegative">Whether no element is below 0.</param>
    /// <param name="Name">Under which name a node reads it.</param>
    private sealed record Value(KerasTensor Tensor, bool ChannelsFirst, Shape? Flattened = null, bool NonNegative = false, string Name = "");
}

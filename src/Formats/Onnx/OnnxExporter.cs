using System.Globalization;
using Numerics.Formats.Onnx;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// Turns a model into an ONNX graph. ONNX' windows want the channels first: a picture is transposed once before the first of
/// them and back where its elements' order matters. Source of the operators: https://onnx.ai/onnx/operators.
/// </summary>
internal sealed class OnnxExporter
{
    private const int FirstGeluOpset = 20;

    private readonly OnnxGraph _graph = new();
    private readonly OnnxExportOptions _options;

    private OnnxExporter(OnnxExportOptions options) => _options = options;

    /// <summary>The file for a model.</summary>
    /// <exception cref="NotSupportedException">ONNX, or this exporter, has nothing for a layer.</exception>
    public static ModelProto Export(Model model, OnnxExportOptions options)
    {
        var exporter = new OnnxExporter(options);
        exporter.Build(model);
        
        // The first version of the format that each operator set came with.
        int format = options.Opset >= 21 ? 10 : options.Opset >= 19 ? 9 : 8;
        var proto = new ModelProto { IrVersion = format, ProducerName = "Numerics", ProducerVersion = Version, Graph = exporter._graph.Proto };
        proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = options.Opset });
        return proto;
    }

    private static string Version => typeof(OnnxExporter).Assembly.GetName().Version?.ToString(3) ?? "";

    private void Build(Model model)
    {
        _graph.Proto.Name = model.Name;
        Shape input = model.InputShape!, output = model.OutputShape!;
        string name = _graph.Unique(_options.InputName);
        Value value = Enter(name, input);
        value = Layers(model.Layers, value, _options.Logits);
        value = ChannelsLast(value);
        string last = _graph.Unique(_options.OutputName);
        Rename(value.Name, last);
        _graph.Proto.Output.Add(Describe(last, output, TensorProto.Types.DataType.Float));
    }

    /// <summary>The graph's input and what is done to pictures before the model sees them.</summary>
    private Value Enter(string name, Shape input)
    {
        bool pictures = input.Rank == 4;
        if (!pictures && (_options.ChannelsFirst || _options.Resize))
            throw new NotSupportedException($"{nameof(OnnxExportOptions.ChannelsFirst)} and {nameof(OnnxExportOptions.Resize)} are for pictures, the model takes {input}");
        Shape taken = _options.Resize ? [input[0], Shape.Unknown, Shape.Unknown, input[3]] : input;
        if (_options.ChannelsFirst)
            taken = [taken[0], taken[3], taken[1], taken[2]];
        TensorProto.Types.DataType type = _options.BytePixels ? TensorProto.Types.DataType.Uint8 : TensorProto.Types.DataType.Float;
        _graph.Proto.Input.Add(Describe(name, taken, type));
        var value = new Value(name, _options.Resize ? [input[0], Shape.Unknown, Shape.Unknown, input[3]] : input, _options.ChannelsFirst);
        if (_options.BytePixels)
        {
            string floats = _graph.Add("Cast", "pixels", value.Name);
            _graph.Attribute("to", (long)TensorProto.Types.DataType.Float);
            value = value with { Name = _graph.Add("Div", "scaled_pixels", floats, _graph.Number("largest_pixel", 255)) };
        }

        return _options.Resize ? Resize(ChannelsFirst(value), input) : value;
    }

    private Value Resize(Value value, Shape size)
    {
        if (size[1] == Shape.Unknown || size[2] == Shape.Unknown)
            throw new NotSupportedException($"{nameof(OnnxExportOptions.Resize)} needs the size of the model's pictures, it takes {size}");
        string shape = _graph.Add("Shape", "picture_shape", value.Name);
        string first = _graph.Add("Slice", "batch_and_channels", shape, _graph.Wholes("zero", [0L]), _graph.Wholes("two", [2L]));
        string target = _graph.Add("Concat", "target_shape", first, _graph.Wholes("target_size", [(long)size[1], size[2]]));
        _graph.Attribute("axis", 0L);
        string resized = _graph.Add("Resize", "resized", value.Name, "", "", target);
        _graph.Attribute("mode", "linear");
        _graph.Attribute("coordinate_transformation_mode", "half_pixel");
        return value with { Name = resized, Shape = size };
    }

    private Value Layers(IReadOnlyList<Layer> layers, Value value, bool withoutEnd)
    {
        for (int i = 0; i < layers.Count; i++)
            value = Layer(layers[i], value, withoutEnd && i == layers.Count - 1);
        return value;
    }

    private Value Layer(Layer layer, Value x, bool withoutEnd)
    {
        Value y = layer switch
        {
            Sequential inner => Layers(inner.Layers, x, withoutEnd),
            Dense dense => Activate(dense.Activation, Dense(dense, x), dense.Name, withoutEnd),
            Conv2D conv => Activate(conv.Activation, Conv2D(conv, x), conv.Name, withoutEnd),
            Activation activation => Activate(activation, x, activation.Name, withoutEnd),
            MaxPooling2D pool => Pool("MaxPool", pool, x),
            AveragePooling2D pool => Pool("AveragePool", pool, x),
            GlobalMaxPooling2D pool => GlobalPool("GlobalMaxPool", pool, x),
            GlobalAveragePooling2D pool => GlobalPool("GlobalAveragePool", pool, x),
            BatchNormalization normalization => BatchNormalization(normalization, x),
            Flatten => Rows(layer, x),
            Reshape => OtherShape(layer, x),
            ZeroPadding2D padding => ZeroPadding2D(padding, x),
            Rescaling rescaling => Rescaling(rescaling, x),
            Dropout => x,
            _ => throw new NotSupportedException($"{layer}: there is no export of such a layer to ONNX"),
        };
        return y with { Shape = layer.OutputShape! };
    }

    private Value Dense(Dense layer, Value x)
    {
        x = ChannelsLast(x);
        string kernel = _graph.Constant($"{layer.Name}/kernel", layer.Kernel!.Value.ToNDArray());
        string? bias = layer.Bias is null ? null : _graph.Constant($"{layer.Name}/bias", layer.Bias.Value.ToNDArray());
        if (x.Shape.Rank == 2)
            return x with { Name = bias is null ? _graph.Add("Gemm", layer.Name, x.Name, kernel) : _graph.Add("Gemm", layer.Name, x.Name, kernel, bias) };
        string product = _graph.Add("MatMul", layer.Name, x.Name, kernel);
        return x with { Name = bias is null ? product : _graph.Add("Add", $"{layer.Name}/sum", product, bias) };
    }

    private Value Conv2D(Conv2D layer, Value x)
    {
        x = ChannelsFirst(x);
        NDArray values = Permutation.Of(layer.Kernel!.Value.ToNDArray(), Permutation.KernelToChannelsFirst);
        string kernel = _graph.Constant($"{layer.Name}/kernel", values);
        string name = layer.Bias is null
            ? _graph.Add("Conv", layer.Name, x.Name, kernel)
            : _graph.Add("Conv", layer.Name, x.Name, kernel, _graph.Constant($"{layer.Name}/bias", layer.Bias.Value.ToNDArray()));
        Window(x.Shape, layer.KernelSize, layer.Strides, layer.DilationRate, layer.Padding);
        _graph.Attribute("dilations", [(long)layer.DilationRate.Height, layer.DilationRate.Width]);
        _graph.Attribute("group", (long)layer.Groups);
        return x with { Name = name };
    }

    private Value Pool(string op, Pooling2D layer, Value x)
    {
        x = ChannelsFirst(x);
        string name = _graph.Add(op, layer.Name, x.Name);
        Window(x.Shape, layer.PoolSize, layer.Strides, 1, layer.Padding);
        return x with { Name = name };
    }

    private Value GlobalPool(string op, GlobalPooling2D layer, Value x)
    {
        x = ChannelsFirst(x);
        string pooled = _graph.Add(op, layer.Name, x.Name);
        if (layer.KeepDims)
            return x with { Name = pooled };
        string rows = _graph.Add("Flatten", $"{layer.Name}/rows", pooled);
        _graph.Attribute("axis", 1L);
        return new Value(rows, layer.OutputShape!, IsChannelsFirst: false);
    }

    /// <summary>Kernel, strides and padding of a window; Keras' <c>same</c> puts the odd pixel at the end.</summary>
    private void Window(Shape input, Size2D size, Size2D strides, Size2D dilation, Padding padding)
    {
        _graph.Attribute("kernel_shape", [(long)size.Height, size.Width]);
        _graph.Attribute("strides", [(long)strides.Height, strides.Width]);
        if (padding == Padding.Valid)
        {
            _graph.Attribute("pads", [0L, 0, 0, 0]);
            return;
        }

        // Where the size is not known, only the runtime can work the padding out.
        if (input[1] == Shape.Unknown || input[2] == Shape.Unknown)
        {
            _graph.Attribute("auto_pad", "SAME_UPPER");
            return;
        }

        (int top, int bottom) = SamePadding(input[1], size.Height, strides.Height, dilation.Height);
        (int left, int right) = SamePadding(input[2], size.Width, strides.Width, dilation.Width);
        _graph.Attribute("pads", [(long)top, left, bottom, right]);
    }

    /// <summary>The zeros before and behind that <c>same</c> puts.</summary>
    internal static (int Before, int Behind) SamePadding(int extent, int window, int stride, int dilation)
    {
        int outputs = (extent + stride - 1) / stride;
        int total = Math.Max((((outputs - 1) * stride) + ((window - 1) * dilation) + 1) - extent, 0);
        return (total / 2, total - (total / 2));
    }

    private Value BatchNormalization(BatchNormalization layer, Value x)
    {
        int channels = x.Shape[-1];
        NDArray Weight(string name, float otherwise)
        {
            Variable? variable = layer.Variables.FirstOrDefault(variable => variable.Name.EndsWith($"/{name}", StringComparison.Ordinal) || variable.Name == name);
            if (variable is not null)
                return variable.Value.ToNDArray();
            var values = new NDArray(channels);
            values.AsSpan<float>().Fill(otherwise);
            return values;
        }

        NDArray gamma = Weight("gamma", 1), beta = Weight("beta", 0), mean = Weight("moving_mean", 0), variance = Weight("moving_variance", 1);
        if (x.Shape.Rank is 2 or 4)
        {
            if (x.Shape.Rank == 4)
                x = ChannelsFirst(x);
            string name = _graph.Add(
                "BatchNormalization",
                layer.Name,
                x.Name,
                _graph.Constant($"{layer.Name}/gamma", gamma),
                _graph.Constant($"{layer.Name}/beta", beta),
                _graph.Constant($"{layer.Name}/moving_mean", mean),
                _graph.Constant($"{layer.Name}/moving_variance", variance));
            _graph.Attribute("epsilon", layer.Epsilon);
            return x with { Name = name };
        }

        // ONNX normalises the second axis only; a factor and a shift broadcast over the last one.
        NDArray factor = new(channels), shift = new(channels);
        for (int i = 0; i < channels; i++)
        {
            float scale = gamma.AsSpan<float>()[i] / MathF.Sqrt(variance.AsSpan<float>()[i] + layer.Epsilon);
            factor.AsSpan<float>()[i] = scale;
            shift.AsSpan<float>()[i] = beta.AsSpan<float>()[i] - (mean.AsSpan<float>()[i] * scale);
        }

        string scaled = _graph.Add("Mul", layer.Name, x.Name, _graph.Constant($"{layer.Name}/factor", factor));
        return x with { Name = _graph.Add("Add", $"{layer.Name}/sum", scaled, _graph.Constant($"{layer.Name}/shift", shift)) };
    }

    private Value Rows(Layer layer, Value x)
    {
        x = ChannelsLast(x);
        string name = _graph.Add("Flatten", layer.Name, x.Name);
        _graph.Attribute("axis", 1L);
        return x with { Name = name };
    }

    private Value OtherShape(Layer layer, Value x)
    {
        x = ChannelsLast(x);
        long[] target = [.. layer.OutputShape!.Select((dim, i) => i == 0 ? 0L : dim)];
        if (target.Count(dim => dim == Shape.Unknown) > 1)
            throw new NotSupportedException($"{layer}: its output {layer.OutputShape} has more than one extent that is not known");
        return x with { Name = _graph.Add("Reshape", layer.Name, x.Name, _graph.Wholes($"{layer.Name}/shape", target)) };
    }

    private Value ZeroPadding2D(ZeroPadding2D layer, Value x)
    {
        long[] pads = x.IsChannelsFirst
            ? [0, 0, layer.Rows.Top, layer.Columns.Left, 0, 0, layer.Rows.Bottom, layer.Columns.Right]
            : [0, layer.Rows.Top, layer.Columns.Left, 0, 0, layer.Rows.Bottom, layer.Columns.Right, 0];
        return x with { Name = _graph.Add("Pad", layer.Name, x.Name, _graph.Wholes($"{layer.Name}/pads", pads)) };
    }

    private Value Rescaling(Rescaling layer, Value x)
    {
        string name = _graph.Add("Mul", layer.Name, x.Name, _graph.Number($"{layer.Name}/scale", layer.Scale));
        if (layer.Offset != 0)
            name = _graph.Add("Add", $"{layer.Name}/sum", name, _graph.Number($"{layer.Name}/offset", layer.Offset));
        return x with { Name = name };
    }

    private Value Activate(Activation? activation, Value x, string layer, bool withoutEnd)
    {
        if (activation is null || activation.Function == "linear" || (withoutEnd && activation is { IsKnown: true, Function: "softmax" or "sigmoid" }))
            return x;
        if (!activation.IsKnown)
            throw new NotSupportedException($"'{layer}': the activation '{activation.Function}' is a function of one's own, which ONNX does not have");
        string name = $"{layer}/{activation.Function}";
        string Add(string op, params ReadOnlySpan<string> inputs) => _graph.Add(op, name, inputs);
        string Alpha(string op, float alpha)
        {
            string output = Add(op, x.Name);
            _graph.Attribute("alpha", alpha);
            return output;
        }

        string Softmax()
        {
            string output = Add("Softmax", x.Name);
            _graph.Attribute("axis", x.IsChannelsFirst ? 1L : -1L);
            return output;
        }

        // x·(1 + erf(x/√2))/2, from opset 20 on an operator of its own.
        string Gelu()
        {
            if (_options.Opset >= FirstGeluOpset)
                return Add("Gelu", x.Name);
            string scaled = Add("Mul", x.Name, _graph.Number($"{name}/root", 1 / MathF.Sqrt(2)));
            string error = Add("Erf", scaled);
            string sum = Add("Add", error, _graph.Number($"{name}/one", 1));
            string product = Add("Mul", x.Name, sum);
            return Add("Mul", product, _graph.Number($"{name}/half", 0.5f));
        }

        return x with
        {
            Name = activation.Function switch
            {
                "relu" => Add("Relu", x.Name),
                "sigmoid" => Add("Sigmoid", x.Name),
                "tanh" => Add("Tanh", x.Name),
                "softplus" => Add("Softplus", x.Name),
                "elu" => Alpha("Elu", 1),
                "leaky_relu" => Alpha("LeakyRelu", 0.2f),
                "softmax" => Softmax(),
                "silu" or "swish" => Add("Mul", x.Name, Add("Sigmoid", x.Name)),
                "gelu" => Gelu(),
                _ => throw new NotSupportedException($"'{layer}': there is no export of the activation '{activation.Function}' to ONNX"),
            },
        };
    }

    private Value ChannelsFirst(Value x)
    {
        if (x.IsChannelsFirst)
            return x;
        string name = _graph.Add("Transpose", $"{x.Name}/channels_first", x.Name);
        _graph.Attribute("perm", [0L, 3, 1, 2]);
        return x with { Name = name, IsChannelsFirst = true };
    }

    private Value ChannelsLast(Value x)
    {
        if (!x.IsChannelsFirst)
            return x;
        string name = _graph.Add("Transpose", $"{x.Name}/channels_last", x.Name);
        _graph.Attribute("perm", [0L, 2, 3, 1]);
        return x with { Name = name, IsChannelsFirst = false };
    }

    // The last node's output is the graph's; a model without a node gets one.
    private void Rename(string from, string to)
    {
        NodeProto? node = _graph.Proto.Node.LastOrDefault();
        if (node is null || node.Output[0] != from)
        {
            _graph.Proto.Node.Add(new NodeProto { OpType = "Identity", Name = to, Input = { from }, Output = { to } });
            return;
        }

        node.Output[0] = to;
    }

    private static ValueInfoProto Describe(string name, Shape shape, TensorProto.Types.DataType type)
    {
        var dims = new TensorShapeProto();
        for (int i = 0; i < shape.Rank; i++)
        {
            dims.Dim.Add(shape[i] == Shape.Unknown
                ? new TensorShapeProto.Types.Dimension { DimParam = i == 0 ? "batch" : string.Create(CultureInfo.InvariantCulture, $"{name}_{i}") }
                : new TensorShapeProto.Types.Dimension { DimValue = shape[i] });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dims } } };
    }

    /// <summary>A value on its way through the graph.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Shape">Its extents as the layers here see them, the channels last.</param>
    /// <param name="IsChannelsFirst">Whether the graph holds it as [batch, channels, height, width].</param>
    private readonly record struct Value(string Name, Shape Shape, bool IsChannelsFirst);
}

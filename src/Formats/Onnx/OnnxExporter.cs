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
        bool sequential = model is Sequential;
        Shape[] inputs = sequential ? [model.InputShape!] : [.. model.Inputs.Select(input => input.Shape)];
        Shape[] outputs = sequential ? [model.OutputShape!] : [.. model.Outputs.Select(output => output.Shape)];
        if (inputs.Length > 1 && (_options.Resize || _options.BytePixels))
            throw new NotSupportedException($"{nameof(OnnxExportOptions.BytePixels)} and {nameof(OnnxExportOptions.Resize)} are for models with one input, {model} has {inputs.Length}");
        if (outputs.Length > 1 && _options.Logits)
            throw new NotSupportedException($"{nameof(OnnxExportOptions.Logits)} is for models with one output, {model} has {outputs.Length}");
        Value[] values = [.. inputs.Select((shape, i) =>
            Enter(_graph.Unique(inputs.Length == 1 ? _options.InputName : model.Inputs[i].Layer.Name), shape))];
        values = Run(model, values, _options.Logits);
        for (int i = 0; i < outputs.Length; i++)
        {
            string name = _graph.Unique(outputs.Length == 1 ? _options.OutputName : $"{model.Outputs[i].Layer.Name}/output");
            _graph.Proto.Node.Add(new NodeProto { OpType = "Identity", Name = name, Input = { ChannelsLast(values[i]).Name }, Output = { name } });
            _graph.Proto.Output.Add(Describe(name, outputs[i], TensorProto.Types.DataType.Float));
        }
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

    /// <summary>The outputs of a model for values of its inputs.</summary>
    private Value[] Run(Model model, Value[] inputs, bool withoutEnd)
    {
        if (model is Sequential)
        {
            Value[] values = inputs;
            for (int i = 0; i < model.Layers.Count; i++)
                values = Call(model.Layers[i], values, withoutEnd && i == model.Layers.Count - 1);
            return values;
        }

        if (model.Nodes is not { } nodes)
            throw new NotSupportedException($"{model}: only a {nameof(Sequential)} and models made of inputs and outputs can be exported");
        var known = new Dictionary<KerasTensor, Value>();
        for (int i = 0; i < inputs.Length; i++)
            known[model.Inputs[i]] = inputs[i];
        foreach (LayerNode node in nodes.Where(node => !known.ContainsKey(node.Outputs[0])))
        {
            bool last = withoutEnd && node.Outputs[0] == model.Outputs[0] && !nodes.Any(other => other.Inputs.Contains(node.Outputs[0]));
            Value[] made = Call(node.Layer, [.. node.Inputs.Select(input => known[input])], last);
            for (int i = 0; i < made.Length; i++)
                known[node.Outputs[i]] = made[i];
        }

        return [.. model.Outputs.Select(output => known[output])];
    }

    private Value[] Call(Layer layer, Value[] inputs, bool withoutEnd) => layer switch
    {
        Model model => Run(model, inputs, withoutEnd),
        Merge merge => [Join(merge, inputs)],
        _ => [Layer(layer, inputs[0], withoutEnd) with { Shape = layer.ComputeOutputShape(inputs[0].Shape) }],
    };

    private Value Layer(Layer layer, Value x, bool withoutEnd) => layer switch
    {
        Dense dense => Activate(dense.Activation, Dense(dense, x), dense.Name, withoutEnd),
        Conv2D conv => Activate(conv.Activation, Conv2D(conv, x), conv.Name, withoutEnd),
        DepthwiseConv2D conv => Activate(conv.Activation, Depthwise(conv, x), conv.Name, withoutEnd),
        SeparableConv2D conv => Activate(conv.Activation, Separable(conv, x), conv.Name, withoutEnd),
        Conv2DTranspose conv => Activate(conv.Activation, Transpose(conv, x), conv.Name, withoutEnd),
        Activation activation => Activate(activation, x, activation.Name, withoutEnd),
        MaxPooling2D pool => Pool("MaxPool", pool, x),
        AveragePooling2D pool => Pool("AveragePool", pool, x),
        GlobalMaxPooling2D pool => GlobalPool("GlobalMaxPool", pool, x),
        GlobalAveragePooling2D pool => GlobalPool("GlobalAveragePool", pool, x),
        UpSampling2D larger => UpSampling(larger, x),
        BatchNormalization normalization => BatchNormalization(normalization, x),
        LayerNormalization normalization => LayerNormalization(normalization, x),
        Flatten => Rows(layer, x),
        Reshape => OtherShape(layer, x),
        ReLU relu => Rectified(relu, x),
        LeakyReLU leaky => Alpha("LeakyRelu", leaky.Name, x, leaky.NegativeSlope),
        ELU elu => Alpha("Elu", elu.Name, x, elu.Alpha),
        ZeroPadding2D padding => ZeroPadding2D(padding, x),
        Cropping2D cropping => Cropping2D(cropping, x),
        Rescaling rescaling => Rescaling(rescaling, x),
        Embedding embedding => Embedding(embedding, x),
        RandomLayer and not RandomCrop or ActivityRegularization => x,
        _ => throw new NotSupportedException($"{layer}: there is no export of such a layer to ONNX"),
    };

    private Value Join(Merge layer, Value[] inputs)
    {
        // Where one of the pictures has the channels first, the others follow.
        bool first = inputs.Any(input => input.IsChannelsFirst) && inputs.All(input => input.Shape.Rank == 4);
        Value[] values = [.. inputs.Select(input => first ? ChannelsFirst(input) : ChannelsLast(input))];
        Shape shape = layer.ComputeOutputShape([.. inputs.Select(input => input.Shape)]);
        string[] names = [.. values.Select(value => value.Name)];
        string Fold(string op) => names.Skip(1).Aggregate(names[0], (joined, name) => _graph.Add(op, layer.Name, joined, name));
        string name;
        switch (layer)
        {
            case Add:
                name = Fold("Add");
                break;
            case Subtract:
                name = Fold("Sub");
                break;
            case Multiply:
                name = Fold("Mul");
                break;
            case Average:
                name = _graph.Add("Mean", layer.Name, names);
                break;
            case Maximum:
                name = _graph.Add("Max", layer.Name, names);
                break;
            case Minimum:
                name = _graph.Add("Min", layer.Name, names);
                break;
            case Concatenate concatenate:
                int axis = shape.Axis(concatenate.Axis);
                name = _graph.Add("Concat", layer.Name, names);
                _graph.Attribute("axis", (long)(!first ? axis : axis == 3 ? 1 : axis + 1));
                break;
            default:
                throw new NotSupportedException($"{layer}: there is no export of such a layer to ONNX");
        }

        return new Value(name, shape, first);
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

    private Value Depthwise(DepthwiseConv2D layer, Value x)
    {
        string name = Depthwise(layer.Name, x = ChannelsFirst(x), layer.Kernel!, layer.Bias);
        Window(x.Shape, layer.KernelSize, layer.Strides, layer.DilationRate, layer.Padding);
        _graph.Attribute("dilations", [(long)layer.DilationRate.Height, layer.DilationRate.Width]);
        return x with { Name = name };
    }

    private Value Separable(SeparableConv2D layer, Value x)
    {
        string name = Depthwise($"{layer.Name}/depthwise", x = ChannelsFirst(x), layer.DepthwiseKernel!, null);
        Window(x.Shape, layer.KernelSize, layer.Strides, layer.DilationRate, layer.Padding);
        _graph.Attribute("dilations", [(long)layer.DilationRate.Height, layer.DilationRate.Width]);
        NDArray pointwise = Permutation.Of(layer.PointwiseKernel!.Value.ToNDArray(), Permutation.KernelToChannelsFirst);
        string kernel = _graph.Constant($"{layer.Name}/pointwise_kernel", pointwise);
        return x with
        {
            Name = layer.Bias is null
                ? _graph.Add("Conv", layer.Name, name, kernel)
                : _graph.Add("Conv", layer.Name, name, kernel, _graph.Constant($"{layer.Name}/bias", layer.Bias.Value.ToNDArray())),
        };
    }

    // One group a channel: [height, width, channels, multiplier] becomes [channels·multiplier, 1, height, width].
    private string Depthwise(string layer, Value x, Variable kernel, Variable? bias)
    {
        NDArray values = Permutation.Of(kernel.Value.ToNDArray(), 2, 3, 0, 1);
        values = values.Reshape((values.Shape[0] * values.Shape[1], 1, values.Shape[2], values.Shape[3]));
        string weights = _graph.Constant($"{layer}/kernel", values);
        string name = bias is null
            ? _graph.Add("Conv", layer, x.Name, weights)
            : _graph.Add("Conv", layer, x.Name, weights, _graph.Constant($"{layer}/bias", bias.Value.ToNDArray()));
        _graph.Attribute("group", (long)x.Shape[3]);
        return name;
    }

    private Value Transpose(Conv2DTranspose layer, Value x)
    {
        x = ChannelsFirst(x);
        string kernel = _graph.Constant($"{layer.Name}/kernel", Permutation.Of(layer.Kernel!.Value.ToNDArray(), Permutation.KernelToChannelsFirst));
        string name = layer.Bias is null
            ? _graph.Add("ConvTranspose", layer.Name, x.Name, kernel)
            : _graph.Add("ConvTranspose", layer.Name, x.Name, kernel, _graph.Constant($"{layer.Name}/bias", layer.Bias.Value.ToNDArray()));
        (int top, int bottom, int below) = TransposedEdges(layer.KernelSize.Height, layer.Strides.Height, layer.DilationRate.Height, layer.Padding);
        (int left, int right, int beside) = TransposedEdges(layer.KernelSize.Width, layer.Strides.Width, layer.DilationRate.Width, layer.Padding);
        _graph.Attribute("kernel_shape", [(long)layer.KernelSize.Height, layer.KernelSize.Width]);
        _graph.Attribute("strides", [(long)layer.Strides.Height, layer.Strides.Width]);
        _graph.Attribute("dilations", [(long)layer.DilationRate.Height, layer.DilationRate.Width]);
        _graph.Attribute("pads", [(long)top, left, bottom, right]);
        _graph.Attribute("output_padding", [(long)below, beside]);
        return x with { Name = name };
    }

    // What is cut off before and behind, and what is added behind, so that same gives size · stride.
    private static (int Before, int Behind, int Added) TransposedEdges(int window, int stride, int dilation, Padding padding)
    {
        int covered = ((window - 1) * dilation) + 1, cut = padding == Padding.Same ? Math.Max(covered - stride, 0) : 0;
        return (cut / 2, cut - (cut / 2), Math.Max(stride - covered, 0));
    }

    private Value UpSampling(UpSampling2D layer, Value x)
    {
        x = ChannelsFirst(x);
        string factors = _graph.Constant($"{layer.Name}/factors", NDArray.From(4, [1f, 1, layer.Size.Height, layer.Size.Width]));
        string name = _graph.Add("Resize", layer.Name, x.Name, "", factors);
        bool bilinear = layer.Interpolation == SampleInterpolation.Bilinear;
        _graph.Attribute("mode", bilinear ? "linear" : "nearest");
        _graph.Attribute("coordinate_transformation_mode", bilinear ? "half_pixel" : "asymmetric");
        if (!bilinear)
            _graph.Attribute("nearest_mode", "floor");
        return x with { Name = name };
    }

    private Value LayerNormalization(LayerNormalization layer, Value x)
    {
        x = ChannelsLast(x);
        int rank = x.Shape.Rank;
        int[] axes = [.. layer.Axis.Select(axis => axis < 0 ? axis + rank : axis).Order()];
        if (axes[^1] != rank - 1 || axes[^1] - axes[0] != axes.Length - 1)
            throw new NotSupportedException($"{layer}: ONNX normalises the last axes only, not [{string.Join(", ", layer.Axis)}]");
        Shape shape = [.. axes.Select(axis => x.Shape[axis])];
        NDArray gamma = new(shape), beta = new(shape);
        gamma.AsSpan<float>().Fill(1);
        if (Weight(layer, "gamma") is { } scale)
            gamma = scale.Value.ToNDArray().Reshape(shape);
        if (Weight(layer, "beta") is { } shift)
            beta = shift.Value.ToNDArray().Reshape(shape);
        string name = _graph.Add(
            "LayerNormalization", layer.Name, x.Name, _graph.Constant($"{layer.Name}/gamma", gamma), _graph.Constant($"{layer.Name}/beta", beta));
        _graph.Attribute("axis", (long)axes[0]);
        _graph.Attribute("epsilon", layer.Epsilon);
        return x with { Name = name };
    }

    private Value Embedding(Embedding layer, Value x)
    {
        string numbers = _graph.Add("Cast", $"{layer.Name}/numbers", x.Name);
        _graph.Attribute("to", (long)TensorProto.Types.DataType.Int64);
        string rows = _graph.Constant($"{layer.Name}/embeddings", layer.Embeddings!.Value.ToNDArray());
        return x with { Name = _graph.Add("Gather", layer.Name, rows, numbers) };
    }

    private static Variable? Weight(Layer layer, string name) =>
        layer.Variables.FirstOrDefault(variable => variable.Name == name || variable.Name.EndsWith($"/{name}", StringComparison.Ordinal));

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
        return x with { Name = rows, IsChannelsFirst = false };
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
        NDArray Values(string name, float otherwise)
        {
            if (Weight(layer, name) is { } variable)
                return variable.Value.ToNDArray();
            var values = new NDArray(channels);
            values.AsSpan<float>().Fill(otherwise);
            return values;
        }

        NDArray gamma = Values("gamma", 1), beta = Values("beta", 0), mean = Values("moving_mean", 0), variance = Values("moving_variance", 1);
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
        Shape output = layer.ComputeOutputShape(x.Shape);
        long[] target = [.. output.Select((dim, i) => i == 0 ? 0L : dim)];
        if (target.Count(dim => dim == Shape.Unknown) > 1)
            throw new NotSupportedException($"{layer}: its output {output} has more than one extent that is not known");
        return x with { Name = _graph.Add("Reshape", layer.Name, x.Name, _graph.Wholes($"{layer.Name}/shape", target)) };
    }

    private Value ZeroPadding2D(ZeroPadding2D layer, Value x)
    {
        long[] pads = x.IsChannelsFirst
            ? [0, 0, layer.Rows.Top, layer.Columns.Left, 0, 0, layer.Rows.Bottom, layer.Columns.Right]
            : [0, layer.Rows.Top, layer.Columns.Left, 0, 0, layer.Rows.Bottom, layer.Columns.Right, 0];
        return x with { Name = _graph.Add("Pad", layer.Name, x.Name, _graph.Wholes($"{layer.Name}/pads", pads)) };
    }

    private Value Cropping2D(Cropping2D layer, Value x)
    {
        // An end of 0 would be the beginning.
        static long End(int cut) => cut == 0 ? int.MaxValue : -cut;
        long rows = x.IsChannelsFirst ? 2 : 1;
        return x with
        {
            Name = _graph.Add(
                "Slice",
                layer.Name,
                x.Name,
                _graph.Wholes($"{layer.Name}/starts", [layer.Rows.Top, layer.Columns.Left]),
                _graph.Wholes($"{layer.Name}/ends", [End(layer.Rows.Bottom), End(layer.Columns.Right)]),
                _graph.Wholes($"{layer.Name}/axes", [rows, rows + 1])),
        };
    }

    private Value Rectified(ReLU layer, Value x)
    {
        if (layer.NegativeSlope != 0)
            x = Alpha("LeakyRelu", $"{layer.Name}/leaky", x, layer.NegativeSlope);
        if (layer.MaxValue is not { } limit)
            return layer.NegativeSlope != 0 ? x : x with { Name = _graph.Add("Relu", layer.Name, x.Name) };
        string least = layer.NegativeSlope != 0 ? "" : _graph.Number($"{layer.Name}/least", 0);
        return x with { Name = _graph.Add("Clip", layer.Name, x.Name, least, _graph.Number($"{layer.Name}/most", limit)) };
    }

    private Value Alpha(string op, string name, Value x, float alpha)
    {
        string output = _graph.Add(op, name, x.Name);
        _graph.Attribute("alpha", alpha);
        return x with { Name = output };
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
        string Softmax(string op)
        {
            string output = Add(op, x.Name);
            _graph.Attribute("axis", x.IsChannelsFirst ? 1L : -1L);
            return output;
        }

        string HardSigmoid()
        {
            string output = Add("HardSigmoid", x.Name);
            _graph.Attribute("alpha", 1f / 6);
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
                "elu" => Alpha("Elu", name, x, 1).Name,
                "leaky_relu" => Alpha("LeakyRelu", name, x, 0.2f).Name,
                "softmax" => Softmax("Softmax"),
                "log_softmax" => Softmax("LogSoftmax"),
                "relu6" => Add("Clip", x.Name, _graph.Number($"{name}/least", 0), _graph.Number($"{name}/most", 6)),
                "hard_sigmoid" => HardSigmoid(),
                "hard_silu" or "hard_swish" => Add("HardSwish", x.Name),
                "selu" => Add("Selu", x.Name),
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

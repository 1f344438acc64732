using Numerics.Formats.Onnx;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <content>Layers that slide a window over pictures, and those that change their size.</content>
internal sealed partial class OnnxImporter
{
    private Value Conv(OnnxNode node, Value x, ref OnnxNode last)
    {
        CheckPictures(node, x);
        NDArray kernel = Floats(node, 1);
        if (kernel.Shape.Rank != 4)
            throw node.Error($"expected a kernel [out, in, height, width], found {kernel.Shape}");
        Size2D size = (kernel.Shape[2], kernel.Shape[3]), strides = node.Pair("strides"), dilation = node.Pair("dilations");
        (Padding padding, Value padded) = Edges(node, x, size, strides, dilation);
        int groups = checked((int)node.Whole("group", 1)), channels = x.Tensor.Shape[3], filters = kernel.Shape[0];
        string? name = LayerName(node.Name);
        Activation? activation = ActivationBehind(padded, ref last);
        Layer layer;
        if (groups > 1 && groups == channels && kernel.Shape[1] == 1 && filters % groups == 0)
        {
            layer = new DepthwiseConv2D(size, strides, padding, filters / groups, dilation, activation, useBias: node.Has(2), name: name);
            NDArray each = kernel.Reshape((groups, filters / groups, size.Height, size.Width));
            _weights.Add((layer, "kernel", Permutation.Of(each, 2, 3, 0, 1)));
        }
        else
        {
            layer = new Conv2D(filters, size, strides, padding, dilation, groups, activation, useBias: node.Has(2), name: name);
            _weights.Add((layer, "kernel", Permutation.Of(kernel, Permutation.KernelToChannelsLast)));
        }

        if (node.Has(2))
            _weights.Add((layer, "bias", Floats(node, 2)));
        return Apply(layer, padded) with { NonNegative = IsNonNegative(activation) };
    }

    private Value TransposedConv(OnnxNode node, Value x, ref OnnxNode last)
    {
        CheckPictures(node, x);
        NDArray kernel = Floats(node, 1);
        Size2D dilation = node.Pair("dilations"), strides = node.Pair("strides");
        if (kernel.Shape.Rank != 4 || node.Whole("group", 1) != 1 || dilation != 1 || node.Text("auto_pad", "NOTSET") != "NOTSET" || node.Wholes("output_shape").Length > 0)
            throw node.Error("groups, dilations and edges that are worked out are not supported");
        Size2D size = (kernel.Shape[2], kernel.Shape[3]);
        long[] pads = node.Wholes("pads", 0, 0, 0, 0), added = node.Wholes("output_padding", 0, 0);
        if (pads.Length != 4 || added.Length != 2 || pads.Concat(added).Any(pad => pad is < 0 or > int.MaxValue))
            throw node.Error($"padding [{string.Join(", ", pads)}] and [{string.Join(", ", added)}] is not supported");
        (int top, int bottom) = Cut(0, size.Height, strides.Height);
        (int left, int right) = Cut(1, size.Width, strides.Width);
        bool same = (top, bottom) == Same(size.Height, strides.Height) && (left, right) == Same(size.Width, strides.Width);
        bool whole = !same && (top, bottom, left, right) != (0, 0, 0, 0);
        Activation? activation = ActivationBehind(x, ref last);
        var layer = new Conv2DTranspose(
            kernel.Shape[1], size, strides, same ? Padding.Same : Padding.Valid, activation: activation, useBias: node.Has(2), name: LayerName(node.Name));
        _weights.Add((layer, "kernel", Permutation.Of(kernel, Permutation.KernelToChannelsLast)));
        if (node.Has(2))
            _weights.Add((layer, "bias", Floats(node, 2)));
        Value y = Apply(layer, x);
        if (whole)
            y = Apply(new Cropping2D((top, bottom), (left, right)), y);
        return y with { NonNegative = IsNonNegative(activation) };

        // What is cut off of (size - 1) · stride + window, or of size · stride where strides are wider than windows.
        (int Before, int Behind) Cut(int axis, int window, int stride)
        {
            long behind = pads[2 + axis] - added[axis] + Math.Max(stride - window, 0);
            return behind >= 0 ? ((int)pads[axis], (int)behind) : throw node.Error("output_padding beyond the padding is not supported");
        }

        static (int Before, int Behind) Same(int window, int stride)
        {
            int cut = Math.Max(window - stride, 0);
            return (cut / 2, cut - (cut / 2));
        }
    }

    private Value Pool(OnnxNode node, Value x)
    {
        CheckPictures(node, x);
        if (node.Pair("dilations") != 1 || node.Outputs.Skip(1).Any(output => _readers.ContainsKey(output) || _outputs.Contains(output)))
            throw node.Error("dilations and indices are not supported");
        Size2D size = node.Pair("kernel_shape"), strides = node.Pair("strides");
        bool isMaximum = node.Op == "MaxPool", counted = node.Whole("count_include_pad", 0) != 0;
        (Padding padding, Value padded) = Edges(node, x, size, strides, 1);

        // The zeros of a padding are no part of a maximum, but where nothing is below 0 they make no difference.
        if (padded != x && !(isMaximum ? x.NonNegative : counted))
        {
            throw node.Error(isMaximum
                ? "padding that Keras' same does not give is supported only behind an activation that is never below 0"
                : "a mean without the padding, where Keras' same does not give it, is not supported");
        }

        if (!isMaximum && padding == Padding.Same && counted)
            throw node.Error("a mean that counts the padding of Keras' same is not supported");
        Layer layer = isMaximum
            ? new MaxPooling2D(size, strides, padding, LayerName(node.Name))
            : new AveragePooling2D(size, strides, padding, LayerName(node.Name));
        return Apply(layer, padded) with { NonNegative = x.NonNegative };
    }

    // What flattens the extents of 1 is part of the layer.
    private Value GlobalPool(OnnxNode node, Value x, bool keepsExtents, ref OnnxNode last)
    {
        if (x.Tensor.Shape.Rank != 4)
            throw node.Error($"expected pictures, found {x.Tensor.Shape}");
        if (keepsExtents && x.ChannelsFirst && Reader(node) is { } reader && FlattensOnes(reader))
        {
            Absorb(reader, ref last);
            keepsExtents = false;
        }

        string? name = LayerName(node.Name);
        Layer layer = node.Op is "GlobalAveragePool" or "ReduceMean" ? new GlobalAveragePooling2D(keepsExtents, name) : new GlobalMaxPooling2D(keepsExtents, name);
        return Apply(layer, x) with { ChannelsFirst = keepsExtents && x.ChannelsFirst, NonNegative = x.NonNegative };
    }

    private Value Reduce(OnnxNode node, Value x, ref OnnxNode last)
    {
        long[] axes = node.Has(1) ? Numbers(node, 1) : node.Wholes("axes");
        long[] pictures = x.ChannelsFirst ? [2, 3] : [1, 2];
        return x.Tensor.Shape.Rank == 4 && axes.Select(axis => axis < 0 ? axis + 4 : axis).Order().SequenceEqual(pictures)
            ? GlobalPool(node, x, node.Whole("keepdims", 1) != 0, ref last)
            : throw node.Error($"the axes [{string.Join(", ", axes)}] are not those of height and width");
    }

    private Value Resize(OnnxNode node, Value x)
    {
        CheckPictures(node, x);
        int factors = node.Op == "Resize" ? 2 : 1;
        if (!node.Has(factors))
            throw node.Error("only constant factors are supported");
        float[] values = Floats(node, factors).ToFloats();
        if (values is not [1, 1, var rows, var columns] || rows != MathF.Round(rows) || columns != MathF.Round(columns) || rows is < 1 or > 64 || columns is < 1 or > 64)
            throw node.Error($"the factors [{string.Join(", ", values)}] are not supported, only whole ones of height and width");
        (string mode, string place, string rounding) =
            (node.Text("mode", "nearest"), node.Text("coordinate_transformation_mode", "half_pixel"), node.Text("nearest_mode", "round_prefer_floor"));
        Interpolation interpolation = (mode, place) switch
        {
            ("nearest", "asymmetric") when rounding == "floor" || node.Op == "Upsample" => Interpolation.Nearest,
            ("nearest", "half_pixel") when node.Op == "Upsample" || rounding == "round_prefer_floor" || rounding == "round_prefer_ceil" => Interpolation.Nearest,
            ("linear", "half_pixel" or "pytorch_half_pixel") when node.Op == "Resize" => Interpolation.Bilinear,
            _ => throw node.Error($"{mode} with {place} and {rounding} is not supported"),
        };
        return Apply(new UpSampling2D(((int)rows, (int)columns), interpolation, LayerName(node.Name)), x) with { NonNegative = x.NonNegative };
    }

    private Value Pad(OnnxNode node, Value x)
    {
        if (node.Text("mode", "constant") != "constant" || (node.Has(2) && Floats(node, 2).ToFloats().Any(value => value != 0)))
            throw node.Error("padding with anything but zeros is not supported");
        if (node.Has(3))
            throw node.Error("axes are not supported");
        long[] pads = Numbers(node, 1);
        (int row, int column, int channel) = x.ChannelsFirst ? (2, 3, 1) : (1, 2, 3);
        if (pads.Length != 8 || pads[0] != 0 || pads[4] != 0 || pads[channel] != 0 || pads[4 + channel] != 0 || pads.Any(pad => pad is < 0 or > int.MaxValue))
            throw node.Error($"padding [{string.Join(", ", pads)}] is not supported");
        var layer = new ZeroPadding2D(((int)pads[row], (int)pads[4 + row]), ((int)pads[column], (int)pads[4 + column]), LayerName(node.Name));
        return Apply(layer, x) with { NonNegative = x.NonNegative };
    }

    // Rows and columns that are cut off.
    private Value Slice(OnnxNode node, Value x)
    {
        if (x.Tensor.Shape.Rank != 4)
            throw node.Error($"expected pictures, found {x.Tensor.Shape}");
        long[] starts = Numbers(node, 1), ends = Numbers(node, 2), axes = node.Has(3) ? Numbers(node, 3) : [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || (node.Has(4) && Numbers(node, 4).Any(step => step != 1)))
            throw node.Error("steps are not supported");
        int first = x.ChannelsFirst ? 2 : 1;
        (int Before, int Behind)[] cut = [(0, 0), (0, 0)];
        for (int i = 0; i < axes.Length; i++)
        {
            long axis = (axes[i] < 0 ? axes[i] + 4 : axes[i]) - first;
            if (axis is not (0 or 1))
                throw node.Error("only rows and columns can be cut off");
            long extent = x.Tensor.Shape[(int)axis + 1];
            long begin = starts[i] >= 0 ? starts[i] : extent + starts[i], end = ends[i] >= 0 ? Math.Min(ends[i], extent == Shape.Unknown ? int.MaxValue : extent) : extent + ends[i];
            if (extent == Shape.Unknown && (starts[i] < 0 || (ends[i] >= 0 && ends[i] < int.MaxValue)))
                throw node.Error("pictures of unknown size cannot be cut");
            long behind = extent == Shape.Unknown ? (ends[i] < 0 ? -ends[i] : 0) : extent - end;
            cut[axis] = begin >= 0 && begin <= int.MaxValue && behind is >= 0 and <= int.MaxValue
                ? ((int)begin, (int)behind)
                : throw node.Error($"from {starts[i]} to {ends[i]} cannot be cut");
        }

        return Apply(new Cropping2D(cut[0], cut[1], LayerName(node.Name)), x) with { NonNegative = x.NonNegative };
    }

    // Zeros in front of a window without padding stand for a padding that Keras' same does not give.
    private (Padding Padding, Value X) Edges(OnnxNode node, Value x, Size2D size, Size2D strides, Size2D dilation)
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
        Shape input = x.Tensor.Shape;
        if (node.Whole("ceil_mode", 0) != 0)
        {
            pads[2] += Rest(input[1], pads[0] + pads[2], size.Height, strides.Height);
            pads[3] += Rest(input[2], pads[1] + pads[3], size.Width, strides.Width);
        }

        if (pads.All(pad => pad == 0))
            return (Padding.Valid, x);
        if (input[1] != Shape.Unknown && input[2] != Shape.Unknown)
        {
            (int top, int bottom) = OnnxExporter.SamePadding(input[1], size.Height, strides.Height, dilation.Height);
            (int left, int right) = OnnxExporter.SamePadding(input[2], size.Width, strides.Width, dilation.Width);
            if (pads.AsSpan().SequenceEqual([top, left, bottom, right]))
                return (Padding.Same, x);
        }

        return (Padding.Valid, Apply(new ZeroPadding2D(((int)pads[0], (int)pads[2]), ((int)pads[1], (int)pads[3])), x));

        // What the last window of a row has too little, when windows that are not whole count; one that begins beyond the end does not.
        long Rest(int extent, long padding, int window, int stride)
        {
            if (extent == Shape.Unknown)
                throw node.Error("ceil_mode with pictures of unknown size is not supported");
            long rest = (extent + padding - window) % stride;
            return rest > 0 && padding == 0 ? stride - rest : rest > 0 ? throw node.Error("ceil_mode with padding is not supported") : 0;
        }
    }
}

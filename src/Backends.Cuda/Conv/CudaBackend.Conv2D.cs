using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>
/// Convolutions by cuDNN, but for those of few channels that own kernels know. Its kernels are [out, height, width, in]: ours, [height, width, in, out], transposed. Where the zeros
/// at the two edges differ, the pictures are padded first.
/// </content>
public sealed unsafe partial class CudaBackend
{
    private readonly Dictionary<(DnnDirection, DnnConvolution), DnnAlgorithm> _algorithms = [];

    /// <inheritdoc/>
    public override void Conv2D(Tensor x, Tensor kernel, in Conv2DGeometry geometry, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        if (IsEmptySum(geometry))
        {
            Fill(0, y);
            return;
        }

        if (IsConv3x3(geometry, x, kernel))
        {
            Conv3x3(x, kernel, null, geometry, relu: false, y, null);
            return;
        }

        using Tensor? padded = NeedsPadding(geometry) ? Pad(x, geometry) : null;
        using Tensor filter = ToFilter(kernel);
        using Operand pictures = AsOperand(padded ?? x), weights = AsOperand(filter);
        using Result output = AsResultOfLibrary(y, StoresBrainFloats);
        Convolve(DnnDirection.Forward, Describe(geometry), pictures.Address, weights.Address, output.Address);
        Finish(output);
    }

    /// <inheritdoc/>
    public override void Conv2DInputGradient(Tensor dy, Tensor kernel, in Conv2DGeometry geometry, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(dx);
        if (dx.Count == 0)
            return;
        if (dy.Count == 0 || kernel.Count == 0)
        {
            Fill(0, dx);
            return;
        }

        if (IsConv3x3InputGradient(geometry, dy, kernel))
        {
            Conv3x3InputGradient(dy, null, null, kernel, geometry, dx);
            return;
        }

        using Tensor? padded = NeedsPadding(geometry) ? Tensor.Empty(this, PaddedShape(geometry)) : null;
        using Tensor filter = ToFilter(kernel);
        using (Operand outer = AsOperand(dy), weights = AsOperand(filter))
        {
            using Result pictures = AsResultOfLibrary(padded ?? dx, StoresBrainFloats);
            Convolve(DnnDirection.BackwardData, Describe(geometry), pictures.Address, weights.Address, outer.Address);
            Finish(pictures);
        }

        if (padded is not null)
            Shift(padded, dx, -geometry.PadTop, -geometry.PadLeft);
    }

    /// <inheritdoc/>
    public override void Conv2DKernelGradient(Tensor x, Tensor dy, in Conv2DGeometry geometry, Tensor dkernel)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dkernel);
        if (dkernel.Count == 0)
            return;
        if (dy.Count == 0 || x.Count == 0)
        {
            Fill(0, dkernel);
            return;
        }

        if (Conv3x3KernelGradientOf(geometry, x, dy) is { } known)
        {
            Conv3x3KernelGradient(known, x, dy, null, null, geometry, dkernel, null);
            return;
        }

        using Tensor? padded = NeedsPadding(geometry) ? Pad(x, geometry) : null;
        using Tensor filter = Tensor.Empty(this, dkernel.Shape);
        using (Operand pictures = AsOperand(padded ?? x), outer = AsOperand(dy))
        {
            using Result weights = AsResultOfLibrary(filter, stays: false);
            Convolve(DnnDirection.BackwardFilter, Describe(geometry), pictures.Address, weights.Address, outer.Address);
            Finish(weights);
        }

        TransposeMatrices(filter, dkernel, 1, geometry.OutChannels, dkernel.Count / geometry.OutChannels);
    }

    /// <inheritdoc/>
    public override void Conv2DBias(Tensor x, Tensor kernel, Tensor bias, in Conv2DGeometry geometry, bool relu, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count > 0 && !IsEmptySum(geometry) && IsConv3x3(geometry, x, kernel))
        {
            Conv3x3(x, kernel, bias, geometry, relu, y, null);
            return;
        }

        Conv2D(x, kernel, geometry, y);
        AddBias(y, bias, relu);
    }

    /// <inheritdoc/>
    public override void Conv2DBiasReluMaxPool(
        Tensor x, Tensor kernel, Tensor bias, in Conv2DGeometry conv, in Pool2DGeometry pool, Tensor y, Tensor argMax)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(argMax);
        if (y.Count > 0 && !IsEmptySum(conv) && IsConv3x3(conv, x, kernel) && IsPool2x2(pool, argMax))
        {
            Conv3x3(x, kernel, bias, conv, relu: true, y, argMax);
            return;
        }

        using Tensor full = Tensor.Empty(this, conv.OutputShape);
        Conv2D(x, kernel, conv, full);
        KernelArgument sums = KernelArgument.Stored(full, out bool isNarrow);
        using Result result = AsResult(y, isNarrow);
        EachPooled(SizedByType("bias_relu_max_pool", argMax), isNarrow, y.Count, sums, bias, result.Address, Output(argMax), Windows(pool), y.Count);
        Finish(result);
    }

    /// <inheritdoc/>
    public override void Conv2DBiasReluMaxPoolGradient(
        Tensor x, Tensor kernel, Tensor y, Tensor argMax, Tensor dy, in Conv2DGeometry conv, in Pool2DGeometry pool, Tensor? dx, Tensor dkernel, Tensor dbias)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(argMax);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dkernel);
        if (y.Count == 0 || dkernel.Count == 0 || !IsPool2x2(pool, argMax) || !IsAligned(y) || Conv3x3KernelGradientOf(conv, x, dy) is not { } known)
        {
            base.Conv2DBiasReluMaxPoolGradient(x, kernel, y, argMax, dy, conv, pool, dx, dkernel, dbias);
            return;
        }

        using Tensor? rounded = StoresBrainFloats ? Narrowed(dy) : null;
        dy = rounded ?? dy;
        Conv3x3KernelGradient(known, x, dy, y, argMax, conv, dkernel, dbias);
        if (dx is null)
            return;
        if (IsConv3x3InputGradient(conv, dy, kernel))
        {
            Conv3x3InputGradient(dy, y, argMax, kernel, conv, dx);
            return;
        }

        using Tensor masked = Tensor.Empty(this, y.Shape), full = Tensor.Empty(this, conv.OutputShape);
        UnaryGradient(UnaryKind.Relu, y, y, dy, masked);
        MaxPool2DGradient(masked, argMax, pool, full);
        Conv2DInputGradient(full, kernel, conv, dx);
    }

    private static bool IsEmptySum(in Conv2DGeometry g) => g.GroupInChannels == 0;

    private static bool NeedsPadding(in Conv2DGeometry g) => g.PadTop != g.PadBottom || g.PadLeft != g.PadRight;

    private static Shape PaddedShape(in Conv2DGeometry g) =>
        new(g.Batch, g.InHeight + g.PadTop + g.PadBottom, g.InWidth + g.PadLeft + g.PadRight, g.InChannels);

    private DnnConvolution Describe(in Conv2DGeometry g)
    {
        bool padded = NeedsPadding(g);
        return new DnnConvolution(
            g.Batch,
            padded ? g.InHeight + g.PadTop + g.PadBottom : g.InHeight,
            padded ? g.InWidth + g.PadLeft + g.PadRight : g.InWidth,
            g.InChannels,
            g.OutChannels,
            g.KernelHeight,
            g.KernelWidth,
            g.OutHeight,
            g.OutWidth,
            padded ? 0 : g.PadTop,
            padded ? 0 : g.PadLeft,
            g.StrideH,
            g.StrideW,
            g.DilationH,
            g.DilationW,
            g.Groups,
            OperandType,
            _options.Precision == CudaPrecision.TensorFloat32);
    }

    private void Convolve(DnnDirection direction, in DnnConvolution convolution, ulong x, ulong w, ulong y)
    {
        lock (_libraries)
        {
            nint dnn = Dnn();
            DnnAlgorithm algorithm = Algorithm(dnn, direction, convolution, x, w, y);
            DeviceBuffer? memory = algorithm.WorkspaceBytes > 0 ? (DeviceBuffer)Allocate(algorithm.WorkspaceBytes) : null;
            try
            {
                ulong workspace = memory?.Address ?? 0;
                switch (direction)
                {
                    case DnnDirection.Forward:
                        _api.ConvolutionForward(dnn, convolution, algorithm, x, w, y, workspace, algorithm.WorkspaceBytes);
                        break;
                    case DnnDirection.BackwardData:
                        _api.ConvolutionBackwardData(dnn, convolution, algorithm, w, y, x, workspace, algorithm.WorkspaceBytes);
                        break;
                    default:
                        _api.ConvolutionBackwardFilter(dnn, convolution, algorithm, x, y, w, workspace, algorithm.WorkspaceBytes);
                        break;
                }
            }
            finally
            {
                memory?.Release();
            }
        }
    }

    private DnnAlgorithm Algorithm(nint dnn, DnnDirection direction, in DnnConvolution convolution, ulong x, ulong w, ulong y)
    {
        const long MeasuringBytes = 256 << 20;
        if (_algorithms.TryGetValue((direction, convolution), out DnnAlgorithm known))
            return known;
        IReadOnlyList<DnnAlgorithm> found;
        if (_options.Deterministic)
        {
            found = _api.GetAlgorithms(dnn, direction, convolution);
        }
        else
        {
            var memory = (DeviceBuffer)Allocate(MeasuringBytes);
            try
            {
                found = _api.MeasureAlgorithms(dnn, direction, convolution, x, w, y, memory.Address, MeasuringBytes);
            }
            finally
            {
                memory.Release();
            }
        }

        foreach (DnnAlgorithm algorithm in found)
        {
            if (algorithm.Deterministic || !_options.Deterministic)
                return _algorithms[(direction, convolution)] = algorithm;
        }

        throw new NotSupportedException(
            $"cuDNN has no {(_options.Deterministic ? "deterministic " : "")}algorithm ({direction}) for {convolution}");
    }

    private nint Dnn()
    {
        Activate();
        if (_dnn == 0)
        {
            _dnn = _api.CreateDnn();
            _api.SetDnnStream(_dnn, _stream);
        }

        return _dnn;
    }

    private Tensor ToFilter(Tensor kernel)
    {
        Tensor filter = Tensor.Empty(this, kernel.Shape);
        TransposeMatrices(kernel, filter, 1, kernel.Count / kernel.Shape[3], kernel.Shape[3]);
        return filter;
    }

    private Tensor Pad(Tensor x, in Conv2DGeometry g)
    {
        Tensor padded = Tensor.Empty(this, PaddedShape(g));
        Shift(x, padded, g.PadTop, g.PadLeft);
        return padded;
    }

    private void Shift(Tensor x, Tensor y, int top, int left)
    {
        bool isNarrow = IsRounded(x);
        using Operand pictures = AsOperand(x, isNarrow);
        using Result result = AsResult(y, isNarrow);
        int size = UnitOf(StoredSize(x), pictures.Address, result.Address, x.Shape[3]).Elements, count = y.Count / size;
        Each(
            KernelFamily.Convolution,
            size > 1 ? "shift_pictures_vectors" : isNarrow ? "shift_pictures_narrow" : "shift_pictures",
            count,
            pictures.Address,
            result.Address,
            x.Shape[1],
            x.Shape[2],
            x.Shape[3] / size,
            y.Shape[1],
            y.Shape[2],
            top,
            left,
            count);
        Finish(result);
    }

    private void AddBias(Tensor y, Tensor bias, bool relu)
    {
        bool isNarrow = IsRounded(y);
        using Result result = AsResult(y, isNarrow);
        Each(
            isNarrow ? KernelFamily.NarrowElementwise : KernelFamily.Convolution,
            isNarrow ? "add_bias_narrow" : "add_bias",
            y.Count,
            result.Address,
            bias,
            bias.Count,
            relu,
            y.Count);
        Finish(result);
    }

    /// <summary>Where the library writes a result, which is of the type of what it multiplies.</summary>
    /// <param name="y">The result.</param>
    /// <param name="stays">Whether it may stay in bfloat16.</param>
    private Result AsResultOfLibrary(Tensor y, bool stays) => AsResult(y, OperandType == CudaDataType.BFloat16, stays);
}

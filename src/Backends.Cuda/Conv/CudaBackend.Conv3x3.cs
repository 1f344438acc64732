using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>
/// Own kernels for 3×3 convolutions of few channels with stride 1: the library's take several times as long there, and write
/// what pooling then throws away. On tensor cores where the precision allows it.
/// </content>
public sealed unsafe partial class CudaBackend
{
    private const int FewChannels = 64;
    private const int MostColours = 3;
    private const int ChannelsOfThread = 8;

    // Partial sums of the kernel's gradient: enough blocks for any device, a number that does not depend on it.
    private const int MostPartials = 256;

    private static readonly Conv3x3Block s_few16 = Forward(16), s_few32 = Forward(32), s_few64 = Forward(64);
    private static readonly Conv3x3Block s_tensor512 = TensorForward(32), s_tensor256 = TensorForward(16);

    private readonly Dictionary<(Conv3x3Block, int, int), (int Rows, int Columns, int TilesDown, int TilesAcross)> _tiles = [];

    // Tensor cores round TF32 and bfloat16 from Ampere on.
    private bool HasTensorCores => _options.Precision != CudaPrecision.Float32 && _info.ComputeCapability >= 80;

    /// <summary>Whether the forward kernels know a convolution.</summary>
    private static bool IsConv3x3(in Conv2DGeometry g, Tensor x, Tensor kernel) =>
        Is3x3(g) && (g.InChannels <= MostColours || IsFew(g.InChannels)) && IsFew(g.OutChannels) && IsAligned(x) && IsAligned(kernel);

    private static bool IsConv3x3InputGradient(in Conv2DGeometry g, Tensor dy, Tensor kernel) =>
        Is3x3(g) && IsFew(g.InChannels) && IsFew(g.OutChannels) && IsAligned(dy) && IsAligned(kernel);

    /// <summary>Bfloat16 takes channels sixteen at a time.</summary>
    private static bool TakesBrainFloats(int channels) => channels % 16 == 0;

    /// <summary>Whether pooling behind a convolution takes whole 2×2 windows, as the kernels do.</summary>
    private static bool IsPool2x2(in Pool2DGeometry pool, Tensor argMax) =>
        pool is { PoolHeight: 2, PoolWidth: 2, StrideH: 2, StrideW: 2, PadTop: 0, PadLeft: 0 }
        && pool.OutHeight == pool.InHeight / 2 && pool.OutWidth == pool.InWidth / 2 && argMax.DType == DType.UInt8 && IsAligned(argMax);

    private static bool Is3x3(in Conv2DGeometry g) =>
        g is { KernelHeight: 3, KernelWidth: 3, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Groups: 1 };

    private static bool IsFew(int channels) => channels is > 0 and <= FewChannels && channels % ChannelsOfThread == 0;

    // The sizes of the kernels' shared memory.
    private static Conv3x3Block Forward(int outTile)
    {
        int groups = ThreadsOfBlock * ChannelsOfThread / outTile;
        return new Conv3x3Block(2, 4, groups, groups, false, 4, (groups * 12) + 64);
    }

    private static Conv3x3Block TensorForward(int patches) => new(2, 8, patches, patches, false, 2, (patches * 16 * 5 / 4) + 24);

    /// <summary>The convolution, with a bias and ReLU if asked for, and 2×2 max-pooling if positions are.</summary>
    private void Conv3x3(Tensor x, Tensor kernel, Tensor? bias, in Conv2DGeometry g, bool relu, Tensor y, Tensor? argMax)
    {
        (int height, int width) = argMax is null ? (g.OutHeight, g.OutWidth) : (g.OutHeight / 2 * 2, g.OutWidth / 2 * 2);
        bool colours = g.InChannels <= MostColours, isNarrow = StoresBrainFloats;
        Conv3x3Kernels kernels = Conv3x3Kernels.Of(this, g.InChannels, g.OutChannels);
        int[] tiling = Tiling(kernels.Block, g.InChannels, g.OutChannels, height, width, g.PadTop, g.PadLeft);
        using Operand pictures = AsOperand(x, isNarrow && !colours);
        using Result result = AsResult(y, isNarrow);
        Launch(
            kernels.Family,
            colours ? kernels.Colours : kernels.Forward,
            kernels.Grid(g.Batch, tiling),
            ThreadsOfBlock,
            pictures.Address,
            g.InHeight,
            g.InWidth,
            g.InChannels,
            kernel,
            tiling,
            result.Address,
            KernelArgument.OptionalOutput(argMax),
            KernelArgument.Optional(bias),
            relu);
        Finish(result);
    }

    /// <summary>The gradient of the convolution's input; with positions, of what went into ReLU and pooling behind it.</summary>
    private void Conv3x3InputGradient(Tensor dy, Tensor? y, Tensor? argMax, Tensor kernel, in Conv2DGeometry g, Tensor dx)
    {
        bool isNarrow = StoresBrainFloats;
        Conv3x3Kernels kernels = Conv3x3Kernels.Of(this, g.OutChannels, g.InChannels);
        int[] tiling = Tiling(kernels.Block, g.OutChannels, g.InChannels, g.InHeight, g.InWidth, 2 - g.PadTop, 2 - g.PadLeft);
        using Operand outer = AsOperand(dy, isNarrow), output = y is null ? default : AsOperand(y, isNarrow);
        using Result result = AsResult(dx, isNarrow);
        Launch(
            kernels.Family,
            kernels.InputGradient,
            kernels.Grid(g.Batch, tiling),
            ThreadsOfBlock,
            outer.Address,
            output.Address,
            KernelArgument.Optional(argMax),
            g.OutHeight,
            g.OutWidth,
            g.OutChannels,
            kernel,
            tiling,
            result.Address);
        Finish(result);
    }

    /// <summary>The own kernel for the gradients of a convolution's kernel and bias, or null.</summary>
    private Conv3x3GradientKernel? Conv3x3KernelGradientOf(in Conv2DGeometry g, Tensor x, Tensor dy) =>
        Is3x3(g) && IsFew(g.OutChannels) && IsAligned(x) && IsAligned(dy) ? Conv3x3GradientKernel.Of(HasTensorCores, g.InChannels, g.OutChannels) : null;

    /// <summary>The gradients of kernel and bias.</summary>
    private void Conv3x3KernelGradient(
        Conv3x3GradientKernel known, Tensor x, Tensor dy, Tensor? y, Tensor? argMax, in Conv2DGeometry g, Tensor dkernel, Tensor? dbias)
    {
        (int rows, int columns, int tilesDown, int tilesAcross) = Tiles(known.Block, g.OutHeight, g.OutWidth);
        int tiles = g.Batch * tilesDown * tilesAcross, outTiles = g.OutChannels / known.OutTile, channelTiles = Ceiling(g.InChannels, known.InTile) * outTiles;
        int blocks = Math.Min(tiles, MostPartials / channelTiles), count = dkernel.Count + g.OutChannels;
        bool isNarrow = StoresBrainFloats;
        using Operand pictures = AsOperand(x, isNarrow && g.InChannels > MostColours);
        using Operand outer = AsOperand(dy, isNarrow), output = y is null ? default : AsOperand(y, isNarrow);
        using Tensor partials = Tensor.Empty(this, new Shape(blocks, count));
        Launch(
            known.Family,
            isNarrow ? known.NarrowName : known.Name,
            new CudaDim(blocks, channelTiles),
            known.Threads,
            pictures.Address,
            g.InHeight,
            g.InWidth,
            g.InChannels,
            outer.Address,
            output.Address,
            KernelArgument.Optional(argMax),
            g.OutHeight,
            g.OutWidth,
            g.OutChannels,
            Output(partials),
            new int[] { g.InChannels, g.OutChannels, g.PadTop, g.PadLeft, rows, columns * known.Block.GroupColumns, tilesDown, tilesAcross, tiles, outTiles });
        Launch(
            KernelFamily.Conv3x3KernelGradient,
            "sum_partials",
            Ceiling(count, Lanes),
            new CudaDim(Lanes, RowsOfBlock),
            partials,
            blocks,
            Output(dkernel),
            dkernel.Count,
            KernelArgument.OptionalOutput(dbias),
            count);
    }

    /// <summary>The structure Tiling of the kernels.</summary>
    private int[] Tiling(Conv3x3Block block, int inChannels, int outChannels, int height, int width, int padTop, int padLeft)
    {
        (int rows, int columns, int tilesDown, int tilesAcross) = Tiles(block, height, width);
        return [inChannels, outChannels, height, width, padTop, padLeft, rows, columns, tilesDown, tilesAcross];
    }

    private (int Rows, int Columns, int TilesDown, int TilesAcross) Tiles(Conv3x3Block block, int height, int width)
    {
        lock (_tiles)
        {
            if (!_tiles.TryGetValue((block, height, width), out var tiles))
                _tiles[(block, height, width)] = tiles = block.Tile(height, width);
            return tiles;
        }
    }

    /// <summary>The kernels for a number of output channels, and the tile that a block of theirs takes.</summary>
    private sealed record Conv3x3Kernels(KernelFamily Family, string Forward, string Colours, string InputGradient, int OutTile, Conv3x3Block Block)
    {
        private static readonly Conv3x3Kernels[] s_float32 =
        [
            new(KernelFamily.Conv3x3, "conv3x3_16", "conv3x3_colours_16", "conv3x3_input_gradient_16", 16, s_few16),
            new(KernelFamily.Conv3x3, "conv3x3_32", "conv3x3_colours_32", "conv3x3_input_gradient_32", 32, s_few32),
            new(KernelFamily.Conv3x3, "conv3x3_64", "conv3x3_colours_64", "conv3x3_input_gradient_64", 64, s_few64),
        ];

        private static readonly Conv3x3Kernels[] s_tensorFloat32 =
        [
            new(KernelFamily.TensorConv3x3Tf32, "tensor_conv3x3_tf32_16", "tensor_conv3x3_colours_16", "tensor_conv3x3_input_gradient_tf32_16", 16, s_tensor512),
            new(KernelFamily.TensorConv3x3Tf32, "tensor_conv3x3_tf32_32", "tensor_conv3x3_colours_32", "tensor_conv3x3_input_gradient_tf32_32", 32, s_tensor512),
            new(KernelFamily.TensorConv3x3Tf32, "tensor_conv3x3_tf32_64", "tensor_conv3x3_colours_64", "tensor_conv3x3_input_gradient_tf32_64", 64, s_tensor256),
        ];

        private static readonly Conv3x3Kernels[] s_narrow =
        [
            new(KernelFamily.TensorConv3x3Narrow, "tensor_conv3x3_narrow_16", "tensor_conv3x3_colours_narrow_16", "tensor_conv3x3_input_gradient_narrow_16", 16, s_tensor512),
            new(KernelFamily.TensorConv3x3Narrow, "tensor_conv3x3_narrow_32", "tensor_conv3x3_colours_narrow_32", "tensor_conv3x3_input_gradient_narrow_32", 32, s_tensor512),
            new(KernelFamily.TensorConv3x3Narrow, "tensor_conv3x3_narrow_64", "tensor_conv3x3_colours_narrow_64", "tensor_conv3x3_input_gradient_narrow_64", 64, s_tensor256),
        ];

        private static readonly Conv3x3Kernels[] s_narrowTensorFloat32 =
        [
            new(KernelFamily.TensorConv3x3Narrow, "tensor_conv3x3_narrow_tf32_16", "", "tensor_conv3x3_input_gradient_narrow_tf32_16", 16, s_tensor512),
            new(KernelFamily.TensorConv3x3Narrow, "tensor_conv3x3_narrow_tf32_32", "", "tensor_conv3x3_input_gradient_narrow_tf32_32", 32, s_tensor512),
            new(KernelFamily.TensorConv3x3Narrow, "tensor_conv3x3_narrow_tf32_64", "", "tensor_conv3x3_input_gradient_narrow_tf32_64", 64, s_tensor256),
        ];

        /// <summary>
        /// Those of a precision. In bfloat16 numbers are stored so, but for colours that are read, and multiplied so or, where channels do not
        /// come sixteen at a time, in TF32.
        /// </summary>
        public static Conv3x3Kernels Of(CudaBackend backend, int inChannels, int outChannels)
        {
            Conv3x3Kernels[] all = !backend.HasTensorCores ? s_float32
                : !backend.StoresBrainFloats ? s_tensorFloat32
                : inChannels <= MostColours || TakesBrainFloats(inChannels) ? s_narrow : s_narrowTensorFloat32;
            return all[outChannels <= 16 ? 0 : outChannels <= 32 ? 1 : 2];
        }

        public CudaDim Grid(int batch, int[] tiling) => new(batch * tiling[^2] * tiling[^1], Ceiling(tiling[1], OutTile));
    }
}

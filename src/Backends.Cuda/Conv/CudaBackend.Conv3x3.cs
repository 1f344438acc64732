using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>
/// Own kernels for 3×3 convolutions of few channels with stride 1: the library's take several times as long there, and write
/// what pooling then throws away. They compute in Float32 whatever the precision asked for.
/// </content>
public sealed unsafe partial class CudaBackend
{
    private const int FewChannels = 64;
    private const int MostColours = 3;
    private const int ChannelsOfThread = 8;

    // Partial sums of the kernel's gradient: enough blocks for any device, a number that does not depend on it.
    private const int MostPartials = 256;

    /// <summary>Whether the forward kernels know a convolution.</summary>
    private static bool IsConv3x3(in Conv2DGeometry g, Tensor x, Tensor kernel) =>
        Is3x3(g) && (g.InChannels <= MostColours || IsFew(g.InChannels)) && IsFew(g.OutChannels) && IsAligned(x) && IsAligned(kernel);

    private static bool IsConv3x3InputGradient(in Conv2DGeometry g, Tensor dy, Tensor kernel) =>
        Is3x3(g) && IsFew(g.InChannels) && IsFew(g.OutChannels) && IsAligned(dy) && IsAligned(kernel);

    /// <summary>Whether pooling behind a convolution takes whole 2×2 windows, as the kernels do.</summary>
    private static bool IsPool2x2(in Pool2DGeometry pool, Tensor argMax) =>
        pool is { PoolHeight: 2, PoolWidth: 2, StrideH: 2, StrideW: 2, PadTop: 0, PadLeft: 0 }
        && pool.OutHeight == pool.InHeight / 2 && pool.OutWidth == pool.InWidth / 2 && argMax.DType == DType.UInt8 && IsAligned(argMax);

    private static bool Is3x3(in Conv2DGeometry g) =>
        g is { KernelHeight: 3, KernelWidth: 3, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Groups: 1 };

    private static bool IsFew(int channels) => channels is > 0 and <= FewChannels && channels % ChannelsOfThread == 0;

    private static bool IsAligned(Tensor tensor) => Address(tensor) % 16 == 0;

    /// <summary>The convolution, with a bias and ReLU if asked for, and 2×2 max-pooling if positions are.</summary>
    private void Conv3x3(Tensor x, Tensor kernel, Tensor? bias, in Conv2DGeometry g, bool relu, Tensor y, Tensor? argMax)
    {
        (int height, int width) = argMax is null ? (g.OutHeight, g.OutWidth) : (g.OutHeight / 2 * 2, g.OutWidth / 2 * 2);
        (int blocks, int outTile, int[] tiling) = Tile3x3(g.Batch, g.InChannels, g.OutChannels, height, width, g.PadTop, g.PadLeft);
        Launch(
            KernelFamily.Conv3x3,
            g.InChannels <= MostColours ? outTile switch { 16 => "conv3x3_colours_16", 32 => "conv3x3_colours_32", _ => "conv3x3_colours_64" }
                : outTile switch { 16 => "conv3x3_16", 32 => "conv3x3_32", _ => "conv3x3_64" },
            new CudaDim(blocks, Ceiling(g.OutChannels, outTile)),
            ThreadsOfBlock,
            x,
            g.InHeight,
            g.InWidth,
            g.InChannels,
            kernel,
            tiling,
            y,
            KernelArgument.Optional(argMax),
            KernelArgument.Optional(bias),
            relu);
    }

    /// <summary>The gradient of the convolution's input; with positions, of what went into ReLU and pooling behind it.</summary>
    private void Conv3x3InputGradient(Tensor dy, Tensor? y, Tensor? argMax, Tensor kernel, in Conv2DGeometry g, Tensor dx)
    {
        (int blocks, int outTile, int[] tiling) =
            Tile3x3(g.Batch, g.OutChannels, g.InChannels, g.InHeight, g.InWidth, 2 - g.PadTop, 2 - g.PadLeft);
        Launch(
            KernelFamily.Conv3x3,
            outTile switch { 16 => "conv3x3_input_gradient_16", 32 => "conv3x3_input_gradient_32", _ => "conv3x3_input_gradient_64" },
            new CudaDim(blocks, Ceiling(g.InChannels, outTile)),
            ThreadsOfBlock,
            dy,
            KernelArgument.Optional(y),
            KernelArgument.Optional(argMax),
            g.OutHeight,
            g.OutWidth,
            g.OutChannels,
            kernel,
            tiling,
            dx);
    }

    /// <summary>The gradients of kernel and bias, if the kernels know the convolution.</summary>
    /// <returns>Whether they do.</returns>
    private bool TryConv3x3KernelGradient(Tensor x, Tensor dy, Tensor? y, Tensor? argMax, in Conv2DGeometry g, Tensor dkernel, Tensor? dbias)
    {
        if (!Is3x3(g) || !IsFew(g.OutChannels) || !IsAligned(x) || !IsAligned(dy))
            return false;
        (string name, int inTile, int outTile, int slices, int plane, int groups) = (g.InChannels, g.OutChannels) switch
        {
            ( <= MostColours, var o) when o % 16 == 0 => ("conv3x3_kernel_gradient_colours_16", MostColours, 16, 32, 416, 64),
            ( <= FewChannels, var o) when g.InChannels % 32 == 0 && o % 64 == 0 => ("conv3x3_kernel_gradient_64", 32, 64, 1, 132, 16),
            ( <= FewChannels, var o) when g.InChannels % 16 == 0 && o % 32 == 0 => ("conv3x3_kernel_gradient_32", 16, 32, 4, 304, 40),
            ( <= FewChannels, var o) when g.InChannels % 16 == 0 && o % 16 == 0 => ("conv3x3_kernel_gradient_16", 16, 16, 8, 304, 48),
            _ => ("", 0, 0, 0, 0, 0),
        };
        if (inTile == 0)
            return false;
        var t = Conv3x3Tiling.OfRuns(g.OutHeight, g.OutWidth, groups, slices, plane);
        int tiles = g.Batch * t.TilesDown * t.TilesAcross, outTiles = g.OutChannels / outTile, channelTiles = Ceiling(g.InChannels, inTile) * outTiles;
        int blocks = Math.Min(tiles, MostPartials / channelTiles), count = dkernel.Count + g.OutChannels;
        using Tensor partials = Tensor.Empty(this, new Shape(blocks, count));
        Launch(
            KernelFamily.Conv3x3KernelGradient,
            name,
            new CudaDim(blocks, channelTiles),
            inTile * outTile / ChannelsOfThread * slices,
            x,
            g.InHeight,
            g.InWidth,
            g.InChannels,
            dy,
            KernelArgument.Optional(y),
            KernelArgument.Optional(argMax),
            g.OutHeight,
            g.OutWidth,
            g.OutChannels,
            partials,
            new int[] { g.InChannels, g.OutChannels, g.PadTop, g.PadLeft, t.Rows, t.Columns, t.TilesDown, t.TilesAcross, tiles, outTiles });
        Launch(
            KernelFamily.Conv3x3KernelGradient,
            "sum_partials",
            Ceiling(count, Lanes),
            new CudaDim(Lanes, RowsOfBlock),
            partials,
            blocks,
            dkernel,
            dkernel.Count,
            KernelArgument.Optional(dbias),
            count);
        return true;
    }

    /// <summary>The blocks of a convolution, the output channels that each has, and the structure Tiling of conv3x3.cu.</summary>
    private static (int Blocks, int OutTile, int[] Tiling) Tile3x3(
        int batch, int inChannels, int outChannels, int height, int width, int padTop, int padLeft)
    {
        int outTile = outChannels <= 16 ? 16 : outChannels <= 32 ? 32 : 64, groups = ThreadsOfBlock * ChannelsOfThread / outTile;
        var t = Conv3x3Tiling.OfGroups(height, width, groups, (groups * 12) + 64);
        return (
            batch * t.TilesDown * t.TilesAcross,
            outTile,
            [inChannels, outChannels, height, width, padTop, padLeft, t.Rows, t.Columns, t.TilesDown, t.TilesAcross]);
    }
}

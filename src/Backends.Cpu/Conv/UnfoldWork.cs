using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Lays out what each output pixel of a convolution reads, tap after tap, as a row of a matrix (im2col). For so few pixels that
/// reading the kernel is what takes the time: the matrix product then reads it where it lies, once. A shard is one pixel.
/// </summary>
internal readonly unsafe struct UnfoldWork(Conv2DGeometry g, float* x, float* rows) : IShardedWork
{
    // So many steps of the inner sum: below, packing the kernel is nothing.
    private const int FewestSteps = 1024;

    /// <summary>How many rows the matrix has.</summary>
    public int Count => g.Batch * g.OutHeight * g.OutWidth;

    /// <summary>Whether this way takes a convolution.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        g.Groups == 1 && Steps(g) >= FewestSteps && (long)g.Batch * g.OutHeight * g.OutWidth is > StreamedMatMul.MaxRows / 8 and <= StreamedMatMul.MaxRows;

    /// <summary>Floats of a row.</summary>
    public static int Steps(in Conv2DGeometry g) => g.KernelHeight * g.KernelWidth * g.InChannels;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int index, int column) = Math.DivRem(shard, g.OutWidth);
        (int image, int row) = Math.DivRem(index, g.OutHeight);
        float* target = rows + ((nint)shard * Steps(g));
        for (int i = 0; i < g.KernelHeight; i++)
        {
            int y = (row * g.StrideH) + (i * g.DilationH) - g.PadTop;
            for (int j = 0; j < g.KernelWidth; j++, target += g.InChannels)
            {
                int at = (column * g.StrideW) + (j * g.DilationW) - g.PadLeft;
                var tap = new Span<float>(target, g.InChannels);
                if ((uint)y < (uint)g.InHeight && (uint)at < (uint)g.InWidth)
                    new ReadOnlySpan<float>(x + ((((((nint)image * g.InHeight) + y) * g.InWidth) + at) * g.InChannels), g.InChannels).CopyTo(tap);
                else
                    tap.Clear();
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A convolution with a large kernel over few pixels: as much time as the kernel takes to come from memory, or its products with the
/// pixels. So the kernel is read once, where it lies, and no product with a pixel beyond the edge is made, of which small pictures
/// have many. The inner sum is cut into units, up to 256 input channels of one tap, whose rows of the kernel stay in L2 while the pixels
/// pass by. A shard is a range of units; it makes a partial result, small enough for L2, and <see cref="PartialSum"/> adds the
/// partials in one fixed order.
/// </summary>
/// <param name="g">The convolution.</param>
/// <param name="x">The input.</param>
/// <param name="kernel">[kernel height][kernel width][in][out].</param>
/// <param name="partials">Receives the partial results [shard][pixel][out].</param>
internal readonly unsafe struct FewPixelsConv(Conv2DGeometry g, float* x, float* kernel, float* partials) : IShardedWork
{
    // So many steps of the inner sum: below, packing the kernel is nothing.
    private const int FewestSteps = 1024;
    private const int FewestChannels = 16;
    private const int FewestPixels = 17;
    private const int MostPixels = 128;

    // The longer a unit, the fewer times are the partial results read and written.
    private const int MaxSteps = 256;

    // 18 have equal parts of the nine taps of a 3 x 3 kernel.
    private const int MaxShards = 18;

    private nint Size => (nint)SizeOf(g);

    private int UnitsOfTap => UnitsOf(g);

    private int Units => g.KernelHeight * g.KernelWidth * UnitsOfTap;

    /// <summary>How many shards, and partial results, there are.</summary>
    public static int ShardsOf(in Conv2DGeometry g) => Math.Min(MaxShards, g.KernelHeight * g.KernelWidth * UnitsOf(g));

    /// <summary>Floats of a partial result.</summary>
    public static long SizeOf(in Conv2DGeometry g) => (long)g.Batch * g.OutHeight * g.OutWidth * g.OutChannels;

    /// <summary>Whether this way takes a convolution.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        g is { Groups: 1, InChannels: >= FewestChannels } && g.KernelHeight * g.KernelWidth * g.InChannels >= FewestSteps
        && (long)g.Batch * g.OutHeight * g.OutWidth is >= FewestPixels and <= MostPixels;

    /// <summary>Whether this way is faster than Winograd's, which has to transform the kernel first.</summary>
    public static bool IsFaster(in Conv2DGeometry g) => g.KernelHeight <= 3 && Fits(g);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* target = partials + (shard * Size);
        new Span<float>(target, (int)Size).Clear();
        int shards = ShardsOf(g), end = (int)((long)Units * (shard + 1) / shards);
        for (int unit = (int)((long)Units * shard / shards); unit < end; unit++)
            Add(unit, target);
    }

    private static int UnitsOf(in Conv2DGeometry g) => (g.InChannels + MaxSteps - 1) / MaxSteps;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(int unit, float* target)
    {
        float* rest = stackalloc float[MaxSteps * TileRows.MaxWidth];
        (int tap, int range) = Math.DivRem(unit, UnitsOfTap);
        (int i, int j) = Math.DivRem(tap, g.KernelWidth);
        int top = (i * g.DilationH) - g.PadTop, left = (j * g.DilationW) - g.PadLeft;
        (int firstRow, int endRow) = PaddedAxis.Inside(top, g.StrideH, g.InHeight, g.OutHeight);
        (int firstPixel, int endPixel) = PaddedAxis.Inside(left, g.StrideW, g.InWidth, g.OutWidth);
        int pixels = endPixel - firstPixel;
        if (firstRow >= endRow || pixels <= 0)
            return;

        // While the unit's rows of the kernel are used, the next ones come to L2.
        int first = range * g.InChannels / UnitsOfTap, steps = ((range + 1) * g.InChannels / UnitsOfTap) - first;
        float* rows = kernel + ((((nint)tap * g.InChannels) + first) * g.OutChannels), next = rows + ((nint)steps * g.OutChannels);
        float* stop = unit + 1 < Units ? next + ((nint)steps * g.OutChannels) : next;
        for (int column = 0; column < g.OutChannels; column += TileRows.MaxWidth)
        {
            int columns = Math.Min(TileRows.MaxWidth, g.OutChannels - column), width = TileRows.Width(columns);
            var operands = new TileOperands
            {
                RowStride = (nint)g.StrideW * g.InChannels,
                StepStride = 1,
                Segments = 1,
                Length = steps,
                B = rows + column,
                StepB = g.OutChannels,
                StrideC = g.OutChannels,
                StrideStart = g.OutChannels,
            };
            if (columns < width)
            {
                new PackedPanels(rest, steps, columns).Pack(0, 0, steps, operands.B, g.OutChannels, 1);
                operands.B = rest;
                operands.StepB = width;
            }

            for (int image = 0; image < g.Batch; image++)
            {
                for (int row = firstRow; row < endRow; row++)
                {
                    nint from = ((((nint)image * g.InHeight) + (row * g.StrideH) + top) * g.InWidth) + (firstPixel * g.StrideW) + left;
                    nint to = ((((nint)image * g.OutHeight) + row) * g.OutWidth) + firstPixel;
                    operands.A = x + (from * g.InChannels) + first;
                    operands.C = target + (to * g.OutChannels) + column;
                    operands.Start = operands.C;
                    operands.Ahead = next < stop ? next : null;
                    TileRows.Run(operands, pixels, columns, width);
                    next += steps * TileRows.Tiles(pixels, width) * (nint)Prefetching.Line;
                }
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a dense convolution: a matrix product over pixels. Each row of output pixels, or several short ones,
/// adds to tiles of the gradient: rows are neighbouring inputs of a stretch of taps, columns are output channels, and both
/// operands are read where they lie. The picture's rows and the gradient's rows stay in L1 and L2 over all tiles. Work is cut two ways: along the rows
/// of pixels, into partial results that <see cref="PartialSum"/> adds in order, and along the tiles where partials
/// would take too much memory.
/// </summary>
internal unsafe struct ConvKernelGradient : IShardedWork
{
    // So many pixels make loading and storing a tile cheap against its sums.
    private const int PixelsOfStep = 64;

    /// <summary>The padded input.</summary>
    public PaddedImages X;

    /// <summary>The convolution.</summary>
    public Conv2DGeometry Geometry;

    /// <summary>Where the kernel's taps read.</summary>
    public ConvTaps Taps;

    /// <summary>The gradient of the output.</summary>
    public float* Dy;

    /// <summary>The partial results, one after the other.</summary>
    public float* Partials;

    /// <summary>How many partial results.</summary>
    public int PartialCount;

    /// <summary>How many ranges of tiles.</summary>
    public int TileRanges;

    /// <summary>Room for a step's rows of the gradient packed into a panel, a part for each shard.</summary>
    public float* Rests;

    /// <summary>How many partial results to make: at most 32, of at most 32 MiB together.</summary>
    public static int PartialsOf(in Conv2DGeometry g, long kernelSize) =>
        (int)Math.Clamp(Math.Min((8L << 20) / Math.Max(kernelSize, 1), (long)g.Batch * g.OutHeight), 1, 32);

    /// <summary>Floats of a shard's part of <see cref="Rests"/>: none where all panels are full.</summary>
    public static int RestSize(in Conv2DGeometry g)
    {
        int last = g.GroupOutChannels % TileRows.MaxWidth;
        return last % TileRows.MinWidth == 0 ? 0 : RowsOfStep(g) * g.OutWidth * TileRows.MaxWidth;
    }

    /// <summary>How many shards there are.</summary>
    public readonly int Shards => PartialCount * TileRanges;

    private static int RowsOfStep(in Conv2DGeometry g) => Math.Clamp(PixelsOfStep / g.OutWidth, 1, g.OutHeight);

    private readonly int Panels => (Geometry.GroupOutChannels + TileRows.MaxWidth - 1) / TileRows.MaxWidth;

    /// <summary>Tiles by group, panel and stretch.</summary>
    public readonly int Units => Geometry.Groups * Panels * Taps.Segments;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        (int part, int range) = Math.DivRem(shard, TileRanges);
        Conv2DGeometry g = Geometry;
        long rows = (long)g.Batch * g.OutHeight, firstRow = rows * part / PartialCount, endRow = rows * (part + 1) / PartialCount;
        int firstUnit = (int)((long)Units * range / TileRanges), endUnit = (int)((long)Units * (range + 1) / TileRanges);
        int rowsOfGroup = g.KernelHeight * g.KernelWidth * g.GroupInChannels;
        float* partial = Partials + ((nint)part * rowsOfGroup * g.OutChannels);
        float* rest = Rests + ((nint)shard * RestSize(g));
        nint* offsets = stackalloc nint[PixelsOfStep];
        for (int i = 0; i < RowsOfStep(g); i++)
            offsets[i] = i * g.StrideH * X.RowStride;
        int count;
        for (long row = firstRow; row < endRow; row += count)
        {
            (long image, long outRow) = Math.DivRem(row, g.OutHeight);
            count = (int)Math.Min(RowsOfStep(g), Math.Min(endRow - row, g.OutHeight - outRow));
            float* x = X.Image((int)image) + ((nint)outRow * g.StrideH * X.RowStride);
            float* dy = Dy + ((nint)row * g.OutWidth * g.OutChannels);
            int packed = -1;
            for (int unit = firstUnit; unit < endUnit; unit++)
            {
                (int panelIndex, int segment) = Math.DivRem(unit, Taps.Segments);
                (int group, int panel) = Math.DivRem(panelIndex, Panels);
                int column = panel * TileRows.MaxWidth;
                int columns = Math.Min(g.GroupOutChannels - column, TileRows.MaxWidth), width = TileRows.Width(columns);
                column += group * g.GroupOutChannels;
                if (columns < width && packed != panelIndex)
                {
                    new PackedPanels(rest, count * g.OutWidth, columns).Pack(0, 0, count * g.OutWidth, dy + column, g.OutChannels, 1);
                    packed = panelIndex;
                }

                var operands = new TileOperands
                {
                    A = x + Taps.Offsets[segment] + (group * g.GroupInChannels),
                    RowStride = 1,
                    StepStride = (nint)g.StrideW * X.Channels,
                    Offsets = offsets,
                    Segments = count,
                    Length = g.OutWidth,
                    B = columns < width ? rest : dy + column,
                    StepB = columns < width ? width : g.OutChannels,
                    C = partial + ((nint)segment * Taps.Length * g.OutChannels) + column,
                    StrideC = g.OutChannels,
                    Accumulate = row > firstRow,
                };
                TileRows.Run(operands, Taps.Length, columns, width);
            }
        }
    }
}

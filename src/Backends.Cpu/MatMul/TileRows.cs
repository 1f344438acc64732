using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>Cuts a strip of any number of rows, and at most one panel's width of columns, into register tiles.</summary>
internal static unsafe class TileRows
{
    /// <summary>Columns of the widest tile: two vectors of the widest kind.</summary>
    public static int MaxWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * (Simd.Level switch
        {
            SimdLevel.Scalar => LanesScalar.Count,
            SimdLevel.Vector128 => Lanes128.Count,
            SimdLevel.Avx2 => Lanes256.Count,
            _ => Lanes512.Count,
        });
    }

    /// <summary>The greatest <see cref="Height"/>.</summary>
    public const int MaxHeight = 12;

    /// <summary>Rows of the highest tile: two accumulators a row, and room for operands.</summary>
    public static int Height
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Simd.Registers == 32 ? MaxHeight : 6;
    }

    /// <summary>The width of the tile that covers the next columns: the widest, or the narrowest vector that holds a rest.</summary>
    /// <param name="columns">How many columns are left.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Width(int columns)
    {
        if (columns > MaxWidth / 2 || Simd.Level == SimdLevel.Scalar)
            return MaxWidth;
        return columns > Lanes256.Count ? Lanes512.Count : columns > Lanes128.Count ? Lanes256.Count : Lanes128.Count;
    }

    /// <summary>Rows of the highest tile of a width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HeightOf(int width) => width == MaxWidth ? Height : NarrowTile.Height;

    /// <summary>How many tiles of a width rows are cut into.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Tiles(int rows, int width) => (rows + HeightOf(width) - 1) / HeightOf(width);

    /// <summary>Computes rows x columns of the result.</summary>
    /// <param name="x">The operands of the first row; B holds whole tiles of <paramref name="width"/> columns.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns are wanted; at most the width.</param>
    /// <param name="width">The tile's width, from <see cref="Width"/>.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in TileOperands x, int rows, int columns, int width)
    {
        if (rows <= 0)
            return;

        // Tiles of equal height, but for a row: a low last one would have too few sums to hide the latency of an addition.
        TileOperands block = x;
        if (x.Start is null)
            block.StrideStart = 0;
        int tiles = Tiles(rows, width), height = (rows + tiles - 1) / tiles, high = rows - (tiles * (height - 1));
        if (columns == width)
        {
            RunEqual(ref block, high, height, width);
            if (high < tiles)
                RunEqual(ref block, tiles - high, height - 1, width);
            return;
        }

        // The last columns: whole tiles go to the stack, and from there the part that exists.
        float* tile = stackalloc float[height * width];
        float* target = x.C, start = x.Start;
        block.C = tile;
        block.StrideC = width;
        block.Start = start is null ? null : tile;
        block.StrideStart = width;
        block.Tiles = 1;
        new Span<float>(tile, height * width).Clear();
        for (int i = 0; i < tiles; i++)
        {
            int count = i < high ? height : height - 1;
            if (start is not null)
            {
                Copy(start, x.StrideStart, count, columns, tile, width);
                start += count * x.StrideStart;
            }

            KernelOf(block, count, width)(block);
            Copy(tile, width, count, columns, target, x.StrideC);
            block.A += count * block.RowStride;
            target += count * x.StrideC;
            Advance(ref block);
        }
    }

    // Computes some tiles of a height, and goes on to the rows after them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunEqual(ref TileOperands block, int tiles, int height, int width)
    {
        block.Tiles = tiles;
        block.NextA = height * block.RowStride;
        block.NextC = height * block.StrideC;
        block.NextStart = height * block.StrideStart;
        KernelOf(block, height, width)(block);
        block.A += tiles * block.NextA;
        block.C += tiles * block.NextC;
        block.Start += tiles * block.NextStart;
        Advance(ref block);
    }

    // What tiles ask for ahead, the next ones need not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance(ref TileOperands block)
    {
        if (block.Ahead is not null)
            block.Ahead += block.Tiles * (nint)block.Segments * block.Length * Prefetching.Line;
    }

    // Few columns: a call for each row would take longer than the copy.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, nint sourceStride, int rows, int columns, float* target, nint targetStride)
    {
        for (int row = 0; row < rows; row++, source += sourceStride, target += targetStride)
        {
            int column = 0;
            for (; column <= columns - Vector128<float>.Count; column += Vector128<float>.Count)
                Vector128.Load(source + column).Store(target + column);
            for (; column < columns; column++)
                target[column] = source[column];
        }
    }

    /// <summary>Computes <see cref="TileOperands.Tiles"/> tiles.</summary>
    /// <param name="x">The operands, all "Next" ones too.</param>
    /// <param name="rows">Rows of each tile, at most <see cref="HeightOf"/> its width.</param>
    /// <param name="width">Columns of each tile, from <see cref="Width"/>; all are computed.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunTiles(in TileOperands x, int rows, int width) => KernelOf(x, rows, width)(x);

    private static delegate*<in TileOperands, void> KernelOf(in TileOperands x, int rows, int width) =>
        (x.AheadSecond | x.AheadThird) != 0 ? Kernel<TileCounts.SomeFetchingAll>(rows, width)
        : x.Tiles > 1 ? Kernel<TileCounts.Some>(rows, width)
        : Kernel<TileCounts.One>(rows, width);

    // The kernel of tiles of so many rows, and columns from Width.
    private static delegate*<in TileOperands, void> Kernel<TTiles>(int rows, int width)
        where TTiles : struct, ITiles
    {
        if (width < MaxWidth)
        {
            return width == Lanes128.Count ? NarrowKernel<Lanes128, TTiles>(rows)
                : width == Lanes256.Count ? NarrowKernel<Lanes256, TTiles>(rows)
                : NarrowKernel<Lanes512, TTiles>(rows);
        }

        return Simd.Level switch
        {
            SimdLevel.Scalar => WideKernel<LanesScalar, TTiles>(rows),
            SimdLevel.Vector128 => WideKernel<Lanes128, TTiles>(rows),
            SimdLevel.Avx2 => WideKernel<Lanes256, TTiles>(rows),
            _ => WideKernel<Lanes512, TTiles>(rows),
        };
    }

    private static delegate*<in TileOperands, void> WideKernel<TLanes, TTiles>(int rows)
        where TLanes : unmanaged, ILanes<TLanes>
        where TTiles : struct, ITiles => rows switch
        {
            1 => &Tile.Run<TLanes, Rows.R1, TTiles>,
            2 => &Tile.Run<TLanes, Rows.R2, TTiles>,
            3 => &Tile.Run<TLanes, Rows.R3, TTiles>,
            4 => &Tile.Run<TLanes, Rows.R4, TTiles>,
            5 => &Tile.Run<TLanes, Rows.R5, TTiles>,
            6 => &Tile.Run<TLanes, Rows.R6, TTiles>,
            7 => &Tile.Run<TLanes, Rows.R7, TTiles>,
            8 => &Tile.Run<TLanes, Rows.R8, TTiles>,
            9 => &Tile.Run<TLanes, Rows.R9, TTiles>,
            10 => &Tile.Run<TLanes, Rows.R10, TTiles>,
            11 => &Tile.Run<TLanes, Rows.R11, TTiles>,
            _ => &Tile.Run<TLanes, Rows.R12, TTiles>,
        };

    private static delegate*<in TileOperands, void> NarrowKernel<TLanes, TTiles>(int rows)
        where TLanes : unmanaged, ILanes<TLanes>
        where TTiles : struct, ITiles => rows switch
        {
            1 => &NarrowTile.Run<TLanes, Rows.R1, TTiles>,
            2 => &NarrowTile.Run<TLanes, Rows.R2, TTiles>,
            3 => &NarrowTile.Run<TLanes, Rows.R3, TTiles>,
            4 => &NarrowTile.Run<TLanes, Rows.R4, TTiles>,
            5 => &NarrowTile.Run<TLanes, Rows.R5, TTiles>,
            6 => &NarrowTile.Run<TLanes, Rows.R6, TTiles>,
            7 => &NarrowTile.Run<TLanes, Rows.R7, TTiles>,
            8 => &NarrowTile.Run<TLanes, Rows.R8, TTiles>,
            9 => &NarrowTile.Run<TLanes, Rows.R9, TTiles>,
            10 => &NarrowTile.Run<TLanes, Rows.R10, TTiles>,
            11 => &NarrowTile.Run<TLanes, Rows.R11, TTiles>,
            _ => &NarrowTile.Run<TLanes, Rows.R12, TTiles>,
        };
}

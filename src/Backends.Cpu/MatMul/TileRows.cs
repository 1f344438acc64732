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

    // Rows of the highest tile of one vector, whose 12 sums hide the latency of an addition and fit into 16 registers, too.
    private const int NarrowHeight = 12;

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
    public static int HeightOf(int width) => width == MaxWidth ? Height : NarrowHeight;

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
            block.Ahead += block.Tiles * (nint)block.Segments * block.Length * block.AheadStep;
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
        x.StepStride == 1 && x.StepB == width ? Kernel<Steps.Adjacent>(x, rows, width) : Kernel<Steps.Strided>(x, rows, width);

    private static delegate*<in TileOperands, void> Kernel<TSteps>(in TileOperands x, int rows, int width)
        where TSteps : struct, ISteps =>
        x.Ahead is null ? Kernel<TSteps, Fetching.None>(rows, width)
        : (x.AheadSecond | x.AheadThird) != 0 ? Kernel<TSteps, Fetching.Three>(rows, width)
        : 4 * x.AheadStep <= Prefetching.Line && x.Length >= 4 ? Kernel<TSteps, Fetching.OneEachRound>(rows, width)
        : Kernel<TSteps, Fetching.One>(rows, width);

    // The kernel of tiles of so many rows, and columns from Width.
    private static delegate*<in TileOperands, void> Kernel<TSteps, TFetching>(int rows, int width)
        where TSteps : struct, ISteps
        where TFetching : struct, IFetching
    {
        if (width < MaxWidth)
        {
            return width == Lanes128.Count ? KernelOf<Lanes128, TSteps, TFetching>(rows)
                : width == Lanes256.Count ? KernelOf<Lanes256, TSteps, TFetching>(rows)
                : KernelOf<Lanes512, TSteps, TFetching>(rows);
        }

        return Simd.Level switch
        {
            SimdLevel.Scalar => KernelOf<Pair<LanesScalar>, TSteps, TFetching>(rows),
            SimdLevel.Vector128 => KernelOf<Pair<Lanes128>, TSteps, TFetching>(rows),
            SimdLevel.Avx2 => KernelOf<Pair<Lanes256>, TSteps, TFetching>(rows),
            _ => KernelOf<Pair<Lanes512>, TSteps, TFetching>(rows),
        };
    }

    private static delegate*<in TileOperands, void> KernelOf<TColumns, TSteps, TFetching>(int rows)
        where TColumns : unmanaged, IColumns<TColumns>
        where TSteps : struct, ISteps
        where TFetching : struct, IFetching => rows switch
        {
            1 => &Tile.Run<TColumns, Rows.R1, TSteps, TFetching>,
            2 => &Tile.Run<TColumns, Rows.R2, TSteps, TFetching>,
            3 => &Tile.Run<TColumns, Rows.R3, TSteps, TFetching>,
            4 => &Tile.Run<TColumns, Rows.R4, TSteps, TFetching>,
            5 => &Tile.Run<TColumns, Rows.R5, TSteps, TFetching>,
            6 => &Tile.Run<TColumns, Rows.R6, TSteps, TFetching>,
            7 => &Tile.Run<TColumns, Rows.R7, TSteps, TFetching>,
            8 => &Tile.Run<TColumns, Rows.R8, TSteps, TFetching>,
            9 => &Tile.Run<TColumns, Rows.R9, TSteps, TFetching>,
            10 => &Tile.Run<TColumns, Rows.R10, TSteps, TFetching>,
            11 => &Tile.Run<TColumns, Rows.R11, TSteps, TFetching>,
            _ => &Tile.Run<TColumns, Rows.R12, TSteps, TFetching>,
        };
}

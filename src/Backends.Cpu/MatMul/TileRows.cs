using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>Cuts a strip of any number of rows, and at most one panel's width of columns, into register tiles.</summary>
internal static unsafe class TileRows
{
    /// <summary>Whether tiles are made of 512-bit vectors.</summary>
    public static bool IsWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated;
    }

    /// <summary>Rows of the highest tile of the widest kind.</summary>
    public static int MaxHeight => Height(MaxWidth);

    /// <summary>Columns of the widest tile: two vectors.</summary>
    public static int MaxWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsWide ? 2 * Lanes512.Count : 2 * Lanes256.Count;
    }

    /// <summary>The width of the tile that covers the next columns; narrow rests take the narrow tile.</summary>
    /// <param name="columns">How many columns are left.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Width(int columns) => columns > 2 * Lanes256.Count ? MaxWidth : 2 * Lanes256.Count;

    /// <summary>The most rows of a tile of a width.</summary>
    /// <param name="width">From <see cref="Width"/>.</param>
    public static int Height(int width) => width == 2 * Lanes256.Count ? 6 : 12;

    /// <summary>Computes rows x columns of the result.</summary>
    /// <param name="x">The operands of the first row; B holds whole tiles of <paramref name="width"/> columns.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns are wanted; at most the width.</param>
    /// <param name="width">The tile's width, from <see cref="Width"/>.</param>
    [SkipLocalsInit]
    public static void Run(in TileOperands x, int rows, int columns, int width)
    {
        TileOperands block = x;
        int height = Height(width);
        if (columns == width)
        {
            for (; rows > 0; rows -= height)
            {
                Kernel(Math.Min(rows, height), width)(block);
                block.A += height * block.RowStride;
                block.C += height * block.StrideC;
            }

            return;
        }

        // The last columns: whole tiles go to the stack, and from there the part that exists.
        float* tile = stackalloc float[height * width];
        float* target = x.C;
        block.C = tile;
        block.StrideC = width;
        for (; rows > 0; rows -= height)
        {
            int count = Math.Min(rows, height);
            for (int row = 0; row < count && x.Accumulate; row++)
            {
                new Span<float>(tile + (row * width), width).Clear();
                new ReadOnlySpan<float>(target + (row * x.StrideC), columns).CopyTo(new Span<float>(tile + (row * width), columns));
            }

            Kernel(count, width)(block);
            for (int row = 0; row < count; row++)
                new ReadOnlySpan<float>(tile + (row * width), columns).CopyTo(new Span<float>(target + (row * x.StrideC), columns));
            block.A += height * block.RowStride;
            target += height * x.StrideC;
        }
    }

    /// <summary>The kernel of one tile.</summary>
    /// <param name="rows">Rows of the tile, at most 6, or 12 where the width is that of wide vectors.</param>
    /// <param name="width">Columns of the tile, from <see cref="Width"/>.</param>
    public static delegate*<in TileOperands, void> Kernel(int rows, int width) =>
        width == 2 * Lanes256.Count ? Narrow(rows) : Wide(rows);

    private static delegate*<in TileOperands, void> Narrow(int rows) => rows switch
    {
        1 => &Tile.Run<Lanes256, Rows.R1>,
        2 => &Tile.Run<Lanes256, Rows.R2>,
        3 => &Tile.Run<Lanes256, Rows.R3>,
        4 => &Tile.Run<Lanes256, Rows.R4>,
        5 => &Tile.Run<Lanes256, Rows.R5>,
        _ => &Tile.Run<Lanes256, Rows.R6>,
    };

    private static delegate*<in TileOperands, void> Wide(int rows) => rows switch
    {
        1 => &Tile.Run<Lanes512, Rows.R1>,
        2 => &Tile.Run<Lanes512, Rows.R2>,
        3 => &Tile.Run<Lanes512, Rows.R3>,
        4 => &Tile.Run<Lanes512, Rows.R4>,
        5 => &Tile.Run<Lanes512, Rows.R5>,
        6 => &Tile.Run<Lanes512, Rows.R6>,
        7 => &Tile.Run<Lanes512, Rows.R7>,
        8 => &Tile.Run<Lanes512, Rows.R8>,
        9 => &Tile.Run<Lanes512, Rows.R9>,
        10 => &Tile.Run<Lanes512, Rows.R10>,
        11 => &Tile.Run<Lanes512, Rows.R11>,
        _ => &Tile.Run<Lanes512, Rows.R12>,
    };
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>Cuts a strip of any number of rows, and at most one panel's width of columns, into register tiles.</summary>
internal static unsafe class TileRows
{
    /// <summary>Columns of the widest tile: two vectors.</summary>
    public static int MaxWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated ? 2 * Lanes512.Count : 2 * Lanes256.Count;
    }

    /// <summary>The width of the tile that covers the next columns; narrow rests take the narrow tile.</summary>
    /// <param name="columns">How many columns are left.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Width(int columns) => columns > 2 * Lanes256.Count ? MaxWidth : 2 * Lanes256.Count;

    /// <summary>Computes rows x columns of the result.</summary>
    /// <param name="x">The operands of the first row; B holds whole tiles of <paramref name="width"/> columns.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns are wanted; at most the width.</param>
    /// <param name="width">The tile's width, from <see cref="Width"/>.</param>
    [SkipLocalsInit]
    public static void Run(in TileOperands x, int rows, int columns, int width)
    {
        TileOperands block = x;
        int height = width == 2 * Lanes256.Count ? 6 : 12;
        if (columns == width)
        {
            for (; rows > 0; rows -= height)
            {
                Dispatch(block, Math.Min(rows, height), width);
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

            Dispatch(block, count, width);
            for (int row = 0; row < count; row++)
                new ReadOnlySpan<float>(tile + (row * width), columns).CopyTo(new Span<float>(target + (row * x.StrideC), columns));
            block.A += height * block.RowStride;
            target += height * x.StrideC;
        }
    }

    private static void Dispatch(in TileOperands x, int rows, int width)
    {
        if (width == 2 * Lanes256.Count)
            Narrow(x, rows);
        else
            Wide(x, rows);
    }

    private static void Narrow(in TileOperands x, int rows)
    {
        switch (rows)
        {
            case 1: Tile.Run<Lanes256, Rows.R1>(x); break;
            case 2: Tile.Run<Lanes256, Rows.R2>(x); break;
            case 3: Tile.Run<Lanes256, Rows.R3>(x); break;
            case 4: Tile.Run<Lanes256, Rows.R4>(x); break;
            case 5: Tile.Run<Lanes256, Rows.R5>(x); break;
            default: Tile.Run<Lanes256, Rows.R6>(x); break;
        }
    }

    private static void Wide(in TileOperands x, int rows)
    {
        switch (rows)
        {
            case 1: Tile.Run<Lanes512, Rows.R1>(x); break;
            case 2: Tile.Run<Lanes512, Rows.R2>(x); break;
            case 3: Tile.Run<Lanes512, Rows.R3>(x); break;
            case 4: Tile.Run<Lanes512, Rows.R4>(x); break;
            case 5: Tile.Run<Lanes512, Rows.R5>(x); break;
            case 6: Tile.Run<Lanes512, Rows.R6>(x); break;
            case 7: Tile.Run<Lanes512, Rows.R7>(x); break;
            case 8: Tile.Run<Lanes512, Rows.R8>(x); break;
            case 9: Tile.Run<Lanes512, Rows.R9>(x); break;
            case 10: Tile.Run<Lanes512, Rows.R10>(x); break;
            case 11: Tile.Run<Lanes512, Rows.R11>(x); break;
            default: Tile.Run<Lanes512, Rows.R12>(x); break;
        }
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Cuts a strip of any number of rows, and at most one panel's width of columns, into register tiles.</summary>
internal static unsafe class TileRows
{
    /// <summary>Columns of the narrowest tile: two vectors.</summary>
    public static int MinWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * (Simd.Level switch
        {
            SimdLevel.Scalar => LanesScalar.Count,
            SimdLevel.Vector128 => Lanes128.Count,
            _ => Lanes256.Count,
        });
    }

    /// <summary>Columns of the widest tile: two vectors of the widest kind.</summary>
    public static int MaxWidth
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Simd.Level == SimdLevel.Avx512 ? 2 * Lanes512.Count : MinWidth;
    }

    // Two accumulators a row, and room for operands.
    private static int Height
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Simd.Registers == 32 ? 12 : 6;
    }

    /// <summary>The width of the tile that covers the next columns; narrow rests take the narrow tile.</summary>
    /// <param name="columns">How many columns are left.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Width(int columns) => columns > MinWidth ? MaxWidth : MinWidth;

    /// <summary>Computes rows x columns of the result.</summary>
    /// <param name="x">The operands of the first row; B holds whole tiles of <paramref name="width"/> columns.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns are wanted; at most the width.</param>
    /// <param name="width">The tile's width, from <see cref="Width"/>.</param>
    [SkipLocalsInit]
    public static void Run(in TileOperands x, int rows, int columns, int width)
    {
        TileOperands block = x;
        int height = Height;
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
        switch (Simd.Level)
        {
            case SimdLevel.Scalar: Dispatch<LanesScalar>(x, rows); break;
            case SimdLevel.Vector128: Dispatch<Lanes128>(x, rows); break;
            case SimdLevel.Avx512 when width == 2 * Lanes512.Count: Dispatch<Lanes512>(x, rows); break;
            default: Dispatch<Lanes256>(x, rows); break;
        }
    }

    private static void Dispatch<TLanes>(in TileOperands x, int rows)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        switch (rows)
        {
            case 1: Tile.Run<TLanes, Rows.R1>(x); break;
            case 2: Tile.Run<TLanes, Rows.R2>(x); break;
            case 3: Tile.Run<TLanes, Rows.R3>(x); break;
            case 4: Tile.Run<TLanes, Rows.R4>(x); break;
            case 5: Tile.Run<TLanes, Rows.R5>(x); break;
            case 6: Tile.Run<TLanes, Rows.R6>(x); break;
            case 7: Tile.Run<TLanes, Rows.R7>(x); break;
            case 8: Tile.Run<TLanes, Rows.R8>(x); break;
            case 9: Tile.Run<TLanes, Rows.R9>(x); break;
            case 10: Tile.Run<TLanes, Rows.R10>(x); break;
            case 11: Tile.Run<TLanes, Rows.R11>(x); break;
            default: Tile.Run<TLanes, Rows.R12>(x); break;
        }
    }
}

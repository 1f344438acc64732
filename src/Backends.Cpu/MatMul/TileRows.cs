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

    /// <summary>Rows of the highest tile: two accumulators a row, and room for operands.</summary>
    public static int Height
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in TileOperands x, int rows, int columns, int width)
    {
        TileOperands block = x;
        int height = Height;
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
    /// <param name="rows">Rows of the tile, at most <see cref="Height"/>.</param>
    /// <param name="width">Columns of the tile, from <see cref="Width"/>.</param>
    public static delegate*<in TileOperands, void> Kernel(int rows, int width) => Simd.Level switch
    {
        SimdLevel.Scalar => Kernel<LanesScalar>(rows),
        SimdLevel.Vector128 => Kernel<Lanes128>(rows),
        SimdLevel.Avx512 when width == 2 * Lanes512.Count => Kernel<Lanes512>(rows),
        _ => Kernel<Lanes256>(rows),
    };

    private static delegate*<in TileOperands, void> Kernel<TLanes>(int rows)
        where TLanes : unmanaged, ILanes<TLanes> => rows switch
        {
            1 => &Tile.Run<TLanes, Rows.R1>,
            2 => &Tile.Run<TLanes, Rows.R2>,
            3 => &Tile.Run<TLanes, Rows.R3>,
            4 => &Tile.Run<TLanes, Rows.R4>,
            5 => &Tile.Run<TLanes, Rows.R5>,
            6 => &Tile.Run<TLanes, Rows.R6>,
            7 => &Tile.Run<TLanes, Rows.R7>,
            8 => &Tile.Run<TLanes, Rows.R8>,
            9 => &Tile.Run<TLanes, Rows.R9>,
            10 => &Tile.Run<TLanes, Rows.R10>,
            11 => &Tile.Run<TLanes, Rows.R11>,
            _ => &Tile.Run<TLanes, Rows.R12>,
        };
}

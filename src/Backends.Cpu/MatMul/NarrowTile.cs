using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// <see cref="Tile"/> for few columns, such as the last ones of a matrix or a narrow group of channels: up to 12 rows by one
/// vector, as wide as the columns need and no wider. A step is one load and a broadcast a row, which the machine does at nearly
/// the rate of the multiply-adds; 12 sums hide their latency and fit into 16 registers, too. The inner sum runs in the order of
/// the wider tile's.
/// </summary>
internal static unsafe class NarrowTile
{
    /// <summary>The most rows of a tile.</summary>
    public const int Height = 12;

    /// <summary>Computes tiles of <typeparamref name="TRows"/> rows by one vector: one, or several.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes, TRows, TTiles>(in TileOperands x)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IRowCount
        where TTiles : struct, ITiles
    {
        int rows = TRows.Count;
        nint stride = x.RowStride, step = x.StepStride, stepB = x.StepB, strideC = x.StrideC, strideStart = x.StrideStart;
        nint* offsets = x.Offsets;
        int segments = x.Segments, length = x.Length, tiles = TTiles.Several ? x.Tiles : 1;
        float* a = x.A, weights = x.B, c = x.C, start = x.Start;
        float* ahead = x.Ahead is null ? x.A : x.Ahead;
        nint aheadStep = x.Ahead is null ? 0 : Prefetching.Line;
        do
        {
            TLanes s0 = TLanes.Zero;
            TLanes s1 = TLanes.Zero;
            TLanes s2 = TLanes.Zero;
            TLanes s3 = TLanes.Zero;
            TLanes s4 = TLanes.Zero;
            TLanes s5 = TLanes.Zero;
            TLanes s6 = TLanes.Zero;
            TLanes s7 = TLanes.Zero;
            TLanes s8 = TLanes.Zero;
            TLanes s9 = TLanes.Zero;
            TLanes s10 = TLanes.Zero;
            TLanes s11 = TLanes.Zero;
            if (start is not null)
            {
                s0 = TLanes.Load(start);
                if (rows > 1)
                    s1 = TLanes.Load(start + (1 * strideStart));
                if (rows > 2)
                    s2 = TLanes.Load(start + (2 * strideStart));
                if (rows > 3)
                    s3 = TLanes.Load(start + (3 * strideStart));
                if (rows > 4)
                    s4 = TLanes.Load(start + (4 * strideStart));
                if (rows > 5)
                    s5 = TLanes.Load(start + (5 * strideStart));
                if (rows > 6)
                    s6 = TLanes.Load(start + (6 * strideStart));
                if (rows > 7)
                    s7 = TLanes.Load(start + (7 * strideStart));
                if (rows > 8)
                    s8 = TLanes.Load(start + (8 * strideStart));
                if (rows > 9)
                    s9 = TLanes.Load(start + (9 * strideStart));
                if (rows > 10)
                    s10 = TLanes.Load(start + (10 * strideStart));
                if (rows > 11)
                    s11 = TLanes.Load(start + (11 * strideStart));
            }

            float* b = weights;
            for (int segment = 0; segment < segments; segment++)
            {
                float* a0 = offsets is null ? a : a + offsets[segment];
                float* a3 = a0 + (3 * stride), a6 = a3 + (3 * stride), a9 = a6 + (3 * stride);
                for (int i = length; i > 0; i--)
                {
                    Prefetching.Start(ahead);
                    ahead += aheadStep;
                    TLanes column = TLanes.Load(b);
                    TLanes.AddProduct(a0, column, ref s0);
                    if (rows > 1)
                        TLanes.AddProduct(a0 + stride, column, ref s1);
                    if (rows > 2)
                        TLanes.AddProduct(a0 + (2 * stride), column, ref s2);
                    if (rows > 3)
                        TLanes.AddProduct(a3, column, ref s3);
                    if (rows > 4)
                        TLanes.AddProduct(a3 + stride, column, ref s4);
                    if (rows > 5)
                        TLanes.AddProduct(a3 + (2 * stride), column, ref s5);
                    if (rows > 6)
                        TLanes.AddProduct(a6, column, ref s6);
                    if (rows > 7)
                        TLanes.AddProduct(a6 + stride, column, ref s7);
                    if (rows > 8)
                        TLanes.AddProduct(a6 + (2 * stride), column, ref s8);
                    if (rows > 9)
                        TLanes.AddProduct(a9, column, ref s9);
                    if (rows > 10)
                        TLanes.AddProduct(a9 + stride, column, ref s10);
                    if (rows > 11)
                        TLanes.AddProduct(a9 + (2 * stride), column, ref s11);
                    b += stepB;
                    a0 += step;
                    if (rows > 3)
                        a3 += step;
                    if (rows > 6)
                        a6 += step;
                    if (rows > 9)
                        a9 += step;
                }
            }

            TLanes.Store(s0, c);
            if (rows > 1)
                TLanes.Store(s1, c + (1 * strideC));
            if (rows > 2)
                TLanes.Store(s2, c + (2 * strideC));
            if (rows > 3)
                TLanes.Store(s3, c + (3 * strideC));
            if (rows > 4)
                TLanes.Store(s4, c + (4 * strideC));
            if (rows > 5)
                TLanes.Store(s5, c + (5 * strideC));
            if (rows > 6)
                TLanes.Store(s6, c + (6 * strideC));
            if (rows > 7)
                TLanes.Store(s7, c + (7 * strideC));
            if (rows > 8)
                TLanes.Store(s8, c + (8 * strideC));
            if (rows > 9)
                TLanes.Store(s9, c + (9 * strideC));
            if (rows > 10)
                TLanes.Store(s10, c + (10 * strideC));
            if (rows > 11)
                TLanes.Store(s11, c + (11 * strideC));

            if (!TTiles.Several)
                return;
            a += x.NextA;
            weights += x.NextB;
            c += x.NextC;
            start += x.NextStart;
        }
        while (--tiles > 0);
    }
}

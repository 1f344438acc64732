using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The micro-kernel under every matrix product and dense convolution: a tile of up to 12 rows by two vectors that stays in
/// registers for the whole inner sum. 12 x 2 vectors leave 8 of 32 registers for operands (AVX-512, ARM64); with 16 callers
/// use 6 rows, 12 accumulators. Each step loads two vectors of B and broadcasts one float a row, so that the loads stay
/// below the multiply-adds. The inner sum runs in one order whatever the tile's height: every result has the same bits
/// wherever it falls in a tiling.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>Computes tiles of <typeparamref name="TRows"/> rows by two vectors: one, or several.</summary>
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

        // Without a use for it, of what is in the cache anyway: a prefetch costs less than a branch that the JIT leaves in.
        float* ahead = x.Ahead is null ? x.A : x.Ahead;
        nint aheadStep = x.Ahead is null ? 0 : Prefetching.Line, second = x.AheadSecond, third = x.AheadThird;
        do
        {
            TLanes l0 = TLanes.Zero, h0 = TLanes.Zero;
            TLanes l1 = TLanes.Zero, h1 = TLanes.Zero;
            TLanes l2 = TLanes.Zero, h2 = TLanes.Zero;
            TLanes l3 = TLanes.Zero, h3 = TLanes.Zero;
            TLanes l4 = TLanes.Zero, h4 = TLanes.Zero;
            TLanes l5 = TLanes.Zero, h5 = TLanes.Zero;
            TLanes l6 = TLanes.Zero, h6 = TLanes.Zero;
            TLanes l7 = TLanes.Zero, h7 = TLanes.Zero;
            TLanes l8 = TLanes.Zero, h8 = TLanes.Zero;
            TLanes l9 = TLanes.Zero, h9 = TLanes.Zero;
            TLanes l10 = TLanes.Zero, h10 = TLanes.Zero;
            TLanes l11 = TLanes.Zero, h11 = TLanes.Zero;
            if (start is not null)
            {
                l0 = TLanes.Load(start);
                h0 = TLanes.Load(start + TLanes.Count);
                if (rows > 1)
                {
                    l1 = TLanes.Load(start + (1 * strideStart));
                    h1 = TLanes.Load(start + (1 * strideStart) + TLanes.Count);
                }

                if (rows > 2)
                {
                    l2 = TLanes.Load(start + (2 * strideStart));
                    h2 = TLanes.Load(start + (2 * strideStart) + TLanes.Count);
                }

                if (rows > 3)
                {
                    l3 = TLanes.Load(start + (3 * strideStart));
                    h3 = TLanes.Load(start + (3 * strideStart) + TLanes.Count);
                }

                if (rows > 4)
                {
                    l4 = TLanes.Load(start + (4 * strideStart));
                    h4 = TLanes.Load(start + (4 * strideStart) + TLanes.Count);
                }

                if (rows > 5)
                {
                    l5 = TLanes.Load(start + (5 * strideStart));
                    h5 = TLanes.Load(start + (5 * strideStart) + TLanes.Count);
                }

                if (rows > 6)
                {
                    l6 = TLanes.Load(start + (6 * strideStart));
                    h6 = TLanes.Load(start + (6 * strideStart) + TLanes.Count);
                }

                if (rows > 7)
                {
                    l7 = TLanes.Load(start + (7 * strideStart));
                    h7 = TLanes.Load(start + (7 * strideStart) + TLanes.Count);
                }

                if (rows > 8)
                {
                    l8 = TLanes.Load(start + (8 * strideStart));
                    h8 = TLanes.Load(start + (8 * strideStart) + TLanes.Count);
                }

                if (rows > 9)
                {
                    l9 = TLanes.Load(start + (9 * strideStart));
                    h9 = TLanes.Load(start + (9 * strideStart) + TLanes.Count);
                }

                if (rows > 10)
                {
                    l10 = TLanes.Load(start + (10 * strideStart));
                    h10 = TLanes.Load(start + (10 * strideStart) + TLanes.Count);
                }

                if (rows > 11)
                {
                    l11 = TLanes.Load(start + (11 * strideStart));
                    h11 = TLanes.Load(start + (11 * strideStart) + TLanes.Count);
                }
            }

            float* b = weights;
            for (int segment = 0; segment < segments; segment++)
            {
                // Four base pointers, each with two more rows at one and two strides, keep the addresses in few registers.
                float* a0 = offsets is null ? a : a + offsets[segment];
                float* a3 = a0 + (3 * stride), a6 = a3 + (3 * stride), a9 = a6 + (3 * stride);
                for (int i = length; i > 0; i--)
                {
                    Prefetching.Start(ahead);
                    if (TTiles.FetchesAll)
                    {
                        Prefetching.Start(ahead + second);
                        Prefetching.Start(ahead + third);
                    }

                    ahead += aheadStep;
                    TLanes low = TLanes.Load(b), high = TLanes.Load(b + TLanes.Count);
                    TLanes v0 = TLanes.Repeat(a0);
                    TLanes.AddProduct(v0, low, ref l0);
                    TLanes.AddProduct(v0, high, ref h0);
                    if (rows > 1)
                    {
                        TLanes v1 = TLanes.Repeat(a0 + stride);
                        TLanes.AddProduct(v1, low, ref l1);
                        TLanes.AddProduct(v1, high, ref h1);
                    }

                    if (rows > 2)
                    {
                        TLanes v2 = TLanes.Repeat(a0 + (2 * stride));
                        TLanes.AddProduct(v2, low, ref l2);
                        TLanes.AddProduct(v2, high, ref h2);
                    }

                    if (rows > 3)
                    {
                        TLanes v3 = TLanes.Repeat(a3);
                        TLanes.AddProduct(v3, low, ref l3);
                        TLanes.AddProduct(v3, high, ref h3);
                    }

                    if (rows > 4)
                    {
                        TLanes v4 = TLanes.Repeat(a3 + stride);
                        TLanes.AddProduct(v4, low, ref l4);
                        TLanes.AddProduct(v4, high, ref h4);
                    }

                    if (rows > 5)
                    {
                        TLanes v5 = TLanes.Repeat(a3 + (2 * stride));
                        TLanes.AddProduct(v5, low, ref l5);
                        TLanes.AddProduct(v5, high, ref h5);
                    }

                    if (rows > 6)
                    {
                        TLanes v6 = TLanes.Repeat(a6);
                        TLanes.AddProduct(v6, low, ref l6);
                        TLanes.AddProduct(v6, high, ref h6);
                    }

                    if (rows > 7)
                    {
                        TLanes v7 = TLanes.Repeat(a6 + stride);
                        TLanes.AddProduct(v7, low, ref l7);
                        TLanes.AddProduct(v7, high, ref h7);
                    }

                    if (rows > 8)
                    {
                        TLanes v8 = TLanes.Repeat(a6 + (2 * stride));
                        TLanes.AddProduct(v8, low, ref l8);
                        TLanes.AddProduct(v8, high, ref h8);
                    }

                    if (rows > 9)
                    {
                        TLanes v9 = TLanes.Repeat(a9);
                        TLanes.AddProduct(v9, low, ref l9);
                        TLanes.AddProduct(v9, high, ref h9);
                    }

                    if (rows > 10)
                    {
                        TLanes v10 = TLanes.Repeat(a9 + stride);
                        TLanes.AddProduct(v10, low, ref l10);
                        TLanes.AddProduct(v10, high, ref h10);
                    }

                    if (rows > 11)
                    {
                        TLanes v11 = TLanes.Repeat(a9 + (2 * stride));
                        TLanes.AddProduct(v11, low, ref l11);
                        TLanes.AddProduct(v11, high, ref h11);
                    }

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

            TLanes.Store(l0, c);
            TLanes.Store(h0, c + TLanes.Count);
            if (rows > 1)
            {
                TLanes.Store(l1, c + (1 * strideC));
                TLanes.Store(h1, c + (1 * strideC) + TLanes.Count);
            }

            if (rows > 2)
            {
                TLanes.Store(l2, c + (2 * strideC));
                TLanes.Store(h2, c + (2 * strideC) + TLanes.Count);
            }

            if (rows > 3)
            {
                TLanes.Store(l3, c + (3 * strideC));
                TLanes.Store(h3, c + (3 * strideC) + TLanes.Count);
            }

            if (rows > 4)
            {
                TLanes.Store(l4, c + (4 * strideC));
                TLanes.Store(h4, c + (4 * strideC) + TLanes.Count);
            }

            if (rows > 5)
            {
                TLanes.Store(l5, c + (5 * strideC));
                TLanes.Store(h5, c + (5 * strideC) + TLanes.Count);
            }

            if (rows > 6)
            {
                TLanes.Store(l6, c + (6 * strideC));
                TLanes.Store(h6, c + (6 * strideC) + TLanes.Count);
            }

            if (rows > 7)
            {
                TLanes.Store(l7, c + (7 * strideC));
                TLanes.Store(h7, c + (7 * strideC) + TLanes.Count);
            }

            if (rows > 8)
            {
                TLanes.Store(l8, c + (8 * strideC));
                TLanes.Store(h8, c + (8 * strideC) + TLanes.Count);
            }

            if (rows > 9)
            {
                TLanes.Store(l9, c + (9 * strideC));
                TLanes.Store(h9, c + (9 * strideC) + TLanes.Count);
            }

            if (rows > 10)
            {
                TLanes.Store(l10, c + (10 * strideC));
                TLanes.Store(h10, c + (10 * strideC) + TLanes.Count);
            }

            if (rows > 11)
            {
                TLanes.Store(l11, c + (11 * strideC));
                TLanes.Store(h11, c + (11 * strideC) + TLanes.Count);
            }

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

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The micro-kernel under every matrix product and dense convolution: a tile of up to 12 rows by two vectors that stays in
/// registers for the whole inner sum. 12 x 2 vectors leave 8 of 32 registers for operands (AVX-512, ARM64); with 16 callers
/// use 6 rows, 12 accumulators. Each step loads two vectors of B and broadcasts one float a row, so that the loads stay
/// below the multiply-adds. For few columns, such as the last ones of a matrix or a narrow group of channels, a tile is one vector wide, and no
/// wider than they need. The inner sum runs in one order whatever the tile's height and width: every result has the same bits
/// wherever it falls in a tiling.
/// </summary>
internal static unsafe class Tile
{
    /// <summary>Computes <see cref="TileOperands.Tiles"/> tiles of <typeparamref name="TRows"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TColumns, TRows, TSteps, TFetching>(in TileOperands x)
        where TColumns : unmanaged, IColumns<TColumns>
        where TRows : struct, IRowCount
        where TSteps : struct, ISteps
        where TFetching : struct, IFetching
    {
        int rows = TRows.Count;

        // In bytes: what an instruction can add to an address is then 1, 2 or 4 times the stride, and the other rows' are kept.
        nint stride = x.RowStride * sizeof(float), stride3 = 3 * stride, stride5 = 5 * stride;
        nint step = x.StepStride * sizeof(float), stepB = x.StepB * sizeof(float), strideC = x.StrideC, strideStart = x.StrideStart;
        nint* offsets = x.Offsets;
        int segments = x.Segments, length = x.Length, rounds = length >> 2, rest = length & 3, tiles = x.Tiles;
        float* firstA = x.A, firstB = x.B, c = x.C, start = x.Start, ahead = x.Ahead;
        nint second = x.AheadSecond, third = x.AheadThird, aheadStep = x.AheadStep;
        do
        {
            TColumns r0 = TColumns.Zero, r1 = TColumns.Zero, r2 = TColumns.Zero, r3 = TColumns.Zero, r4 = TColumns.Zero, r5 = TColumns.Zero;
            TColumns r6 = TColumns.Zero, r7 = TColumns.Zero, r8 = TColumns.Zero, r9 = TColumns.Zero, r10 = TColumns.Zero, r11 = TColumns.Zero;
            if (start is not null)
            {
                r0 = TColumns.Load(start);
                if (rows > 1)
                    r1 = TColumns.Load(start + (1 * strideStart));
                if (rows > 2)
                    r2 = TColumns.Load(start + (2 * strideStart));
                if (rows > 3)
                    r3 = TColumns.Load(start + (3 * strideStart));
                if (rows > 4)
                    r4 = TColumns.Load(start + (4 * strideStart));
                if (rows > 5)
                    r5 = TColumns.Load(start + (5 * strideStart));
                if (rows > 6)
                    r6 = TColumns.Load(start + (6 * strideStart));
                if (rows > 7)
                    r7 = TColumns.Load(start + (7 * strideStart));
                if (rows > 8)
                    r8 = TColumns.Load(start + (8 * strideStart));
                if (rows > 9)
                    r9 = TColumns.Load(start + (9 * strideStart));
                if (rows > 10)
                    r10 = TColumns.Load(start + (10 * strideStart));
                if (rows > 11)
                    r11 = TColumns.Load(start + (11 * strideStart));
            }

            byte* b = (byte*)firstB;
            for (int segment = 0; segment < segments; segment++)
            {
                byte* a = (byte*)(offsets is null ? firstA : firstA + offsets[segment]);

                // Four steps a round: what a loop adds to a step would be a tenth of its instructions.
                for (int i = rounds; i != 0; i--)
                {
                    if (TFetching.EachRound)
                    {
                        Prefetching.Start(ahead);
                        ahead += 4 * aheadStep;
                    }

                    Step<TColumns, TRows, TSteps, TFetching>(
                        0, ref a, ref b, ref ahead, step, stepB, stride, stride3, stride5, second, third, aheadStep,
                        ref r0, ref r1, ref r2, ref r3, ref r4, ref r5,
                        ref r6, ref r7, ref r8, ref r9, ref r10, ref r11);
                    Step<TColumns, TRows, TSteps, TFetching>(
                        1, ref a, ref b, ref ahead, step, stepB, stride, stride3, stride5, second, third, aheadStep,
                        ref r0, ref r1, ref r2, ref r3, ref r4, ref r5,
                        ref r6, ref r7, ref r8, ref r9, ref r10, ref r11);
                    Step<TColumns, TRows, TSteps, TFetching>(
                        2, ref a, ref b, ref ahead, step, stepB, stride, stride3, stride5, second, third, aheadStep,
                        ref r0, ref r1, ref r2, ref r3, ref r4, ref r5,
                        ref r6, ref r7, ref r8, ref r9, ref r10, ref r11);
                    Step<TColumns, TRows, TSteps, TFetching>(
                        3, ref a, ref b, ref ahead, step, stepB, stride, stride3, stride5, second, third, aheadStep,
                        ref r0, ref r1, ref r2, ref r3, ref r4, ref r5,
                        ref r6, ref r7, ref r8, ref r9, ref r10, ref r11);
                    if (TSteps.AreAdjacent)
                    {
                        a += 4 * sizeof(float);
                        b += 4 * sizeof(TColumns);
                    }
                }

                for (int i = rest; i != 0; i--)
                {
                    Step<TColumns, TRows, TSteps, TFetching>(
                        0, ref a, ref b, ref ahead, step, stepB, stride, stride3, stride5, second, third, aheadStep,
                        ref r0, ref r1, ref r2, ref r3, ref r4, ref r5,
                        ref r6, ref r7, ref r8, ref r9, ref r10, ref r11);
                    if (TSteps.AreAdjacent)
                    {
                        a += sizeof(float);
                        b += sizeof(TColumns);
                    }

                    if (TFetching.EachRound)
                        ahead += aheadStep;
                }
            }

            TColumns.Store(r0, c);
            if (rows > 1)
                TColumns.Store(r1, c + (1 * strideC));
            if (rows > 2)
                TColumns.Store(r2, c + (2 * strideC));
            if (rows > 3)
                TColumns.Store(r3, c + (3 * strideC));
            if (rows > 4)
                TColumns.Store(r4, c + (4 * strideC));
            if (rows > 5)
                TColumns.Store(r5, c + (5 * strideC));
            if (rows > 6)
                TColumns.Store(r6, c + (6 * strideC));
            if (rows > 7)
                TColumns.Store(r7, c + (7 * strideC));
            if (rows > 8)
                TColumns.Store(r8, c + (8 * strideC));
            if (rows > 9)
                TColumns.Store(r9, c + (9 * strideC));
            if (rows > 10)
                TColumns.Store(r10, c + (10 * strideC));
            if (rows > 11)
                TColumns.Store(r11, c + (11 * strideC));
            firstA += x.NextA;
            firstB += x.NextB;
            c += x.NextC;
            start += x.NextStart;
        }
        while (--tiles > 0);
    }

    // One step of the inner sum. Sums that are arguments of a call stay in registers only if it is inlined.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TColumns, TRows, TSteps, TFetching>(
        int at,
        ref byte* a,
        ref byte* b,
        ref float* ahead,
        nint step,
        nint stepB,
        nint stride,
        nint stride3,
        nint stride5,
        nint second,
        nint third,
        nint aheadStep,
        ref TColumns r0,
        ref TColumns r1,
        ref TColumns r2,
        ref TColumns r3,
        ref TColumns r4,
        ref TColumns r5,
        ref TColumns r6,
        ref TColumns r7,
        ref TColumns r8,
        ref TColumns r9,
        ref TColumns r10,
        ref TColumns r11)
        where TColumns : unmanaged, IColumns<TColumns>
        where TRows : struct, IRowCount
        where TSteps : struct, ISteps
        where TFetching : struct, IFetching
    {
        if (TFetching.All)
        {
            Prefetching.Start(ahead + second);
            Prefetching.Start(ahead + third);
        }

        if (TFetching.EachStep)
        {
            Prefetching.Start(ahead);
            ahead += aheadStep;
        }

        int rows = TRows.Count;
        byte* a6 = a + (2 * stride3);
        TColumns columns = TColumns.Load((float*)b, TSteps.From(at));
        TColumns.AddProduct((float*)(a + (TSteps.From(at) * sizeof(float))), columns, ref r0);
        if (rows > 1)
            TColumns.AddProduct((float*)(a + stride + (TSteps.From(at) * sizeof(float))), columns, ref r1);
        if (rows > 2)
            TColumns.AddProduct((float*)(a + (2 * stride) + (TSteps.From(at) * sizeof(float))), columns, ref r2);
        if (rows > 3)
            TColumns.AddProduct((float*)(a + stride3 + (TSteps.From(at) * sizeof(float))), columns, ref r3);
        if (rows > 4)
            TColumns.AddProduct((float*)(a + (4 * stride) + (TSteps.From(at) * sizeof(float))), columns, ref r4);
        if (rows > 5)
            TColumns.AddProduct((float*)(a + stride5 + (TSteps.From(at) * sizeof(float))), columns, ref r5);
        if (rows > 6)
            TColumns.AddProduct((float*)(a6 + (TSteps.From(at) * sizeof(float))), columns, ref r6);
        if (rows > 7)
            TColumns.AddProduct((float*)(a6 + stride + (TSteps.From(at) * sizeof(float))), columns, ref r7);
        if (rows > 8)
            TColumns.AddProduct((float*)(a6 + (2 * stride) + (TSteps.From(at) * sizeof(float))), columns, ref r8);
        if (rows > 9)
            TColumns.AddProduct((float*)(a6 + stride3 + (TSteps.From(at) * sizeof(float))), columns, ref r9);
        if (rows > 10)
            TColumns.AddProduct((float*)(a6 + (4 * stride) + (TSteps.From(at) * sizeof(float))), columns, ref r10);
        if (rows > 11)
            TColumns.AddProduct((float*)(a6 + stride5 + (TSteps.From(at) * sizeof(float))), columns, ref r11);
        if (TSteps.AreAdjacent)
            return;
        a += step;
        b += stepB;
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The product of one to four rows with a large matrix, as in a dense layer over a single example: nothing but reading b, so b is
/// read from one end to the other, some rows at a time. The numbers of a that belong to them, eight or fewer, are in registers, the sums
/// in L1; rows that come soon are on their way to L2 meanwhile. A shard is a range of the inner sum, as in <see cref="StreamedMatMul"/>.
/// </summary>
internal readonly unsafe struct FewRowsMatMul(MatMulOperands x, float* partials, int shards) : IShardedWork
{
    /// <summary>The most rows it is meant for.</summary>
    public const int MaxRows = 4;

    // Nearer, lines would not be there in time.
    private const int FloatsAhead = 4 << 10;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Scalar: Run<LanesScalar>(shard); break;
            case SimdLevel.Vector128: Run<Lanes128>(shard); break;
            case SimdLevel.Avx2: Run<Lanes256>(shard); break;
            default: Run<Lanes512>(shard); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TLanes>(int shard)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int start = (int)((long)x.K * shard / shards), steps = (int)((long)x.K * (shard + 1) / shards) - start;
        float* a = x.A + (start * x.StepStrideA), b = x.B + (start * x.StepStrideB), y = partials + ((nint)shard * x.M * x.N);
        new Span<float>(y, x.M * x.N).Clear();
        switch (x.M)
        {
            case 1: Add<TLanes, Rows.R1, Rows.R4>(a, b, steps, y); break;
            case 2: Add<TLanes, Rows.R2, Rows.R4>(a, b, steps, y); break;
            case 3: Add<TLanes, Rows.R3, Rows.R2>(a, b, steps, y); break;
            default: Add<TLanes, Rows.R4, Rows.R2>(a, b, steps, y); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add<TLanes, TRows, TSteps>(float* a, float* b, int steps, float* y)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IRowCount
        where TSteps : struct, IRowCount
    {
        for (; steps >= TSteps.Count; steps -= TSteps.Count, a += TSteps.Count * x.StepStrideA, b += TSteps.Count * x.StepStrideB)
            AddSteps<TLanes, TRows, TSteps>(a, b, y);
        for (; steps > 0; steps--, a += x.StepStrideA, b += x.StepStrideB)
            AddSteps<TLanes, TRows, Rows.R1>(a, b, y);
    }

    // One or two rows and four steps, or four and two. The JIT leaves out what a pair of counts does not use.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddSteps<TLanes, TRows, TSteps>(float* a, float* b, float* y)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IRowCount
        where TSteps : struct, IRowCount
    {
        int rows = TRows.Count, steps = TSteps.Count, columns = x.N;
        nint rowStride = x.RowStrideA, stepA = x.StepStrideA, stepB = x.StepStrideB;
        TLanes a00 = Number(0, 0), a01 = Number(0, 1), a02 = Number(0, 2), a03 = Number(0, 3);
        TLanes a10 = Number(1, 0), a11 = Number(1, 1), a12 = Number(1, 2), a13 = Number(1, 3);
        TLanes a20 = Number(2, 0), a21 = Number(2, 1), a30 = Number(3, 0), a31 = Number(3, 1);
        float* b3 = b + (3 * stepB), ahead = b + (((FloatsAhead / (steps * columns)) + 1) * steps * stepB);
        int column = 0;
        for (; column <= columns - TLanes.Count; column += TLanes.Count)
        {
            // As many lines as are used here.
            int lines = steps * TLanes.Count / Prefetching.Line;
            Prefetching.Start(ahead);
            if (lines > 1)
                Prefetching.Start(ahead + (1 * Prefetching.Line));
            if (lines > 2)
            {
                Prefetching.Start(ahead + (2 * Prefetching.Line));
                Prefetching.Start(ahead + (3 * Prefetching.Line));
            }

            ahead += steps * TLanes.Count;
            float* y0 = y + column, y1 = y0 + columns, y2 = y1 + columns, y3 = y2 + columns;
            TLanes s0 = TLanes.Load(y0), s1 = rows > 1 ? TLanes.Load(y1) : s0, s2 = rows > 2 ? TLanes.Load(y2) : s0, s3 = rows > 3 ? TLanes.Load(y3) : s0;
            TLanes v = TLanes.Load(b + column);
            TLanes.AddProduct(a00, v, ref s0);
            if (rows > 1)
                TLanes.AddProduct(a10, v, ref s1);
            if (rows > 2)
                TLanes.AddProduct(a20, v, ref s2);
            if (rows > 3)
                TLanes.AddProduct(a30, v, ref s3);
            if (steps > 1)
            {
                v = TLanes.Load(b + stepB + column);
                TLanes.AddProduct(a01, v, ref s0);
                if (rows > 1)
                    TLanes.AddProduct(a11, v, ref s1);
                if (rows > 2)
                    TLanes.AddProduct(a21, v, ref s2);
                if (rows > 3)
                    TLanes.AddProduct(a31, v, ref s3);
            }

            if (steps > 2)
            {
                v = TLanes.Load(b + (2 * stepB) + column);
                TLanes.AddProduct(a02, v, ref s0);
                if (rows > 1)
                    TLanes.AddProduct(a12, v, ref s1);
                v = TLanes.Load(b3 + column);
                TLanes.AddProduct(a03, v, ref s0);
                if (rows > 1)
                    TLanes.AddProduct(a13, v, ref s1);
            }

            TLanes.Store(s0, y0);
            if (rows > 1)
                TLanes.Store(s1, y1);
            if (rows > 2)
                TLanes.Store(s2, y2);
            if (rows > 3)
                TLanes.Store(s3, y3);
        }

        for (; column < columns; column++)
        {
            for (int row = 0; row < rows; row++)
            {
                float sum = y[(row * columns) + column];
                for (int step = 0; step < steps; step++)
                    sum = float.MultiplyAddEstimate(a[(row * rowStride) + (step * stepA)], b[(step * stepB) + column], sum);
                y[(row * columns) + column] = sum;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TLanes Number(int row, int step) =>
            row < TRows.Count && step < TSteps.Count ? TLanes.Repeat(a + (row * rowStride) + (step * stepA)) : TLanes.Zero;
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The product of a single row with a matrix whose rows are not long, where there are 32 registers: 16 vectors of sums go along with a row of b,
/// which is read from one end to the other. A shard is a range of the inner sum, as in <see cref="StreamedMatMul"/>.
/// </summary>
internal readonly unsafe struct OneRowMatMul(MatMulOperands x, float* partials, int shards) : IShardedWork
{
    // Longer rows would be read in too many pieces, in strides.
    private const int MostPieces = 4;

    /// <summary>Whether this way is faster than <see cref="FewRowsMatMul"/>.</summary>
    public static bool Fits(in MatMulOperands x) => x.M == 1 && Simd.Registers == 32 && x.N <= MostPieces * 8 * TileRows.MaxWidth;

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
        int column = 0;
        for (; column <= x.N - (16 * TLanes.Count); column += 16 * TLanes.Count)
            Sums<TLanes, Rows.R4>(a, b + column, steps, y + column);
        for (; column <= x.N - (4 * TLanes.Count); column += 4 * TLanes.Count)
            Sums<TLanes, Rows.R1>(a, b + column, steps, y + column);
        for (; column < x.N; column++)
        {
            float sum = 0;
            for (int step = 0; step < steps; step++)
                sum = float.MultiplyAddEstimate(a[step * x.StepStrideA], b[(step * x.StepStrideB) + column], sum);
            y[column] = sum;
        }
    }

    // Four vectors of columns, or 16; the JIT leaves out what a count does not use.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sums<TLanes, TQuads>(float* a, float* b, int steps, float* y)
        where TLanes : unmanaged, ILanes<TLanes>
        where TQuads : struct, IRowCount
    {
        nint stepA = x.StepStrideA, stepB = x.StepStrideB;
        TLanes s0 = TLanes.Zero, s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        TLanes s4 = TLanes.Zero, s5 = TLanes.Zero, s6 = TLanes.Zero, s7 = TLanes.Zero;
        TLanes s8 = TLanes.Zero, s9 = TLanes.Zero, s10 = TLanes.Zero, s11 = TLanes.Zero;
        TLanes s12 = TLanes.Zero, s13 = TLanes.Zero, s14 = TLanes.Zero, s15 = TLanes.Zero;
        for (int step = 0; step < steps; step++, a += stepA, b += stepB)
        {
            TLanes a0 = TLanes.Repeat(a);
            TLanes b0 = TLanes.Load(b);
            TLanes.AddProduct(a0, b0, ref s0);
            TLanes b1 = TLanes.Load(b + (1 * TLanes.Count));
            TLanes.AddProduct(a0, b1, ref s1);
            TLanes b2 = TLanes.Load(b + (2 * TLanes.Count));
            TLanes.AddProduct(a0, b2, ref s2);
            TLanes b3 = TLanes.Load(b + (3 * TLanes.Count));
            TLanes.AddProduct(a0, b3, ref s3);

            if (TQuads.Count > 1)
            {
                TLanes b4 = TLanes.Load(b + (4 * TLanes.Count));
                TLanes.AddProduct(a0, b4, ref s4);
                TLanes b5 = TLanes.Load(b + (5 * TLanes.Count));
                TLanes.AddProduct(a0, b5, ref s5);
                TLanes b6 = TLanes.Load(b + (6 * TLanes.Count));
                TLanes.AddProduct(a0, b6, ref s6);
                TLanes b7 = TLanes.Load(b + (7 * TLanes.Count));
                TLanes.AddProduct(a0, b7, ref s7);
                TLanes b8 = TLanes.Load(b + (8 * TLanes.Count));
                TLanes.AddProduct(a0, b8, ref s8);
                TLanes b9 = TLanes.Load(b + (9 * TLanes.Count));
                TLanes.AddProduct(a0, b9, ref s9);
                TLanes b10 = TLanes.Load(b + (10 * TLanes.Count));
                TLanes.AddProduct(a0, b10, ref s10);
                TLanes b11 = TLanes.Load(b + (11 * TLanes.Count));
                TLanes.AddProduct(a0, b11, ref s11);
                TLanes b12 = TLanes.Load(b + (12 * TLanes.Count));
                TLanes.AddProduct(a0, b12, ref s12);
                TLanes b13 = TLanes.Load(b + (13 * TLanes.Count));
                TLanes.AddProduct(a0, b13, ref s13);
                TLanes b14 = TLanes.Load(b + (14 * TLanes.Count));
                TLanes.AddProduct(a0, b14, ref s14);
                TLanes b15 = TLanes.Load(b + (15 * TLanes.Count));
                TLanes.AddProduct(a0, b15, ref s15);
            }
        }

        TLanes.Store(s0, y);
        TLanes.Store(s1, y + (1 * TLanes.Count));
        TLanes.Store(s2, y + (2 * TLanes.Count));
        TLanes.Store(s3, y + (3 * TLanes.Count));
        if (TQuads.Count > 1)
        {
            TLanes.Store(s4, y + (4 * TLanes.Count));
            TLanes.Store(s5, y + (5 * TLanes.Count));
            TLanes.Store(s6, y + (6 * TLanes.Count));
            TLanes.Store(s7, y + (7 * TLanes.Count));
            TLanes.Store(s8, y + (8 * TLanes.Count));
            TLanes.Store(s9, y + (9 * TLanes.Count));
            TLanes.Store(s10, y + (10 * TLanes.Count));
            TLanes.Store(s11, y + (11 * TLanes.Count));
            TLanes.Store(s12, y + (12 * TLanes.Count));
            TLanes.Store(s13, y + (13 * TLanes.Count));
            TLanes.Store(s14, y + (14 * TLanes.Count));
            TLanes.Store(s15, y + (15 * TLanes.Count));
        }
    }
}

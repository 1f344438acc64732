using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The product of one to four rows with a large matrix, as in a dense layer over a single example: nothing but reading b, so b is
/// read from one end to the other. All sums that fit into registers, 16 vectors of them (8 where there are 16 registers), go along
/// with a row of b. A shard is a range of the inner sum, as in <see cref="StreamedMatMul"/>.
/// </summary>
internal readonly unsafe struct FewRowsMatMul(MatMulOperands x, float* partials, int shards) : IShardedWork
{
    /// <summary>The most rows it is meant for.</summary>
    public const int MaxRows = 4;

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

    private void Run<TLanes>(int shard)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int start = (int)((long)x.K * shard / shards), steps = (int)((long)x.K * (shard + 1) / shards) - start;
        float* a = x.A + (start * x.StepStrideA), b = x.B + (start * x.StepStrideB), y = partials + ((nint)shard * x.M * x.N);
        switch (x.M)
        {
            case 1 when Simd.Registers == 32: Columns<TLanes, Rows.R1, Rows.R4>(a, b, steps, y); break;
            case 1: Columns<TLanes, Rows.R1, Rows.R2>(a, b, steps, y); break;
            case 2 when Simd.Registers == 32: Columns<TLanes, Rows.R2, Rows.R2>(a, b, steps, y); break;
            case 2: Columns<TLanes, Rows.R2, Rows.R1>(a, b, steps, y); break;
            case 3: Columns<TLanes, Rows.R3, Rows.R1>(a, b, steps, y); break;
            default: Columns<TLanes, Rows.R4, Rows.R1>(a, b, steps, y); break;
        }
    }

    // Four vectors of columns are a quad; rows times quads are the registers' worth.
    private void Columns<TLanes, TRows, TQuads>(float* a, float* b, int steps, float* y)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IRowCount
        where TQuads : struct, IRowCount
    {
        int column = 0;
        for (; column <= x.N - (4 * TLanes.Count * TQuads.Count); column += 4 * TLanes.Count * TQuads.Count)
            Sums<TLanes, TRows, TQuads>(a, b + column, steps, y + column);
        for (; column <= x.N - (4 * TLanes.Count); column += 4 * TLanes.Count)
            Sums<TLanes, TRows, Rows.R1>(a, b + column, steps, y + column);
        for (; column < x.N; column++)
        {
            for (int row = 0; row < TRows.Count; row++)
            {
                float sum = 0;
                for (int step = 0; step < steps; step++)
                    sum = float.MultiplyAddEstimate(a[(row * x.RowStrideA) + (step * x.StepStrideA)], b[(step * x.StepStrideB) + column], sum);
                y[(row * x.N) + column] = sum;
            }
        }
    }

    // Up to four quads: of one row, or of as many rows. The JIT leaves out what a pair of counts does not use.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sums<TLanes, TRows, TQuads>(float* a, float* b, int steps, float* y)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IRowCount
        where TQuads : struct, IRowCount
    {
        int rows = TRows.Count, quads = TQuads.Count;
        nint rowStride = x.RowStrideA, stepA = x.StepStrideA, stepB = x.StepStrideB;
        TLanes s00 = TLanes.Zero, s01 = TLanes.Zero, s02 = TLanes.Zero, s03 = TLanes.Zero;
        TLanes s04 = TLanes.Zero, s05 = TLanes.Zero, s06 = TLanes.Zero, s07 = TLanes.Zero;
        TLanes s08 = TLanes.Zero, s09 = TLanes.Zero, s010 = TLanes.Zero, s011 = TLanes.Zero;
        TLanes s012 = TLanes.Zero, s013 = TLanes.Zero, s014 = TLanes.Zero, s015 = TLanes.Zero;
        TLanes s10 = TLanes.Zero, s11 = TLanes.Zero, s12 = TLanes.Zero, s13 = TLanes.Zero;
        TLanes s14 = TLanes.Zero, s15 = TLanes.Zero, s16 = TLanes.Zero, s17 = TLanes.Zero;
        TLanes s20 = TLanes.Zero, s21 = TLanes.Zero, s22 = TLanes.Zero, s23 = TLanes.Zero;
        TLanes s30 = TLanes.Zero, s31 = TLanes.Zero, s32 = TLanes.Zero, s33 = TLanes.Zero;
        for (int step = 0; step < steps; step++, a += stepA, b += stepB)
        {
            TLanes a0 = TLanes.Repeat(a);
            TLanes a1 = rows > 1 ? TLanes.Repeat(a + (1 * rowStride)) : TLanes.Zero;
            TLanes a2 = rows > 2 ? TLanes.Repeat(a + (2 * rowStride)) : TLanes.Zero;
            TLanes a3 = rows > 3 ? TLanes.Repeat(a + (3 * rowStride)) : TLanes.Zero;
            TLanes b0 = TLanes.Load(b);
            TLanes.AddProduct(a0, b0, ref s00);
            if (rows > 1)
                TLanes.AddProduct(a1, b0, ref s10);
            if (rows > 2)
                TLanes.AddProduct(a2, b0, ref s20);
            if (rows > 3)
                TLanes.AddProduct(a3, b0, ref s30);
            TLanes b1 = TLanes.Load(b + (1 * TLanes.Count));
            TLanes.AddProduct(a0, b1, ref s01);
            if (rows > 1)
                TLanes.AddProduct(a1, b1, ref s11);
            if (rows > 2)
                TLanes.AddProduct(a2, b1, ref s21);
            if (rows > 3)
                TLanes.AddProduct(a3, b1, ref s31);
            TLanes b2 = TLanes.Load(b + (2 * TLanes.Count));
            TLanes.AddProduct(a0, b2, ref s02);
            if (rows > 1)
                TLanes.AddProduct(a1, b2, ref s12);
            if (rows > 2)
                TLanes.AddProduct(a2, b2, ref s22);
            if (rows > 3)
                TLanes.AddProduct(a3, b2, ref s32);
            TLanes b3 = TLanes.Load(b + (3 * TLanes.Count));
            TLanes.AddProduct(a0, b3, ref s03);
            if (rows > 1)
                TLanes.AddProduct(a1, b3, ref s13);
            if (rows > 2)
                TLanes.AddProduct(a2, b3, ref s23);
            if (rows > 3)
                TLanes.AddProduct(a3, b3, ref s33);

            if (quads > 1)
            {
                TLanes b4 = TLanes.Load(b + (4 * TLanes.Count));
                TLanes.AddProduct(a0, b4, ref s04);
                if (rows > 1)
                    TLanes.AddProduct(a1, b4, ref s14);
                TLanes b5 = TLanes.Load(b + (5 * TLanes.Count));
                TLanes.AddProduct(a0, b5, ref s05);
                if (rows > 1)
                    TLanes.AddProduct(a1, b5, ref s15);
                TLanes b6 = TLanes.Load(b + (6 * TLanes.Count));
                TLanes.AddProduct(a0, b6, ref s06);
                if (rows > 1)
                    TLanes.AddProduct(a1, b6, ref s16);
                TLanes b7 = TLanes.Load(b + (7 * TLanes.Count));
                TLanes.AddProduct(a0, b7, ref s07);
                if (rows > 1)
                    TLanes.AddProduct(a1, b7, ref s17);
            }

            if (quads > 2)
            {
                TLanes b8 = TLanes.Load(b + (8 * TLanes.Count));
                TLanes.AddProduct(a0, b8, ref s08);
                TLanes b9 = TLanes.Load(b + (9 * TLanes.Count));
                TLanes.AddProduct(a0, b9, ref s09);
                TLanes b10 = TLanes.Load(b + (10 * TLanes.Count));
                TLanes.AddProduct(a0, b10, ref s010);
                TLanes b11 = TLanes.Load(b + (11 * TLanes.Count));
                TLanes.AddProduct(a0, b11, ref s011);
            }

            if (quads > 3)
            {
                TLanes b12 = TLanes.Load(b + (12 * TLanes.Count));
                TLanes.AddProduct(a0, b12, ref s012);
                TLanes b13 = TLanes.Load(b + (13 * TLanes.Count));
                TLanes.AddProduct(a0, b13, ref s013);
                TLanes b14 = TLanes.Load(b + (14 * TLanes.Count));
                TLanes.AddProduct(a0, b14, ref s014);
                TLanes b15 = TLanes.Load(b + (15 * TLanes.Count));
                TLanes.AddProduct(a0, b15, ref s015);
            }
        }

        TLanes.Store(s00, y);
        TLanes.Store(s01, y + (1 * TLanes.Count));
        TLanes.Store(s02, y + (2 * TLanes.Count));
        TLanes.Store(s03, y + (3 * TLanes.Count));
        if (quads > 1)
        {
            TLanes.Store(s04, y + (4 * TLanes.Count));
            TLanes.Store(s05, y + (5 * TLanes.Count));
            TLanes.Store(s06, y + (6 * TLanes.Count));
            TLanes.Store(s07, y + (7 * TLanes.Count));
        }

        if (quads > 2)
        {
            TLanes.Store(s08, y + (8 * TLanes.Count));
            TLanes.Store(s09, y + (9 * TLanes.Count));
            TLanes.Store(s010, y + (10 * TLanes.Count));
            TLanes.Store(s011, y + (11 * TLanes.Count));
        }

        if (quads > 3)
        {
            TLanes.Store(s012, y + (12 * TLanes.Count));
            TLanes.Store(s013, y + (13 * TLanes.Count));
            TLanes.Store(s014, y + (14 * TLanes.Count));
            TLanes.Store(s015, y + (15 * TLanes.Count));
        }

        if (rows > 1)
        {
            TLanes.Store(s10, y + x.N);
            TLanes.Store(s11, y + x.N + (1 * TLanes.Count));
            TLanes.Store(s12, y + x.N + (2 * TLanes.Count));
            TLanes.Store(s13, y + x.N + (3 * TLanes.Count));
        }

        if (rows > 1 && quads > 1)
        {
            TLanes.Store(s14, y + x.N + (4 * TLanes.Count));
            TLanes.Store(s15, y + x.N + (5 * TLanes.Count));
            TLanes.Store(s16, y + x.N + (6 * TLanes.Count));
            TLanes.Store(s17, y + x.N + (7 * TLanes.Count));
        }

        if (rows > 2)
        {
            TLanes.Store(s20, y + (2 * x.N));
            TLanes.Store(s21, y + (2 * x.N) + (1 * TLanes.Count));
            TLanes.Store(s22, y + (2 * x.N) + (2 * TLanes.Count));
            TLanes.Store(s23, y + (2 * x.N) + (3 * TLanes.Count));
        }

        if (rows > 3)
        {
            TLanes.Store(s30, y + (3 * x.N));
            TLanes.Store(s31, y + (3 * x.N) + (1 * TLanes.Count));
            TLanes.Store(s32, y + (3 * x.N) + (2 * TLanes.Count));
            TLanes.Store(s33, y + (3 * x.N) + (3 * TLanes.Count));
        }
    }
}

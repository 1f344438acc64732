using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The product of a few rows with a large matrix, as in a dense layer over a small batch: as much time as b takes to come from
/// memory. So b is read once, where it lies. A shard is a range of the inner sum; it makes a partial result, small enough for
/// L2, and <see cref="PartialSum"/> adds the partials in one fixed order. A shard takes 64 steps at a time: 64 rows of b stay in
/// L2 while the rows of a pass by.
/// </summary>
internal readonly unsafe struct StreamedMatMul(MatMulOperands x, float* partials, int shards) : IShardedWork
{
    /// <summary>The most rows it is meant for.</summary>
    public const int MaxRows = 128;

    private const int Steps = 64;

    // So few rows do not pay for packing b, unless its columns are so short beside the sums that partial results are next to nothing.
    private const int FewRows = 48;
    private const int LongSums = 16;

    /// <summary>Whether this is the way for a product of not more than <see cref="MaxRows"/> rows whose b lies in rows.</summary>
    public static bool Fits(in MatMulOperands x) =>
        (x.M <= FewRows || x.K / LongSums >= x.N) && ShardsOf(x) >= 4;

    /// <summary>Into how many ranges to cut the inner sum: enough for the threads, and partials of not more than 16 MiB.</summary>
    public static int ShardsOf(in MatMulOperands x) =>
        (int)Math.Clamp(Math.Min(x.K / 128, (4L << 20) / Math.Max((long)x.M * x.N, 1)), 1, 32);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        int start = (int)((long)x.K * shard / shards), end = (int)((long)x.K * (shard + 1) / shards);
        float* target = partials + ((nint)shard * x.M * x.N);
        float* rest = stackalloc float[Steps * TileRows.MaxWidth];
        for (int step = start; step < end; step += Steps)
        {
            int length = Math.Min(Steps, end - step);

            // While these rows are used, the next ones come to L2.
            float* next = x.B + ((step + length) * x.StepStrideB), stop = x.B + (Math.Min(step + length + Steps, end) * x.StepStrideB);

            // A single tile has half as many steps as the rows have lines, and asks at two places.
            nint second = TileRows.Tiles(x.M, TileRows.MaxWidth) == 1 ? (nint)(stop - next) / 2 : 0;
            stop -= second;
            for (int column = 0; column < x.N; column += TileRows.MaxWidth)
            {
                int columns = Math.Min(TileRows.MaxWidth, x.N - column), width = TileRows.Width(columns);
                float* b = x.B + (step * x.StepStrideB) + column;
                nint stepB = x.StepStrideB;
                if (columns < width)
                {
                    new PackedPanels(rest, length, columns).Pack(0, 0, length, b, stepB, 1);
                    b = rest;
                    stepB = width;
                }

                var operands = new TileOperands
                {
                    A = x.A + (step * x.StepStrideA),
                    RowStride = x.RowStrideA,
                    StepStride = x.StepStrideA,
                    Segments = 1,
                    Length = length,
                    B = b,
                    StepB = stepB,
                    C = target + column,
                    StrideC = x.N,
                    Start = step > start ? target + column : null,
                    StrideStart = x.N,
                    Ahead = next < stop ? next : null,
                    AheadSecond = next < stop ? second : 0,
                };
                TileRows.Run(operands, x.M, columns, width);
                next += length * TileRows.Tiles(x.M, width) * (nint)Prefetching.Line;
            }
        }
    }
}

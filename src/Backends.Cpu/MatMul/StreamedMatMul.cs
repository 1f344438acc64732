using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The product of a few rows with a large matrix, as in a dense layer over a small batch: as much time as b takes to come from
/// memory. So b is read once, where it lies. A shard is a range of the inner sum; it makes a partial result, small enough for
/// L2, and <see cref="PartialSum"/> adds the partials in one fixed order. A shard takes 64 steps at a time, or 128 of short rows: so many
/// rows of b stay in L2 while the rows of a pass by. Rows that lie at powers of two from each other, and would share few places in L1, are
/// copied before.
/// </summary>
/// <param name="x">The product.</param>
/// <param name="partials">Room for the partial results, one after the other.</param>
/// <param name="shards">How many ranges there are.</param>
/// <param name="threads">How many threads there are; what they ask for ahead depends on it, results do not.</param>
internal readonly unsafe struct StreamedMatMul(MatMulOperands x, float* partials, int shards, int threads) : IShardedWork
{
    /// <summary>The most rows it is meant for.</summary>
    public const int MaxRows = 128;

    private const int MaxSteps = 128;

    // Of b that are used, and as many that come meanwhile.
    private const int FloatsOfBlock = 128 << 10;

    // Floats between copied rows: a line more.
    private const int RowPitch = MaxSteps + Prefetching.Line;

    // Rows of so many floats, or of multiples of that, share so few places in L1 that they are copied, those of a if so many panels read
    // them, those of a panel of b if so many tiles do.
    private const int CrowdedStride = 64;
    private const int PanelsWorthCopy = 3;
    private const int TilesWorthCopy = 4;

    // So few rows do not pay for packing b while a block of steps of its rows stays in L2.
    private const int FewRows = 24;

    // Columns so short beside the sums that partial results are next to nothing.
    private const int LongSums = 8;

    /// <summary>Whether this is the way for a product of not more than <see cref="MaxRows"/> rows whose b lies in rows.</summary>
    public static bool Fits(in MatMulOperands x)
    {
        bool inPlace = x.M <= FewRows && x.N <= FloatsOfBlock / MaxSteps && x.StepStrideB % CrowdedStride != 0;
        return (x.M <= FewRowsMatMul.MaxRows || x.K / LongSums >= x.N || inPlace) && ShardsOf(x) >= 4;
    }

    /// <summary>Into how many ranges to cut the inner sum: enough for the threads, and partials of not more than 16 MiB.</summary>
    public static int ShardsOf(in MatMulOperands x) =>
        (int)Math.Clamp(Math.Min(x.K / 128, (4L << 20) / Math.Max((long)x.M * x.N, 1)), 1, 32);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        int start = (int)((long)x.K * shard / shards), end = (int)((long)x.K * (shard + 1) / shards);
        float* target = partials + ((nint)shard * x.M * x.N);
        float* rest = stackalloc float[MaxSteps * TileRows.MaxWidth], copy = stackalloc float[MaxRows * RowPitch];
        int panels = (x.N + TileRows.MaxWidth - 1) / TileRows.MaxWidth, tiles = TileRows.Tiles(x.M, TileRows.MaxWidth);
        bool copies = x.StepStrideA == 1 && x.RowStrideA % CrowdedStride == 0 && panels >= PanelsWorthCopy;
        bool packs = x.StepStrideB % CrowdedStride == 0 && tiles >= TilesWorthCopy;
        int steps = Math.Clamp(FloatsOfBlock / x.N, MaxSteps / 2, MaxSteps);
        for (int step = start; step < end; step += steps)
        {
            int length = Math.Min(steps, end - step);
            float* a = x.A + (step * x.StepStrideA);
            nint rowStride = x.RowStrideA;
            if (copies)
            {
                for (int row = 0; row < x.M; row++)
                    new ReadOnlySpan<float>(a + (row * rowStride), length).CopyTo(new Span<float>(copy + (row * RowPitch), length));
                a = copy;
                rowStride = RowPitch;
            }

            // While these rows are used, the next ones come to L2; after the last ones, most likely, the shard after those that other threads have.
            int nextStart = step + length, nextEnd = Math.Min(nextStart + steps, end);
            if (nextStart == end && shard + threads < shards)
            {
                nextStart = (int)((long)x.K * (shard + threads) / shards);
                nextEnd = Math.Min(nextStart + steps, x.K);
            }

            float* next = x.B + (nextStart * x.StepStrideB), stop = x.B + (nextEnd * x.StepStrideB);

            // A single tile has half as many steps as the rows have lines, and asks at two places.
            nint second = tiles == 1 ? (nint)(stop - next) / 2 : 0;
            stop -= second;
            nint pace = Prefetching.Pace((nint)(stop - next), (nint)length * tiles * panels);
            for (int column = 0; column < x.N; column += TileRows.MaxWidth)
            {
                int columns = Math.Min(TileRows.MaxWidth, x.N - column), width = TileRows.Width(columns);
                float* b = x.B + (step * x.StepStrideB) + column;
                nint stepB = x.StepStrideB;
                if (copies)
                {
                    int panel = column / TileRows.MaxWidth, firstRow = x.M * panel / panels, endRow = x.M * (panel + 1) / panels;
                    Prefetching.Start(x.A + nextStart + (firstRow * x.RowStrideA), x.RowStrideA, endRow - firstRow, nextEnd - nextStart);
                }

                if (columns < width || packs)
                {
                    new PackedPanels(rest, length, columns).Pack(0, 0, length, b, stepB, 1);
                    b = rest;
                    stepB = width;
                }

                var operands = new TileOperands
                {
                    A = a,
                    RowStride = rowStride,
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
                    AheadStep = pace,
                    AheadSecond = next < stop ? second : 0,
                };
                TileRows.Run(operands, x.M, columns, width);
                next += length * TileRows.Tiles(x.M, width) * pace;
            }
        }
    }
}

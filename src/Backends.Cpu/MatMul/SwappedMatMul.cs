using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The product of a few rows with a large transposed matrix, as in the input gradient of a dense layer. The transposed
/// product reads the large matrix where it lies, once, row by row: its rows are the tiles' rows, and the few rows, packed, are
/// the panels. A shard is a range of the large matrix's rows; 48 of them make a block of the result that is turned round in L1.
/// </summary>
internal readonly unsafe struct SwappedMatMul(MatMulOperands x, PackedPanels a) : IShardedWork
{
    private const int RowsOfShard = 384;
    private const int RowsOfBlock = 48;

    // A panel's steps that stay in L1, with the tiles' rows beside them.
    private const int Steps = 128;

    /// <summary>How many ranges there are.</summary>
    public int Shards => (x.N + RowsOfShard - 1) / RowsOfShard;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* block = stackalloc float[RowsOfBlock * StreamedMatMul.MaxRows];
        int end = Math.Min((shard + 1) * RowsOfShard, x.N);
        for (int first = shard * RowsOfShard; first < end; first += RowsOfBlock)
        {
            int rows = Math.Min(RowsOfBlock, end - first), next = first + RowsOfBlock;

            // The lines that the block is written to: a store waits for its line as a load does.
            Prefetching.Start(x.Y + first, x.N, x.M, rows);
            Block(block, first, rows, next, Math.Min(next + RowsOfBlock, end));
            for (int row = 0; row < x.M && x.Bias is not null; row++)
            {
                for (int column = 0; column < rows; column++)
                    block[(column * x.M) + row] += x.Bias[first + column];
            }

            Transposition.Run(block, x.M, 1, rows, x.M, x.Y + first, x.N);
        }

        if (x.Relu)
            Epilogue.Relu(x.Y + (shard * RowsOfShard), x.N, x.M, end - (shard * RowsOfShard));
    }

    // While a block is computed, the next one's rows come to L2.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Block(float* block, int first, int rows, int next, int end)
    {
        float* ahead = x.B + (next * x.ColumnStrideB), stop = x.B + (end * x.ColumnStrideB);
        nint pace = Prefetching.Pace((nint)(stop - ahead), (nint)a.Count * x.K * TileRows.Tiles(rows, TileRows.MaxWidth));
        for (int panel = 0; panel < a.Count; panel++)
        {
            float* data = a.Panel(panel, out int columns, out int width);
            for (int step = 0; step < x.K; step += Steps)
            {
                var operands = new TileOperands
                {
                    A = x.B + (first * x.ColumnStrideB) + (step * x.StepStrideB),
                    RowStride = x.ColumnStrideB,
                    StepStride = x.StepStrideB,
                    Segments = 1,
                    Length = Math.Min(Steps, x.K - step),
                    B = data + (step * width),
                    StepB = width,
                    C = block + (panel * TileRows.MaxWidth),
                    StrideC = x.M,
                    Start = step > 0 ? block + (panel * TileRows.MaxWidth) : null,
                    StrideStart = x.M,
                    Ahead = ahead < stop ? ahead : null,
                    AheadStep = pace,
                };
                TileRows.Run(operands, rows, columns, width);
                ahead += operands.Length * TileRows.Tiles(rows, width) * pace;
            }
        }
    }
}

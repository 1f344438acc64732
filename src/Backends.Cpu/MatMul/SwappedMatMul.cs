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
            for (int panel = 0; panel < a.Count; panel++)
            {
                float* data = a.Panel(panel, out int columns, out int width);
                var operands = new TileOperands
                {
                    A = x.B + (first * x.ColumnStrideB),
                    RowStride = x.ColumnStrideB,
                    StepStride = x.StepStrideB,
                    Segments = 1,
                    Length = x.K,
                    B = data,
                    StepB = width,
                    C = block + (panel * TileRows.MaxWidth),
                    StrideC = x.M,
                };
                for (int row = 0; row < rows; row += TileRows.Height)
                {
                    // While this tile is computed, the next block's comes to L2.
                    int height = Math.Min(TileRows.Height, rows - row);
                    if (panel == 0 && next + row < end)
                        Prefetching.Rows(x.B + ((next + row) * x.ColumnStrideB), x.ColumnStrideB, Math.Min(height, end - next - row), x.K);
                    TileRows.Run(operands, height, columns, width);
                    operands.A += height * operands.RowStride;
                    operands.C += height * operands.StrideC;
                }
            }

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
}

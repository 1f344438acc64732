using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of a dense kernel, xᵀ·dy, and the optimizer's step with it, in one pass: a few rows of the gradient are computed
/// into L1, used, and forgotten. Weights and state, the only large memory, are read and written once, and the next rows of them
/// come to L2 while the gradient of these is computed: otherwise memory would rest during the arithmetic.
/// A shard is a range of the kernel's rows.
/// </summary>
/// <param name="step">The optimizer's step.</param>
/// <param name="x">The layer's input [batch, rows].</param>
/// <param name="dy">The gradient of its output, [batch, columns], packed.</param>
/// <param name="rows">Rows of the kernel.</param>
/// <param name="weights">The kernel.</param>
/// <param name="first">The first kind of state, or null.</param>
/// <param name="second">The second kind of state, or null.</param>
internal readonly unsafe struct ProductUpdateWork<TStep>(
    TStep step, float* x, PackedPanels dy, int rows, float* weights, float* first, float* second) : IShardedWork
    where TStep : unmanaged, IOptimizerStep
{
    private const int MaxColumns = 512;
    private const int MaxBatch = 256;

    // Rows of the kernel whose column of x is copied together: whole cache lines, and whole tiles.
    private const int RowsOfStrip = 48;
    private const int RowsOfShard = 8 * RowsOfStrip;

    /// <summary>How many ranges of rows there are.</summary>
    public int Shards => (rows + RowsOfShard - 1) / RowsOfShard;

    /// <summary>Whether this way takes a product: one whose strips fit the cache.</summary>
    public static bool Fits(MatMulProduct product) =>
        product is { TransposeA: true, TransposeB: false }
        && product.A.Shape[0] is > 0 and <= MaxBatch && product.B.Shape[1] <= MaxColumns;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* strip = stackalloc float[MaxBatch * RowsOfStrip];
        float* gradient = stackalloc float[TileRows.MaxHeight * MaxColumns];
        int end = Math.Min((shard + 1) * RowsOfShard, rows), height = TileRows.Height;
        for (int row = shard * RowsOfShard; row < end; row += height)
        {
            int inStrip = row % RowsOfStrip, block = Math.Min(height, end - row);
            if (inStrip == 0)
            {
                for (int i = 0; i < dy.Rows; i++)
                    new ReadOnlySpan<float>(x + ((nint)i * rows) + row, Math.Min(RowsOfStrip, end - row)).CopyTo(new Span<float>(strip + (i * RowsOfStrip), RowsOfStrip));
            }

            // A part of the next strip for each block of this one.
            int next = row - inStrip + RowsOfStrip;
            if (next < end)
            {
                int batch = dy.Rows * inStrip / RowsOfStrip, count = (dy.Rows * Math.Min(inStrip + height, RowsOfStrip) / RowsOfStrip) - batch;
                Prefetching.Start(x + ((nint)batch * rows) + next, rows, count, RowsOfStrip);
            }

            nint start = (nint)row * dy.Columns, length = (nint)block * dy.Columns;
            Multiply(strip + inStrip, block, gradient, start + length, (nint)Math.Min(row + block + height, end) * dy.Columns);
            float* a = first is null ? null : first + start, b = second is null ? null : second + start;
            new OptimizerWork<TStep>(step, weights + start, gradient, a, b, (int)length).Update(0, length);
        }
    }

    /// <summary>Computes some rows of the gradient.</summary>
    /// <param name="strip">Their inputs, <see cref="RowsOfStrip"/> apart.</param>
    /// <param name="count">How many.</param>
    /// <param name="gradient">Receives them.</param>
    /// <param name="next">The first of the weights that are updated after these.</param>
    /// <param name="stop">After the last of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(float* strip, int count, float* gradient, nint next, nint stop)
    {
        nint pace = Prefetching.Pace(stop - next, (nint)dy.Rows * dy.Count * TileRows.Tiles(count, TileRows.MaxWidth));
        for (int panel = 0; panel < dy.Count; panel++)
        {
            float* data = dy.Panel(panel, out int columns, out int width);
            var operands = new TileOperands
            {
                A = strip,
                RowStride = 1,
                StepStride = RowsOfStrip,
                Segments = 1,
                Length = dy.Rows,
                B = data,
                StepB = width,
                C = gradient + (panel * TileRows.MaxWidth),
                StrideC = dy.Columns,
            };
            if (next < stop)
            {
                operands.Ahead = weights + next;
                operands.AheadStep = pace;
                operands.AheadSecond = first is null ? 0 : (nint)(first - weights);
                operands.AheadThird = second is null ? 0 : (nint)(second - weights);
                next += dy.Rows * TileRows.Tiles(count, width) * pace;
            }

            TileRows.Run(operands, count, columns, width);
        }
    }
}

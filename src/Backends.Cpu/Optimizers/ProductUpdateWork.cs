using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of a dense kernel, xᵀ·dy, and the optimizer's step with it, in one pass: a strip of the gradient
/// is computed into L2, used, and forgotten. Weights and state, the only large memory, are read and written once.
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

    // Rows that are whole cache lines of x, and enough of the weights for the prefetcher to find its pace.
    private const int RowsOfStrip = 48;
    private const int RowsOfShard = 4 * RowsOfStrip;

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
        float* gradient = stackalloc float[RowsOfStrip * MaxColumns];
        int end = Math.Min((shard + 1) * RowsOfShard, rows);
        for (int row = shard * RowsOfShard; row < end; row += RowsOfStrip)
        {
            int height = Math.Min(RowsOfStrip, end - row);
            for (int i = 0; i < dy.Rows; i++)
                new ReadOnlySpan<float>(x + ((nint)i * rows) + row, height).CopyTo(new Span<float>(strip + (i * RowsOfStrip), height));
            Multiply(strip, height, gradient);

            nint start = (nint)row * dy.Columns, length = (nint)height * dy.Columns;
            float* a = first is null ? null : first + start, b = second is null ? null : second + start;
            new OptimizerWork<TStep>(step, weights + start, gradient, a, b, (int)length).Update(0, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(float* strip, int count, float* gradient)
    {
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
            TileRows.Run(operands, count, columns, width);
        }
    }
}

using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Reductions, and the softmax family.</content>
public sealed unsafe partial class CudaBackend
{
    // One warp, or eight threads, sum this many elements before their result is summed again.
    private const int RowChunk = 4096;
    private const int ColumnChunk = 512;

    // Of a grid's second axis.
    private const int MostChunks = 65_535;

    // Of rows that have several chunks and still too few to keep a device busy.
    private const int SmallRowChunk = 512, FewRowChunks = 1024;

    /// <inheritdoc/>
    public override void Reduce(ReduceOp op, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        string name = op switch
        {
            ReduceOp.Max => "max",
            ReduceOp.Min => "min",
            _ => "sum",
        };
        int n = x.Shape[1];
        float divisor = op == ReduceOp.Mean ? n : 1;
        if (x.Shape[2] == 1)
            ReduceRows("reduce_rows_" + name, x, y, x.Shape[0], n, divisor);
        else
            ReduceColumns("reduce_columns_" + name, x, y, x.Shape[0], n, x.Shape[2], divisor);
    }

    /// <inheritdoc/>
    public override void ArgMax(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count > 0)
            ArgMax(x, null, x.Shape[1], y);
    }

    /// <summary>The places of the greatest of some candidates: all elements, or those of which an earlier pass found that they may be.</summary>
    private void ArgMax(Tensor x, Tensor? places, int count, Tensor y)
    {
        int outer = x.Shape[0], n = x.Shape[1], inner = x.Shape[2];
        int chunk = inner == 1 ? ChunkOfRows(outer, count) : ChunkOfColumns(count), chunks = Ceiling(count, chunk);
        using Tensor? partial = chunks == 1 ? null : Tensor.Empty(this, [outer, chunks, inner], DType.Int32);
        KernelArgument result = Output(partial ?? y);
        if (inner == 1)
            EachRow(KernelFamily.Reduce, "argmax_rows", outer * chunks, Math.Min(count, chunk), x, KernelArgument.Optional(places), result, n, count, chunk, chunks, outer);
        else
            EachColumn("argmax_columns", false, false, outer, inner, chunks, x, KernelArgument.Optional(places), result, n, count, inner, chunk, chunks);
        if (partial is not null)
            ArgMax(x, partial, chunks, y);
    }

    private static int ChunkOfRows(int outer, int n) => n > RowChunk && outer * Ceiling(n, RowChunk) < FewRowChunks ? SmallRowChunk : RowChunk;

    private static int ChunkOfColumns(int n) => Math.Max(ColumnChunk, Ceiling(n, MostChunks));

    /// <inheritdoc/>
    public override void Softmax(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        SoftmaxRows("softmax", x.Shape, x, Output(y), x.Shape[0], x.Shape[1]);
    }

    /// <inheritdoc/>
    public override void SoftmaxGradient(Tensor y, Tensor dy, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        SoftmaxRows("softmax_gradient", y.Shape, y, dy, Output(dx), y.Shape[0], y.Shape[1]);
    }

    /// <inheritdoc/>
    public override void LogSoftmax(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        SoftmaxRows("log_softmax", x.Shape, x, Output(y), x.Shape[0], x.Shape[1]);
    }

    /// <inheritdoc/>
    public override void LogSoftmaxGradient(Tensor y, Tensor dy, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        SoftmaxRows("log_softmax_gradient", y.Shape, y, dy, Output(dx), y.Shape[0], y.Shape[1]);
    }

    private void SoftmaxRows(string name, Shape shape, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (shape.Size > 0)
            EachHeldRow(KernelFamily.Softmax, name, shape[0], shape[1], arguments);
    }

    private void ReduceRows(string name, Tensor x, Tensor y, int outer, int n, float divisor)
    {
        KernelArgument inputs = KernelArgument.Stored(x, out bool isNarrow);
        (KernelFamily family, string kernel) = isNarrow ? (KernelFamily.NarrowReduce, name + "_narrow") : (KernelFamily.Reduce, name);
        int chunk = ChunkOfRows(outer, n), chunks = Math.Max(1, Ceiling(n, chunk));
        using Tensor? partial = chunks == 1 ? null : Tensor.Empty(this, [outer, chunks]);
        EachRow(family, kernel, outer * chunks, Math.Min(n, chunk), inputs, Output(partial ?? y), n, chunk, chunks, outer, partial is null ? divisor : 1f);
        if (partial is not null)
            ReduceRows(name, partial, y, outer, chunks, divisor);
    }

    private void ReduceColumns(string name, Tensor x, Tensor y, int outer, int n, int inner, float divisor)
    {
        int chunk = ChunkOfColumns(n), chunks = Math.Max(1, Ceiling(n, chunk));
        using Tensor? partial = chunks == 1 ? null : Tensor.Empty(this, [outer, chunks, inner]);
        KernelArgument inputs = KernelArgument.Stored(x, out bool isNarrow);
        EachColumn(name, isNarrow && InPairs(inner, x), isNarrow, outer, inner, chunks, inputs, Output(partial ?? y), n, inner, chunk, partial is null ? divisor : 1f);
        if (partial is not null)
            ReduceColumns(name, partial, y, outer, chunks, inner, divisor);
    }

    /// <summary>Whether columns in bfloat16 are read two at a time: where there are many, and words of them.</summary>
    private static bool InPairs(int inner, Tensor x) => inner % 2 == 0 && inner >= 2 * Lanes && x.ByteOffset % (2 * sizeof(float)) == 0;

    /// <summary>Launches a kernel that has eight threads for a column of a chunk, or for a pair of them.</summary>
    private void EachColumn(
        string name, bool inPairs, bool isNarrow, int outer, int inner, int chunks, params ReadOnlySpan<KernelArgument> arguments)
    {
        var grid = new CudaDim(outer * Ceiling(inner, inPairs ? 2 * Lanes : Lanes), chunks);
        var block = new CudaDim(Lanes, RowsOfBlock);
        if (isNarrow)
            Launch(KernelFamily.NarrowReduce, name + "_narrow", grid, block, [.. arguments, inPairs]);
        else
            Launch(KernelFamily.Reduce, name, grid, block, arguments);
    }
}

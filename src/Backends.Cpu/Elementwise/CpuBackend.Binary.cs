using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Element-wise ops of two and three arguments, with broadcasting.</content>
public sealed unsafe partial class CpuBackend
{
    private const int MaxBroadcastAxes = 16;

    /// <inheritdoc/>
    public override void Binary(BinaryOp op, Tensor a, Tensor b, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        BroadcastPlan plan = BroadcastPlan.Create(a.Shape, b.Shape);
        int axes = plan.Dims.Length, inner = plan.Dims[^1], rows = y.Count / inner;
        if (axes > MaxBroadcastAxes)
            throw new ArgumentException($"broadcasting over more than {MaxBroadcastAxes} interleaved axes");
        var work = new BinaryWork { Op = op, A = Pointer<float>(a), B = Pointer<float>(b), Y = Pointer<float>(y), Axes = axes, Inner = inner, Rows = rows };
        for (int i = 0; i < axes; i++)
            (work.Dims[i], work.StridesA[i], work.StridesB[i]) = (plan.Dims[i], plan.StridesA[i], plan.StridesB[i]);

        // Long rows are cut, short rows are taken several at a time.
        work.Pieces = Shards.Count(inner);
        work.RowsPerShard = work.Pieces > 1 ? 1 : Math.Max(1, Shards.Size / inner);
        _team.Run(work, work.Pieces * (((rows - 1) / work.RowsPerShard) + 1));
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Broadcast(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        Fill(0, y);
        Binary(BinaryOp.Add, y, x, y);
    }

    /// <inheritdoc/>
    public override void Select(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        float* c = Pointer<float>(condition), p = Pointer<float>(a), q = Pointer<float>(b), r = Pointer<float>(y);
        for (int i = 0; i < y.Count; i++)
            r[i] = c[i] != 0 ? p[i] : q[i];
        GC.KeepAlive(condition);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }

    private struct BinaryWork : IShardedWork
    {
        public BinaryOp Op;
        public float* A;
        public float* B;
        public float* Y;
        public int Axes;
        public int Inner;
        public int Rows;
        public int Pieces;
        public int RowsPerShard;
        public fixed int Dims[MaxBroadcastAxes];
        public fixed int StridesA[MaxBroadcastAxes];
        public fixed int StridesB[MaxBroadcastAxes];

        public void Run(int shard)
        {
            int piece = shard % Pieces, first = shard / Pieces * RowsPerShard;
            int start = piece * Shards.Size, length = Shards.Length(Inner, piece);
            int stepA = StridesA[Axes - 1], stepB = StridesB[Axes - 1];
            for (int row = first; row < Math.Min(first + RowsPerShard, Rows); row++)
            {
                int rest = row, offsetA = start * stepA, offsetB = start * stepB;
                for (int axis = Axes - 2; axis >= 0; axis--)
                {
                    int position = rest % Dims[axis];
                    rest /= Dims[axis];
                    offsetA += position * StridesA[axis];
                    offsetB += position * StridesB[axis];
                }

                var y = new Span<float>(Y + ((long)row * Inner) + start, length);
                float* a = A + offsetA, b = B + offsetB;
                if (stepA == 0)
                    BinaryKernels.Run(Op, *a, new ReadOnlySpan<float>(b, length), y);
                else if (stepB == 0)
                    BinaryKernels.Run(Op, new ReadOnlySpan<float>(a, length), *b, y);
                else
                    BinaryKernels.Run(Op, new ReadOnlySpan<float>(a, length), new ReadOnlySpan<float>(b, length), y);
            }
        }
    }
}

using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Reductions. [outer, n, inner] is cut into blocks along n whose partial results are combined in order.</content>
public sealed unsafe partial class CpuBackend
{
    private const int ReduceBlock = 4096;

    /// <inheritdoc/>
    public override void Reduce(ReduceOp op, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        int outer = x.Shape[0], n = x.Shape[1], inner = x.Shape[2];
        if (y.Count == 0)
            return;
        int rowsPerBlock = inner == 1 ? ReduceBlock : Math.Max(1, ReduceBlock / inner);
        int blocks = Math.Max(1, (n + rowsPerBlock - 1) / rowsPerBlock);
        using var partial = new Scratch(_pool, (long)outer * blocks * inner);
        int perShard = Math.Max(1, Shards.Size / Math.Max(1, Math.Min(n, rowsPerBlock) * inner));
        int tasks = outer * blocks;
        var work = new ReduceWork(op, Pointer<float>(x), partial.Pointer, n, inner, blocks, rowsPerBlock, perShard, tasks);
        _team.Run(work, (tasks + perShard - 1) / perShard);
        float* result = Pointer<float>(y);
        for (int o = 0; o < outer; o++)
        {
            var target = new Span<float>(result + ((long)o * inner), inner);
            var first = new Span<float>(partial.Pointer + ((long)o * blocks * inner), blocks * inner);

            // Pairwise, so that the error grows with the logarithm of the number of blocks.
            for (int stride = 1; stride < blocks; stride *= 2)
            {
                for (int i = 0; i + stride < blocks; i += 2 * stride)
                    Combine(op, first.Slice(i * inner, inner), first.Slice((i + stride) * inner, inner));
            }

            first[..inner].CopyTo(target);
            if (op == ReduceOp.Mean)
                TensorPrimitives.Divide(target, n, target);
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void ArgMax(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        int outer = x.Shape[0], n = x.Shape[1], inner = x.Shape[2];
        float* p = Pointer<float>(x);
        int* q = Pointer<int>(y);
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                int best = 0;
                float* column = p + ((long)o * n * inner) + i;
                for (int k = 1; k < n && !float.IsNaN(column[(long)best * inner]); k++)
                {
                    float value = column[(long)k * inner];
                    if (value > column[(long)best * inner] || float.IsNaN(value))
                        best = k;
                }

                q[((long)o * inner) + i] = best;
            }
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    private static void Combine(ReduceOp op, Span<float> sum, ReadOnlySpan<float> value)
    {
        switch (op)
        {
            case ReduceOp.Max:
                TensorPrimitives.Max(sum, value, sum);
                break;
            case ReduceOp.Min:
                TensorPrimitives.Min(sum, value, sum);
                break;
            default:
                TensorPrimitives.Add(sum, value, sum);
                break;
        }
    }

    private readonly struct ReduceWork(
        ReduceOp op, float* x, float* partial, int n, int inner, int blocks, int rowsPerBlock, int perShard, int tasks) : IShardedWork
    {
        public void Run(int shard)
        {
            for (int task = shard * perShard; task < Math.Min((shard + 1) * perShard, tasks); task++)
            {
                int o = task / blocks, block = task % blocks;
                int start = block * rowsPerBlock, rows = Math.Min(rowsPerBlock, n - start);
                float* source = x + (((long)o * n) + start) * inner;
                var target = new Span<float>(partial + ((long)task * inner), inner);
                if (inner == 1)
                {
                    var run = new ReadOnlySpan<float>(source, rows);
                    target[0] = op switch
                    {
                        ReduceOp.Max => TensorPrimitives.Max(run),
                        ReduceOp.Min => TensorPrimitives.Min(run),
                        _ => TensorPrimitives.Sum(run),
                    };
                    continue;
                }

                if (rows <= 0)
                {
                    target.Clear();
                    continue;
                }

                new ReadOnlySpan<float>(source, inner).CopyTo(target);
                for (int row = 1; row < rows; row++)
                    Combine(op, target, new ReadOnlySpan<float>(source + ((long)row * inner), inner));
            }
        }
    }
}

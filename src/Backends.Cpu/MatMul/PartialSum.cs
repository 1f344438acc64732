using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Adds partial results in the order of their numbers, whoever made them, then bias and ReLU if asked for. Cut into ranges of
/// columns.
/// </summary>
internal readonly unsafe struct PartialSum(float* partials, int count, long size, float* y, int columns, float* bias, bool relu) : IShardedWork
{
    private const int ElementsOfShard = 4096;

    /// <summary>Sums without bias or ReLU.</summary>
    public PartialSum(float* partials, int count, long size, float* y)
        : this(partials, count, size, y, 1, null, false)
    {
    }

    /// <summary>How many ranges there are.</summary>
    public int Shards => (int)((size + ElementsOfShard - 1) / ElementsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        long i = (long)shard * ElementsOfShard, end = Math.Min(i + ElementsOfShard, size);
        for (; i <= end - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            Vector256<float> sum = Vector256.Load(partials + i);
            for (int p = 1; p < count; p++)
                sum += Vector256.Load(partials + (p * size) + i);
            sum.Store(y + i);
        }

        for (; i < end; i++)
        {
            float sum = partials[i];
            for (int p = 1; p < count; p++)
                sum += partials[(p * size) + i];
            y[i] = sum;
        }

        i = (long)shard * ElementsOfShard;
        for (; i < end && bias is not null; i++)
            y[i] += bias[i % columns];
        if (relu)
            Epilogue.Relu(y + ((long)shard * ElementsOfShard), 0, 1, (int)(end - ((long)shard * ElementsOfShard)));
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>y = value.</summary>
internal readonly unsafe struct FillWork(float value, float* y, int count) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint start, nint end) = Shards.Range(count, shard);
        new Span<float>(y + start, (int)(end - start)).Fill(value);
    }
}

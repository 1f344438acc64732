using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>y = a where the condition is not 0, else b.</summary>
internal readonly unsafe struct SelectWork(float* condition, float* a, float* b, float* y, int count) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint i, nint end) = Shards.Range(count, shard);
        for (; i <= end - 8; i += 8)
            Choose(Vector256.Load(condition + i), Vector256.Load(a + i), Vector256.Load(b + i)).Store(y + i);
        int rest = (int)(end - i);
        if (rest == 0)
            return;
        Vector256<float> chosen = Choose(VectorTail.Load(condition + i, rest), VectorTail.Load(a + i, rest), VectorTail.Load(b + i, rest));
        VectorTail.Store(chosen, y + i, rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Choose(Vector256<float> condition, Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.Equals(condition, Vector256<float>.Zero), b, a);
}

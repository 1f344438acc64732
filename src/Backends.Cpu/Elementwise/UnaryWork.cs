using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>y = f(x), element by element.</summary>
internal readonly unsafe struct UnaryWork<TFunction>(TFunction function, float* x, float* y, int count) : IShardedWork
    where TFunction : unmanaged, IUnaryFunction
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint i, nint end) = Shards.Range(count, shard);
        for (; i <= end - 8; i += 8)
            function.Invoke(Vector256.Load(x + i)).Store(y + i);
        if (i < end)
        {
            int rest = (int)(end - i);
            VectorTail.Store(function.Invoke(VectorTail.Load(x + i, rest)), y + i, rest);
        }
    }
}

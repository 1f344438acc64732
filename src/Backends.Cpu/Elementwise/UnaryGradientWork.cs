using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>dx = f'(x)·dy, element by element.</summary>
internal readonly unsafe struct UnaryGradientWork<TGradient>(TGradient gradient, float* x, float* y, float* dy, float* dx, int count)
    : IShardedWork
    where TGradient : unmanaged, IUnaryGradient
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint i, nint end) = Shards.Range(count, shard);
        for (; i <= end - 8; i += 8)
        {
            Vector256<float> argument = TGradient.ReadsX ? Vector256.Load(x + i) : default;
            Vector256<float> value = TGradient.ReadsY ? Vector256.Load(y + i) : default;
            gradient.Invoke(argument, value, Vector256.Load(dy + i)).Store(dx + i);
        }

        if (i < end)
        {
            int rest = (int)(end - i);
            Vector256<float> argument = TGradient.ReadsX ? VectorTail.Load(x + i, rest) : default;
            Vector256<float> value = TGradient.ReadsY ? VectorTail.Load(y + i, rest) : default;
            VectorTail.Store(gradient.Invoke(argument, value, VectorTail.Load(dy + i, rest)), dx + i, rest);
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>An optimizer's step in one pass over weights, gradient and state: bound by memory.</summary>
internal readonly unsafe struct OptimizerWork<TStep>(TStep step, float* weights, float* gradient, float* first, float* second, int count)
    : IShardedWork
    where TStep : unmanaged, IOptimizerStep
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint start, nint end) = Shards.Range(count, shard);
        Update(start, end);
    }

    /// <summary>Updates some of the weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Update(nint start, nint end)
    {
        nint i = start;
        Vector256<float> w, a = default, b = default;
        for (; i <= end - 8; i += 8)
        {
            w = Vector256.Load(weights + i);
            if (TStep.UsesFirst)
                a = Vector256.Load(first + i);
            if (TStep.UsesSecond)
                b = Vector256.Load(second + i);
            step.Apply(Vector256.Load(gradient + i), ref w, ref a, ref b);
            w.Store(weights + i);
            if (TStep.UsesFirst)
                a.Store(first + i);
            if (TStep.UsesSecond)
                b.Store(second + i);
        }

        int rest = (int)(end - i);
        if (rest == 0)
            return;
        w = VectorTail.Load(weights + i, rest);
        if (TStep.UsesFirst)
            a = VectorTail.Load(first + i, rest);
        if (TStep.UsesSecond)
            b = VectorTail.Load(second + i, rest);
        step.Apply(VectorTail.Load(gradient + i, rest), ref w, ref a, ref b);
        VectorTail.Store(w, weights + i, rest);
        if (TStep.UsesFirst)
            VectorTail.Store(a, first + i, rest);
        if (TStep.UsesSecond)
            VectorTail.Store(b, second + i, rest);
    }
}

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
        // Everything in locals: after each store the compiler would otherwise read the fields again.
        TStep local = step;
        float* weight = weights, slope = gradient, one = first, two = second;
        nint i = start;
        Vector256<float> w, a = default, b = default;
        for (; i <= end - 8; i += 8)
        {
            w = Vector256.Load(weight + i);
            if (TStep.UsesFirst)
                a = Vector256.Load(one + i);
            if (TStep.UsesSecond)
                b = Vector256.Load(two + i);
            local.Apply(Vector256.Load(slope + i), ref w, ref a, ref b);
            w.Store(weight + i);
            if (TStep.UsesFirst)
                a.Store(one + i);
            if (TStep.UsesSecond)
                b.Store(two + i);
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

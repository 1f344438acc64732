using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>y = minimum + (maximum - minimum)·u.</summary>
internal readonly unsafe struct UniformWork(RandomKey key, float minimum, float maximum, float* y, int count) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint start, nint end) = Shards.Range(count, shard);
        float* values = y + start;
        int length = (int)(end - start);
        PhiloxVectors.FillUniform(key, start, values, length);
        RowMath.Map(new AffineFunction(maximum - minimum, minimum), values, values, length);
    }
}

/// <summary>y = mean + standardDeviation·n.</summary>
internal readonly unsafe struct NormalWork(RandomKey key, float mean, float standardDeviation, float* y, int count) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint start, nint end) = Shards.Range(count, shard);
        float* values = y + start;
        int length = (int)(end - start);
        PhiloxVectors.FillNormal(key, start, values, length);
        RowMath.Map(new AffineFunction(standardDeviation, mean), values, values, length);
    }
}

/// <summary>y = x/(1 - rate) where u is at least rate, else 0.</summary>
internal readonly unsafe struct DropoutWork(RandomKey key, float rate, float* x, float* y, int count) : IShardedWork
{
    private const int BlockSize = 1024;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* uniform = stackalloc float[BlockSize];
        (nint start, nint end) = Shards.Range(count, shard);
        for (; start < end; start += BlockSize)
        {
            int length = (int)Math.Min(BlockSize, end - start);
            PhiloxVectors.FillUniform(key, start, uniform, length);
            RowMath.Zip(new Keep(rate), x + start, uniform, y + start, length);
        }
    }

    private readonly struct Keep(float rate) : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) =>
            (a / (1 - rate)) & Vector256.GreaterThanOrEqual(b, Vector256.Create(rate));
    }
}

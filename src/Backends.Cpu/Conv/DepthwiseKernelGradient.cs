using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a depthwise convolution. A shard is a range of pictures and makes a partial result, a few floats a
/// channel that stay in L1.
/// </summary>
internal readonly unsafe struct DepthwiseKernelGradient(Conv2DGeometry g, float* x, float* dy, float* partials, int shards) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        int channels = g.InChannels, size = g.KernelHeight * g.KernelWidth * channels;
        float* partial = partials + ((nint)shard * size);
        new Span<float>(partial, size).Clear();
        long rows = (long)g.Batch * g.OutHeight;
        long end = rows * (shard + 1) / shards;
        for (long index = rows * shard / shards; index < end; index++)
        {
            (long image, long row) = Math.DivRem(index, g.OutHeight);
            for (int i = 0; i < g.KernelHeight; i++)
            {
                int fromRow = ((int)row * g.StrideH) + (i * g.DilationH) - g.PadTop;
                if ((uint)fromRow >= (uint)g.InHeight)
                    continue;
                float* source = x + (((nint)image * g.InHeight) + fromRow) * g.InWidth * channels;
                for (int j = 0; j < g.KernelWidth; j++)
                {
                    var sum = new Span<float>(partial + (((i * g.KernelWidth) + j) * channels), channels);
                    Tap(source, dy + ((nint)index * g.OutWidth * channels), j, sum);
                }
            }
        }
    }

    private void Tap(float* source, float* gradient, int j, Span<float> sum)
    {
        int channels = g.InChannels;
        for (int column = 0; column < g.OutWidth; column++)
        {
            int fromColumn = (column * g.StrideW) + (j * g.DilationW) - g.PadLeft;
            if ((uint)fromColumn >= (uint)g.InWidth)
                continue;
            TensorPrimitives.MultiplyAddEstimate(
                new ReadOnlySpan<float>(source + ((nint)fromColumn * channels), channels),
                new ReadOnlySpan<float>(gradient + ((nint)column * channels), channels),
                sum,
                sum);
        }
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>Average-pooling: sums of the window's pixels, channel by channel. A shard is a row of output pixels.</summary>
internal readonly unsafe struct AveragePoolWork(Pool2DGeometry g, float* x, float* y) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int row) = Math.DivRem(shard, g.OutHeight);
        for (int column = 0; column < g.OutWidth; column++)
        {
            var sum = new Span<float>(y + ((((nint)shard * g.OutWidth) + column) * g.Channels), g.Channels);
            sum.Clear();
            var window = new PoolWindow(g, row, column);
            for (int i = window.FirstRow; i < window.EndRow; i++)
            {
                float* pixel = x + ((((((nint)image * g.InHeight) + window.Top + i) * g.InWidth) + window.Left + window.FirstColumn) * g.Channels);
                for (int j = window.FirstColumn; j < window.EndColumn; j++, pixel += g.Channels)
                    TensorPrimitives.Add(sum, new ReadOnlySpan<float>(pixel, g.Channels), sum);
            }

            TensorPrimitives.Divide(sum, window.Count, sum);
        }
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of average-pooling. A shard is a row of input pixels, and gathers from the windows that cover it.
/// </summary>
internal readonly unsafe struct AveragePoolGradientWork(Pool2DGeometry g, float* dy, float* dx) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int row) = Math.DivRem(shard, g.InHeight);
        new Span<float>(dx + ((nint)shard * g.InWidth * g.Channels), g.InWidth * g.Channels).Clear();

        // Windows r with r·stride - pad <= row < r·stride - pad + height.
        int firstWindow = Math.Max((row + g.PadTop - g.PoolHeight + g.StrideH) / g.StrideH, 0);
        int endWindow = Math.Min(((row + g.PadTop) / g.StrideH) + 1, g.OutHeight);
        for (int from = firstWindow; from < endWindow; from++)
        {
            for (int column = 0; column < g.OutWidth; column++)
            {
                var window = new PoolWindow(g, from, column);
                var gradient = new ReadOnlySpan<float>(dy + ((((((nint)image * g.OutHeight) + from) * g.OutWidth) + column) * g.Channels), g.Channels);
                float* pixel = dx + ((((nint)shard * g.InWidth) + window.Left + window.FirstColumn) * g.Channels);
                float share = 1f / window.Count;
                for (int j = window.FirstColumn; j < window.EndColumn; j++, pixel += g.Channels)
                {
                    var target = new Span<float>(pixel, g.Channels);
                    TensorPrimitives.MultiplyAddEstimate(gradient, share, target, target);
                }
            }
        }
    }
}

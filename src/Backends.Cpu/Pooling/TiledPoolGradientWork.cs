using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of pooling with windows side by side from the picture's corner on: each window writes its own pixels, and nothing
/// is read but the gradient. A pixel's last channels take a whole vector where the next pixel overwrites the rest. A shard is a
/// row of windows, the last one of a picture with the rows that no window covers.
/// </summary>
internal readonly unsafe struct TiledPoolGradientWork<TGradient>(Pool2DGeometry g, TGradient gradient, float* dx) : IShardedWork
    where TGradient : unmanaged, IWindowGradient
{
    private const int Lanes = 8;

    /// <summary>How many shards there are.</summary>
    public int Shards => g.Batch * g.OutHeight;

    /// <summary>Whether a pooling's windows lie side by side and inside.</summary>
    public static bool Fits(in Pool2DGeometry g) =>
        g.StrideH == g.PoolHeight && g.StrideW == g.PoolWidth && g is { PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0 };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int row) = Math.DivRem(shard, g.OutHeight);
        nint channels = g.Channels, rowStride = g.InWidth * channels;
        nint size = (nint)g.Batch * g.OutHeight * g.OutWidth * channels, window = (nint)shard * g.OutWidth * channels;
        float* first = dx + ((((nint)image * g.InHeight) + (row * g.PoolHeight)) * rowStride), end = first + (g.PoolHeight * rowStride);
        float share = 1f / (g.PoolHeight * g.PoolWidth);
        for (int column = 0; column < g.OutWidth; column++, window += channels)
        {
            float* target = first + (column * g.PoolWidth * channels);
            nint left = Math.Min(rowStride - ((((column + 1) * g.PoolWidth) - 1) * channels), size - window);
            int position = 0;
            for (int i = 0; i < g.PoolHeight; i++, target += rowStride)
            {
                float* pixel = target;
                for (int j = 0; j < g.PoolWidth; j++, pixel += channels, position++)
                {
                    nint c = 0;
                    for (; c < channels && c <= left - Lanes; c += Lanes)
                        gradient.Eight(window + c, position, share).Store(pixel + c);
                    for (; c < channels; c++)
                        pixel[c] = gradient.One(window + c, position, share);
                }
            }
        }

        // What no window covers.
        int covered = g.OutWidth * g.PoolWidth;
        for (float* rest = first; rest < end && covered < g.InWidth; rest += rowStride)
            new Span<float>(rest + (covered * channels), (int)((g.InWidth - covered) * channels)).Clear();
        if (row == g.OutHeight - 1)
            new Span<float>(end, (int)((g.InHeight - (g.OutHeight * g.PoolHeight)) * rowStride)).Clear();
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Average-pooling: channels are the vectors, sums of the window's pixels stay in registers. A pixel's last channels take a whole
/// vector where the next pixel overwrites the rest. A shard is a row of output pixels.
/// </summary>
internal readonly unsafe struct AveragePoolWork(Pool2DGeometry g, float* x, float* y) : IShardedWork
{
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int row) = Math.DivRem(shard, g.OutHeight);
        nint channels = g.Channels, rowStride = g.InWidth * channels;
        nint picture = image * g.InHeight * rowStride, size = (nint)g.Batch * g.InHeight * rowStride;
        nint index = (nint)shard * g.OutWidth * channels, end = index + (g.OutWidth * channels);
        for (int column = 0; column < g.OutWidth; column++, index += channels)
        {
            var window = new PoolWindow(g, row, column);
            int rows = window.Rows, columns = window.Columns;
            nint corner = picture + ((window.Top + window.FirstRow) * rowStride) + ((window.Left + window.FirstColumn) * channels);
            nint last = corner + ((rows - 1) * rowStride) + ((columns - 1) * channels);
            Vector256<float> count = Vector256.Create((float)window.Count);
            nint c = 0;
            for (; c <= channels - (2 * Lanes); c += 2 * Lanes)
            {
                Vector256<float> sum0 = default, sum1 = default;
                float* from = x + corner + c;
                for (int i = 0; i < rows; i++, from += rowStride)
                {
                    float* pixel = from;
                    for (int j = 0; j < columns; j++, pixel += channels)
                    {
                        sum0 += Vector256.Load(pixel);
                        sum1 += Vector256.Load(pixel + Lanes);
                    }
                }

                (sum0 / count).Store(y + index + c);
                (sum1 / count).Store(y + index + c + Lanes);
            }

            for (; c < channels && (c <= channels - Lanes || (index + c + Lanes <= end && last + c + Lanes <= size)); c += Lanes)
            {
                Vector256<float> sum = default;
                float* from = x + corner + c;
                for (int i = 0; i < rows; i++, from += rowStride)
                {
                    float* pixel = from;
                    for (int j = 0; j < columns; j++, pixel += channels)
                        sum += Vector256.Load(pixel);
                }

                (sum / count).Store(y + index + c);
            }

            for (; c < channels; c++)
            {
                float sum = 0;
                float* from = x + corner + c;
                for (int i = 0; i < rows; i++, from += rowStride)
                {
                    for (int j = 0; j < columns; j++)
                        sum += from[j * channels];
                }

                y[index + c] = sum / window.Count;
            }
        }
    }
}

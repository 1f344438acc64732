using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of average-pooling where windows overlap or leave gaps: each input pixel gathers its share of the windows that cover
/// it, in registers, and is written once. A pixel's last channels take a whole vector where the next pixel overwrites the
/// rest. A shard is a row of input pixels; the few rows of windows over it stay in L1 or L2.
/// </summary>
/// <param name="g">The pooling.</param>
/// <param name="dy">The gradient of its output.</param>
/// <param name="shares">What <see cref="Share"/> wrote.</param>
/// <param name="dx">Receives the gradient of its input.</param>
internal readonly unsafe struct AveragePoolGradientWork(Pool2DGeometry g, float* dy, float* shares, float* dx) : IShardedWork
{
    private const int Lanes = 8;

    /// <summary>How many shards there are.</summary>
    public int Shards => g.Batch * g.InHeight;

    /// <summary>
    /// Writes a pixel's share of a window's gradient: the product of one of the first numbers, for the window's row, and one of those behind
    /// them, for its column.
    /// </summary>
    /// <param name="g">The pooling.</param>
    /// <param name="shares">Room for a float for each row and each column of windows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Share(in Pool2DGeometry g, float* shares)
    {
        for (int i = 0; i < g.OutHeight; i++)
            shares[i] = 1f / new PoolWindow(g, i, 0).Rows;
        for (int j = 0; j < g.OutWidth; j++)
            shares[g.OutHeight + j] = 1f / new PoolWindow(g, 0, j).Columns;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int row) = Math.DivRem(shard, g.InHeight);
        nint channels = g.Channels, size = (nint)g.Batch * g.OutHeight * g.OutWidth * channels;
        nint index = (nint)shard * g.InWidth * channels, end = index + (g.InWidth * channels);

        // Windows r with r·stride - pad <= row < r·stride - pad + height; the columns' advance with the pixel.
        int top = Math.Max(row + g.PadTop - g.PoolHeight + g.StrideH, 0) / g.StrideH, bottom = Math.Min(((row + g.PadTop) / g.StrideH) + 1, g.OutHeight);
        int left = 0, right = 0;
        float* down = shares + top, across = shares + g.OutHeight;
        for (int column = 0; column < g.InWidth; column++, index += channels)
        {
            while (right < g.OutWidth && (right * g.StrideW) - g.PadLeft <= column)
                right++;
            while (left < right && (left * g.StrideW) - g.PadLeft + g.PoolWidth <= column)
                left++;
            nint from = ((((nint)image * g.OutHeight) + top) * g.OutWidth) * channels;
            nint last = from + ((((nint)(bottom - 1 - top) * g.OutWidth) + right - 1) * channels);
            nint whole = Math.Min(end - index, size - last), c = 0;
            for (; c <= channels - (4 * Lanes); c += 4 * Lanes)
                Gather(dy + from + c, down, bottom - top, across, left, right, 4, dx + index + c);
            for (; c < channels && c <= whole - Lanes; c += Lanes)
                Gather(dy + from + c, down, bottom - top, across, left, right, 1, dx + index + c);
            for (; c < channels; c++)
                dx[index + c] = One(dy + from + c, down, bottom - top, across, left, right);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Gather(float* from, float* down, int rows, float* across, int left, int right, int vectors, float* target)
    {
        Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        for (int i = 0; i < rows; i++, from += (nint)g.OutWidth * g.Channels)
        {
            for (int j = left; j < right; j++)
            {
                float* window = from + ((nint)j * g.Channels);
                Vector256<float> share = Vector256.Create(down[i] * across[j]);
                sum0 = Vector256.MultiplyAddEstimate(Vector256.Load(window), share, sum0);
                if (vectors == 1)
                    continue;
                sum1 = Vector256.MultiplyAddEstimate(Vector256.Load(window + Lanes), share, sum1);
                sum2 = Vector256.MultiplyAddEstimate(Vector256.Load(window + (2 * Lanes)), share, sum2);
                sum3 = Vector256.MultiplyAddEstimate(Vector256.Load(window + (3 * Lanes)), share, sum3);
            }
        }

        sum0.Store(target);
        if (vectors == 1)
            return;
        sum1.Store(target + Lanes);
        sum2.Store(target + (2 * Lanes));
        sum3.Store(target + (3 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float One(float* from, float* down, int rows, float* across, int left, int right)
    {
        float sum = 0;
        for (int i = 0; i < rows; i++, from += (nint)g.OutWidth * g.Channels)
        {
            for (int j = left; j < right; j++)
                sum = float.MultiplyAddEstimate(from[(nint)j * g.Channels], down[i] * across[j], sum);
        }

        return sum;
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of max-pooling with windows that overlap, or with fewer channels than a vector holds: zeros, on which each
/// window's gradient goes to the places that won, one by one; the work does not grow with the window. A shard is a band of input rows,
/// about 64 KiB of them, that stays in L2 while its windows pass by; of windows across its edge it takes its own rows.
/// </summary>
internal readonly unsafe struct MaxPoolGradientWork(Pool2DGeometry g, float* dy, byte* argMax, float* dx) : IShardedWork
{
    /// <summary>How many shards there are.</summary>
    public int Shards => g.Batch * Bands;

    private int RowsOfBand => Math.Clamp(Numerics.Backends.Cpu.Shards.RowsOf(g.InWidth * g.Channels), Math.Min(6 * g.PoolHeight, g.InHeight), g.InHeight);

    private int Bands => (g.InHeight + RowsOfBand - 1) / RowsOfBand;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int band) = Math.DivRem(shard, Bands);
        int start = band * RowsOfBand, end = Math.Min(start + RowsOfBand, g.InHeight), positions = g.PoolHeight * g.PoolWidth;
        nint rowStride = (nint)g.InWidth * g.Channels;
        float* picture = dx + (image * g.InHeight * rowStride);
        new Span<float>(picture + (start * rowStride), (int)((end - start) * rowStride)).Clear();
        nint* offsets = stackalloc nint[byte.MaxValue + 1];
        for (int position = 0; position < Math.Min(positions, byte.MaxValue + 1); position++)
            offsets[position] = (position / g.PoolWidth * rowStride) + (position % g.PoolWidth * g.Channels);

        // Windows from the first that ends after the band's start to the last that starts before its end.
        int first = Math.Max(start + g.PadTop - g.PoolHeight + g.StrideH, 0) / g.StrideH;
        for (int row = first; row < g.OutHeight && (row * g.StrideH) - g.PadTop < end; row++)
        {
            int top = (row * g.StrideH) - g.PadTop;
            float* corner = picture + (top * rowStride) - ((nint)g.PadLeft * g.Channels);
            nint window = (((nint)image * g.OutHeight) + row) * g.OutWidth * g.Channels;
            if (g.ArgMaxType != DType.UInt8)
                AddRow(corner, window, start - top, end - top);
            else if (top < start || top + g.PoolHeight > end)
                AddRow(corner, window, offsets, start - top, end - top);
            else
                AddRow(corner, window, offsets);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRow(float* corner, nint window, nint* offsets)
    {
        nint channels = g.Channels, step = g.StrideW * channels;
        float* from = dy + window;
        byte* at = argMax + window;
        for (int column = g.OutWidth; column > 0; column--, corner += step, from += channels, at += channels)
        {
            nint c = 0;
            for (; c <= channels - 4; c += 4)
            {
                corner[offsets[at[c]] + c] += from[c];
                corner[offsets[at[c + 1]] + c + 1] += from[c + 1];
                corner[offsets[at[c + 2]] + c + 2] += from[c + 2];
                corner[offsets[at[c + 3]] + c + 3] += from[c + 3];
            }

            for (; c < channels; c++)
                corner[offsets[at[c]] + c] += from[c];
        }
    }

    // Rows of the window from firstRow to before endRow, without a branch that random winners would mispredict: the others add zero
    // to a position that is there.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRow(float* corner, nint window, nint* offsets, int firstRow, int endRow)
    {
        nint* clamped = stackalloc nint[byte.MaxValue + 1];
        int* masks = stackalloc int[byte.MaxValue + 1];
        for (int i = 0; i < g.PoolHeight; i++)
        {
            for (int j = 0; j < g.PoolWidth; j++)
            {
                int position = (i * g.PoolWidth) + j, row = Math.Clamp(i, firstRow, endRow - 1);
                clamped[position] = offsets[(row * g.PoolWidth) + j];
                masks[position] = row == i ? -1 : 0;
            }
        }

        nint channels = g.Channels, step = g.StrideW * channels;
        float* from = dy + window;
        byte* at = argMax + window;
        for (int column = g.OutWidth; column > 0; column--, corner += step, from += channels, at += channels)
        {
            for (nint c = 0; c < channels; c++)
            {
                float value = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(from[c]) & masks[at[c]]);
                corner[clamped[at[c]] + c] += value;
            }
        }
    }

    // Rows of the window from firstRow to before endRow.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRow(float* corner, nint window, int firstRow, int endRow)
    {
        for (int column = 0; column < g.OutWidth; column++, corner += (nint)g.StrideW * g.Channels)
        {
            for (int c = 0; c < g.Channels; c++, window++)
            {
                (int i, int j) = Math.DivRem(WindowPositions.LoadOne(argMax, window, g.ArgMaxType), g.PoolWidth);
                if (i >= firstRow && i < endRow)
                    corner[(((i * (nint)g.InWidth) + j) * g.Channels) + c] += dy[window];
            }
        }
    }
}

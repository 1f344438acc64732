using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A 3 x 3 depthwise convolution with stride 1, or its input gradient. A vector of channels sweeps along two rows of output at
/// once: four inputs a column, each loaded once, go into the sums of the three pixels on either row that read it. The nine weights
/// and six sums stay in registers. A shard is a range of pairs of rows.
/// </summary>
/// <param name="g">The convolution.</param>
/// <param name="source">What is convolved: the input, or the output's gradient.</param>
/// <param name="kernel">[3][3][channels].</param>
/// <param name="bias">One float a channel, or null.</param>
/// <param name="relu">Whether to apply ReLU.</param>
/// <param name="target">The result.</param>
/// <param name="turned">Whether it is the input gradient: the kernel is turned by half a circle.</param>
internal readonly unsafe struct DepthwiseSweep(
    Conv2DGeometry g, float* source, float* kernel, float* bias, bool relu, float* target, bool turned) : IShardedWork
{
    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(Pairs, PairsOfShard);

    private int FromHeight => turned ? g.OutHeight : g.InHeight;

    private int FromWidth => turned ? g.OutWidth : g.InWidth;

    private int ToHeight => turned ? g.InHeight : g.OutHeight;

    private int ToWidth => turned ? g.InWidth : g.OutWidth;

    private int Top => turned ? SweepRows.Taps - 1 - g.PadTop : g.PadTop;

    private int Left => turned ? SweepRows.Taps - 1 - g.PadLeft : g.PadLeft;

    private int Pairs => g.Batch * PairsOfPicture;

    private int PairsOfPicture => (ToHeight + 1) / 2;

    private int PairsOfShard => DepthwiseRow.RowsOfShard(Pairs, 2 * ToWidth * g.InChannels);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* zeros = stackalloc float[SweepRows.MaxLanes];
        new Span<float>(zeros, SweepRows.MaxLanes).Clear();
        (nint pair, nint end) = Shards.Range(Pairs, shard, PairsOfShard);
        int channels = g.InChannels, length = ToWidth * channels;
        for (; pair < end; pair++)
        {
            (int image, int first) = Math.DivRem((int)pair, PairsOfPicture);
            int row = 2 * first;
            var rows = new SweepRows(source + ((nint)image * FromHeight * FromWidth * channels), row - Top, FromHeight, FromWidth, channels, zeros);
            float* to = target + ((((nint)image * ToHeight) + row) * length);
            bool two = row + 1 < ToHeight;
            if (two)
                Channels<Rows.R2>(rows, to, length);
            else
                Channels<Rows.R1>(rows, to, length);
            if (relu)
                Epilogue.Relu(to, 0, 1, two ? 2 * length : length);
        }
    }

    private void Channels<TRows>(in SweepRows rows, float* to, nint rowStride)
        where TRows : struct, IRowCount
    {
        int channel = 0;
        if (Simd.Level == SimdLevel.Avx512)
            channel = Sweep<Lanes512, TRows>(rows, to, rowStride, channel);
        if (Simd.Level >= SimdLevel.Avx2 && channel < g.InChannels)
            channel = Sweep<Lanes256, TRows>(rows, to, rowStride, channel);
        if (Simd.Level >= SimdLevel.Vector128 && channel < g.InChannels)
            channel = Sweep<Lanes128, TRows>(rows, to, rowStride, channel);
        if (channel < g.InChannels)
            _ = Sweep<LanesScalar, TRows>(rows, to, rowStride, channel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Sweep<TLanes, TRows>(in SweepRows rows, float* to, nint rowStride, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IRowCount
    {
        bool two = TRows.Count > 1;
        nint channels = g.InChannels, tap = turned ? -channels : channels;
        int width = FromWidth, count = ToWidth, left = Left;
        nint step0 = rows.Step(0), step1 = rows.Step(1), step2 = rows.Step(2), step3 = rows.Step(3);
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* w = kernel + channel + (turned ? 8 * channels : 0);
            TLanes w00 = TLanes.Load(w), w01 = TLanes.Load(w + tap), w02 = TLanes.Load(w + (2 * tap));
            TLanes w10 = TLanes.Load(w + (3 * tap)), w11 = TLanes.Load(w + (4 * tap)), w12 = TLanes.Load(w + (5 * tap));
            TLanes w20 = TLanes.Load(w + (6 * tap)), w21 = TLanes.Load(w + (7 * tap)), w22 = TLanes.Load(w + (8 * tap));
            TLanes start = bias is null ? TLanes.Zero : TLanes.Load(bias + channel);

            // The sums of the pixels that read the column as their second and as their third; u of the upper row, v of the lower.
            TLanes u1 = start, u2 = start, v1 = start, v2 = start;
            float* r0 = rows.Row(0, channel), r1 = rows.Row(1, channel), r2 = rows.Row(2, channel), r3 = rows.Row(3, channel);
            float* y = to + channel + ((left - 2) * channels);
            for (int column = 0; column < width; column++, y += channels)
            {
                TLanes x0 = TLanes.Load(r0), x1 = TLanes.Load(r1), x2 = TLanes.Load(r2);
                r0 += step0;
                r1 += step1;
                r2 += step2;
                u2 = TLanes.MultiplyAdd(x0, w02, u2);
                u1 = TLanes.MultiplyAdd(x0, w01, u1);
                TLanes u0 = TLanes.MultiplyAdd(x0, w00, start);
                u2 = TLanes.MultiplyAdd(x1, w12, u2);
                u1 = TLanes.MultiplyAdd(x1, w11, u1);
                u0 = TLanes.MultiplyAdd(x1, w10, u0);
                u2 = TLanes.MultiplyAdd(x2, w22, u2);
                u1 = TLanes.MultiplyAdd(x2, w21, u1);
                u0 = TLanes.MultiplyAdd(x2, w20, u0);
                if (column + left >= 2)
                    TLanes.Store(u2, y);
                u2 = u1;
                u1 = u0;
                if (two)
                {
                    TLanes x3 = TLanes.Load(r3);
                    r3 += step3;
                    v2 = TLanes.MultiplyAdd(x1, w02, v2);
                    v1 = TLanes.MultiplyAdd(x1, w01, v1);
                    TLanes v0 = TLanes.MultiplyAdd(x1, w00, start);
                    v2 = TLanes.MultiplyAdd(x2, w12, v2);
                    v1 = TLanes.MultiplyAdd(x2, w11, v1);
                    v0 = TLanes.MultiplyAdd(x2, w10, v0);
                    v2 = TLanes.MultiplyAdd(x3, w22, v2);
                    v1 = TLanes.MultiplyAdd(x3, w21, v1);
                    v0 = TLanes.MultiplyAdd(x3, w20, v0);
                    if (column + left >= 2)
                        TLanes.Store(v2, y + rowStride);
                    v2 = v1;
                    v1 = v0;
                }
            }

            // What reads beyond the last column.
            for (int pixel = width + left - 2; pixel < count; pixel++, y += channels)
            {
                if (pixel >= 0)
                {
                    TLanes.Store(u2, y);
                    if (two)
                        TLanes.Store(v2, y + rowStride);
                }

                u2 = u1;
                u1 = start;
                v2 = v1;
                v1 = start;
            }
        }

        return channel;
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A 5 x 5 depthwise convolution with stride 1, or its input gradient. A vector of channels sweeps along a row of output: the five
/// inputs of a column, each loaded once, go into the sums of the five pixels that read it. 25 weights and five sums fit into
/// 32 registers; with 16 the weights are read from L1. A shard is a range of rows.
/// </summary>
/// <param name="g">The convolution.</param>
/// <param name="source">What is convolved: the input, or the output's gradient.</param>
/// <param name="kernel">[5][5][channels].</param>
/// <param name="bias">One float a channel, or null.</param>
/// <param name="relu">Whether to apply ReLU.</param>
/// <param name="target">The result.</param>
/// <param name="turned">Whether it is the input gradient: the kernel is turned by half a circle.</param>
internal readonly unsafe struct DepthwiseLargeSweep(
    Conv2DGeometry g, float* source, float* kernel, float* bias, bool relu, float* target, bool turned) : IShardedWork
{
    private const int Taps = SweepRows.MaxTaps;

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(Rows, RowsOfShard);

    private int FromHeight => turned ? g.OutHeight : g.InHeight;

    private int FromWidth => turned ? g.OutWidth : g.InWidth;

    private int ToHeight => turned ? g.InHeight : g.OutHeight;

    private int ToWidth => turned ? g.InWidth : g.OutWidth;

    private int Top => turned ? Taps - 1 - g.PadTop : g.PadTop;

    private int Left => turned ? Taps - 1 - g.PadLeft : g.PadLeft;

    private int Rows => g.Batch * ToHeight;

    private int RowsOfShard => DepthwiseRow.RowsOfShard(Rows, ToWidth * g.InChannels);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* zeros = stackalloc float[SweepRows.MaxLanes];
        new Span<float>(zeros, SweepRows.MaxLanes).Clear();
        (nint index, nint end) = Shards.Range(Rows, shard, RowsOfShard);
        int channels = g.InChannels, length = ToWidth * channels;
        for (; index < end; index++)
        {
            (int image, int row) = Math.DivRem((int)index, ToHeight);
            var rows = new SweepRows(source + ((nint)image * FromHeight * FromWidth * channels), row - Top, FromHeight, FromWidth, channels, zeros);
            float* to = target + (index * length);
            Channels(rows, to);
            if (relu)
                Epilogue.Relu(to, 0, 1, length);
        }
    }

    private void Channels(in SweepRows rows, float* to)
    {
        int channel = 0;
        if (Simd.Level == SimdLevel.Avx512)
            channel = Sweep<Lanes512>(rows, to, channel);
        if (Simd.Level >= SimdLevel.Avx2 && channel < g.InChannels)
            channel = Sweep<Lanes256>(rows, to, channel);
        if (Simd.Level >= SimdLevel.Vector128 && channel < g.InChannels)
            channel = Sweep<Lanes128>(rows, to, channel);
        if (channel < g.InChannels)
            _ = Sweep<LanesScalar>(rows, to, channel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Sweep<TLanes>(in SweepRows rows, float* to, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint channels = g.InChannels, tap = turned ? -channels : channels;
        int width = FromWidth, count = ToWidth, left = Left;
        nint ahead = width * channels, aheadTo = count * channels;
        nint step0 = rows.Step(0), step1 = rows.Step(1), step2 = rows.Step(2), step3 = rows.Step(3), step4 = rows.Step(4);
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* w = kernel + channel + (turned ? ((Taps * Taps) - 1) * channels : 0);
            TLanes w00 = TLanes.Load(w), w01 = TLanes.Load(w + tap), w02 = TLanes.Load(w + (2 * tap)), w03 = TLanes.Load(w + (3 * tap)), w04 = TLanes.Load(w + (4 * tap));
            w += Taps * tap;
            TLanes w10 = TLanes.Load(w), w11 = TLanes.Load(w + tap), w12 = TLanes.Load(w + (2 * tap)), w13 = TLanes.Load(w + (3 * tap)), w14 = TLanes.Load(w + (4 * tap));
            w += Taps * tap;
            TLanes w20 = TLanes.Load(w), w21 = TLanes.Load(w + tap), w22 = TLanes.Load(w + (2 * tap)), w23 = TLanes.Load(w + (3 * tap)), w24 = TLanes.Load(w + (4 * tap));
            w += Taps * tap;
            TLanes w30 = TLanes.Load(w), w31 = TLanes.Load(w + tap), w32 = TLanes.Load(w + (2 * tap)), w33 = TLanes.Load(w + (3 * tap)), w34 = TLanes.Load(w + (4 * tap));
            w += Taps * tap;
            TLanes w40 = TLanes.Load(w), w41 = TLanes.Load(w + tap), w42 = TLanes.Load(w + (2 * tap)), w43 = TLanes.Load(w + (3 * tap)), w44 = TLanes.Load(w + (4 * tap));

            // The sums of the pixels that read the column as their second to their fifth.
            TLanes start = bias is null ? TLanes.Zero : TLanes.Load(bias + channel);
            TLanes s1 = start, s2 = start, s3 = start, s4 = start;
            float* r0 = rows.Row(0, channel), r1 = rows.Row(1, channel), r2 = rows.Row(2, channel), r3 = rows.Row(3, channel), r4 = rows.Row(4, channel);
            float* y = to + channel + ((left - (Taps - 1)) * channels);
            for (int column = 0; column < width; column++, y += channels)
            {
                Prefetching.Start(r4 + ahead);
                Prefetching.Start(y + aheadTo);
                TLanes x = TLanes.Load(r0), s0 = TLanes.MultiplyAdd(x, w00, start);
                r0 += step0;
                s1 = TLanes.MultiplyAdd(x, w01, s1);
                s2 = TLanes.MultiplyAdd(x, w02, s2);
                s3 = TLanes.MultiplyAdd(x, w03, s3);
                s4 = TLanes.MultiplyAdd(x, w04, s4);
                x = TLanes.Load(r1);
                r1 += step1;
                s0 = TLanes.MultiplyAdd(x, w10, s0);
                s1 = TLanes.MultiplyAdd(x, w11, s1);
                s2 = TLanes.MultiplyAdd(x, w12, s2);
                s3 = TLanes.MultiplyAdd(x, w13, s3);
                s4 = TLanes.MultiplyAdd(x, w14, s4);
                x = TLanes.Load(r2);
                r2 += step2;
                s0 = TLanes.MultiplyAdd(x, w20, s0);
                s1 = TLanes.MultiplyAdd(x, w21, s1);
                s2 = TLanes.MultiplyAdd(x, w22, s2);
                s3 = TLanes.MultiplyAdd(x, w23, s3);
                s4 = TLanes.MultiplyAdd(x, w24, s4);
                x = TLanes.Load(r3);
                r3 += step3;
                s0 = TLanes.MultiplyAdd(x, w30, s0);
                s1 = TLanes.MultiplyAdd(x, w31, s1);
                s2 = TLanes.MultiplyAdd(x, w32, s2);
                s3 = TLanes.MultiplyAdd(x, w33, s3);
                s4 = TLanes.MultiplyAdd(x, w34, s4);
                x = TLanes.Load(r4);
                r4 += step4;
                s0 = TLanes.MultiplyAdd(x, w40, s0);
                s1 = TLanes.MultiplyAdd(x, w41, s1);
                s2 = TLanes.MultiplyAdd(x, w42, s2);
                s3 = TLanes.MultiplyAdd(x, w43, s3);
                s4 = TLanes.MultiplyAdd(x, w44, s4);
                if (column + left >= Taps - 1)
                    TLanes.Store(s4, y);
                s4 = s3;
                s3 = s2;
                s2 = s1;
                s1 = s0;
            }

            // What reads beyond the last column.
            for (int pixel = width + left - (Taps - 1); pixel < count; pixel++, y += channels)
            {
                if (pixel >= 0)
                    TLanes.Store(s4, y);
                s4 = s3;
                s3 = s2;
                s2 = s1;
                s1 = start;
            }
        }

        return channel;
    }
}

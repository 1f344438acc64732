using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a 3 x 3 depthwise convolution with stride 1: all nine sums of a vector of channels stay in registers
/// along a row of pixels, and each of the three inputs of a column is loaded once. A shard is a range of rows of output and makes
/// a partial result, a few floats a channel.
/// </summary>
internal readonly unsafe struct DepthwiseSweepGradient(Conv2DGeometry g, float* x, float* dy, float* partials, int shards) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* zeros = stackalloc float[SweepRows.MaxLanes];
        new Span<float>(zeros, SweepRows.MaxLanes).Clear();
        int channels = g.InChannels, size = SweepRows.Taps * SweepRows.Taps * channels;
        float* partial = partials + ((nint)shard * size);
        new Span<float>(partial, size).Clear();
        long rows = (long)g.Batch * g.OutHeight, end = rows * (shard + 1) / shards;
        for (long index = rows * shard / shards; index < end; index++)
        {
            (long image, long row) = Math.DivRem(index, g.OutHeight);
            var from = new SweepRows(x + ((nint)image * g.InHeight * g.InWidth * channels), (int)row - g.PadTop, g.InHeight, g.InWidth, channels, zeros);
            Channels(from, dy + ((nint)index * g.OutWidth * channels), partial);
        }
    }

    private void Channels(in SweepRows rows, float* gradient, float* sums)
    {
        int channel = 0;
        if (Simd.Level == SimdLevel.Avx512)
            channel = Sweep<Lanes512>(rows, gradient, sums, channel);
        if (Simd.Level >= SimdLevel.Avx2 && channel < g.InChannels)
            channel = Sweep<Lanes256>(rows, gradient, sums, channel);
        if (Simd.Level >= SimdLevel.Vector128 && channel < g.InChannels)
            channel = Sweep<Lanes128>(rows, gradient, sums, channel);
        if (channel < g.InChannels)
            _ = Sweep<LanesScalar>(rows, gradient, sums, channel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Sweep<TLanes>(in SweepRows rows, float* gradient, float* sums, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint channels = g.InChannels, step0 = rows.Step(0), step1 = rows.Step(1), step2 = rows.Step(2);
        nint ahead = g.InWidth * channels, aheadOuter = g.OutWidth * channels;
        int left = g.PadLeft, width = g.InWidth;
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* s = sums + channel, dy = gradient + channel;
            TLanes s00 = TLanes.Load(s), s01 = TLanes.Load(s + channels), s02 = TLanes.Load(s + (2 * channels));
            TLanes s10 = TLanes.Load(s + (3 * channels)), s11 = TLanes.Load(s + (4 * channels)), s12 = TLanes.Load(s + (5 * channels));
            TLanes s20 = TLanes.Load(s + (6 * channels)), s21 = TLanes.Load(s + (7 * channels)), s22 = TLanes.Load(s + (8 * channels));
            float* r0 = rows.Row(0, channel), r1 = rows.Row(1, channel), r2 = rows.Row(2, channel);

            // Two columns wait for the third; zeros before the first and behind the last.
            TLanes a0 = TLanes.Zero, a1 = TLanes.Zero, a2 = TLanes.Zero, b0 = TLanes.Zero, b1 = TLanes.Zero, b2 = TLanes.Zero;
            for (int column = 0; column < 2 - left; column++)
            {
                a0 = b0;
                a1 = b1;
                a2 = b2;
                b0 = TLanes.Zero;
                b1 = TLanes.Zero;
                b2 = TLanes.Zero;
                if (column >= width)
                    continue;
                b0 = TLanes.Load(r0);
                b1 = TLanes.Load(r1);
                b2 = TLanes.Load(r2);
                r0 += step0;
                r1 += step1;
                r2 += step2;
            }

            int inside = Math.Clamp(width + left - 2, 0, g.OutWidth);
            for (int pixel = inside; pixel > 0; pixel--)
            {
                Prefetching.Start(dy + aheadOuter);
                Prefetching.Start(r2 + ahead);
                TLanes outer = TLanes.Load(dy), c0 = TLanes.Load(r0), c1 = TLanes.Load(r1), c2 = TLanes.Load(r2);
                dy += channels;
                r0 += step0;
                r1 += step1;
                r2 += step2;
                TLanes.AddProduct(outer, a0, ref s00);
                a0 = b0;
                TLanes.AddProduct(outer, a1, ref s10);
                a1 = b1;
                TLanes.AddProduct(outer, a2, ref s20);
                a2 = b2;
                TLanes.AddProduct(outer, b0, ref s01);
                b0 = c0;
                TLanes.AddProduct(outer, b1, ref s11);
                b1 = c1;
                TLanes.AddProduct(outer, b2, ref s21);
                b2 = c2;
                TLanes.AddProduct(outer, c0, ref s02);
                TLanes.AddProduct(outer, c1, ref s12);
                TLanes.AddProduct(outer, c2, ref s22);
            }

            for (int pixel = inside; pixel < g.OutWidth; pixel++, dy += channels)
            {
                TLanes outer = TLanes.Load(dy);
                TLanes.AddProduct(outer, a0, ref s00);
                TLanes.AddProduct(outer, b0, ref s01);
                TLanes.AddProduct(outer, a1, ref s10);
                TLanes.AddProduct(outer, b1, ref s11);
                TLanes.AddProduct(outer, a2, ref s20);
                TLanes.AddProduct(outer, b2, ref s21);
                a0 = b0;
                a1 = b1;
                a2 = b2;
                b0 = TLanes.Zero;
                b1 = TLanes.Zero;
                b2 = TLanes.Zero;
            }

            TLanes.Store(s00, s);
            TLanes.Store(s01, s + channels);
            TLanes.Store(s02, s + (2 * channels));
            TLanes.Store(s10, s + (3 * channels));
            TLanes.Store(s11, s + (4 * channels));
            TLanes.Store(s12, s + (5 * channels));
            TLanes.Store(s20, s + (6 * channels));
            TLanes.Store(s21, s + (7 * channels));
            TLanes.Store(s22, s + (8 * channels));
        }

        return channel;
    }
}

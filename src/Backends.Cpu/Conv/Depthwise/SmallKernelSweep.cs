using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of 3 x 3 kernels with stride 1: the output's gradient is the target, sums are added to the kernel. All nine sums of a
/// vector of channels stay in registers along a row of pixels, and each of the three inputs of a column is loaded once.
/// </summary>
internal readonly struct SmallKernelSweep : IDepthwiseSweep
{
    /// <inheritdoc/>
    public static int Rows => 1;

    /// <inheritdoc/>
    public static int Step => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe int Run<TLanes>(in SweepOperands x, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint channels = x.Channels;
        int width = x.Width, count = x.Count, left = x.Left;
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* s = x.Kernel + channel, dy = x.Target.Row(0, channel);
            TLanes s00 = TLanes.Load(s), s01 = TLanes.Load(s + channels), s02 = TLanes.Load(s + (2 * channels));
            TLanes s10 = TLanes.Load(s + (3 * channels)), s11 = TLanes.Load(s + (4 * channels)), s12 = TLanes.Load(s + (5 * channels));
            TLanes s20 = TLanes.Load(s + (6 * channels)), s21 = TLanes.Load(s + (7 * channels)), s22 = TLanes.Load(s + (8 * channels));
            float* r0 = x.Source.Row(0, channel), r1 = x.Source.Row(1, channel), r2 = x.Source.Row(2, channel);

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
                r0 += channels;
                r1 += channels;
                r2 += channels;
            }

            int inside = Math.Clamp(width + left - 2, 0, count);

            // This vector's share of the rows that come next, in the order of memory. A column takes the registers of the one that is read no more.
            float* ahead = x.Source.Row(2, 0) + (width * (channels + channel)), aheadOuter = x.Target.Row(0, 0) + (count * (channels + channel));
            nint place = 0;
            for (nint end = (inside - (inside % 2)) * channels; place < end; place += channels)
            {
                Prefetching.StartRun(ahead, 2 * TLanes.Count);
                Prefetching.StartRun(aheadOuter, 2 * TLanes.Count);
                ahead += 2 * TLanes.Count;
                aheadOuter += 2 * TLanes.Count;
                TLanes outer = TLanes.Load(dy + place);
                Row(outer, ref a0, b0, r0 + place, ref s00, ref s01, ref s02);
                Row(outer, ref a1, b1, r1 + place, ref s10, ref s11, ref s12);
                Row(outer, ref a2, b2, r2 + place, ref s20, ref s21, ref s22);
                place += channels;
                outer = TLanes.Load(dy + place);
                Row(outer, ref b0, a0, r0 + place, ref s00, ref s01, ref s02);
                Row(outer, ref b1, a1, r1 + place, ref s10, ref s11, ref s12);
                Row(outer, ref b2, a2, r2 + place, ref s20, ref s21, ref s22);
            }

            if (inside % 2 != 0)
            {
                TLanes outer = TLanes.Load(dy + place);
                Row(outer, ref a0, b0, r0 + place, ref s00, ref s01, ref s02);
                Row(outer, ref a1, b1, r1 + place, ref s10, ref s11, ref s12);
                Row(outer, ref a2, b2, r2 + place, ref s20, ref s21, ref s22);
                place += channels;
                (a0, b0) = (b0, a0);
                (a1, b1) = (b1, a1);
                (a2, b2) = (b2, a2);
            }

            dy += place;
            for (int pixel = inside; pixel < count; pixel++, dy += channels)
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

    // A pixel's gradient by three inputs of a row, of which the third takes the first one's place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Row<TLanes>(TLanes outer, ref TLanes first, TLanes second, float* third, ref TLanes s0, ref TLanes s1, ref TLanes s2)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.AddProduct(outer, first, ref s0);
        first = TLanes.Load(third);
        TLanes.AddProduct(outer, second, ref s1);
        TLanes.AddProduct(outer, first, ref s2);
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of 3 x 3 kernels with stride 2: the output's gradient is the target, sums are added to the kernel. A pixel's third column is the
/// next one's first, so that each input is loaded once. All nine sums of a vector of channels stay in registers along a row of pixels.
/// </summary>
internal readonly struct StridedKernelSweep : IDepthwiseSweep
{
    private const int Stride = 2;

    /// <inheritdoc/>
    public static int Rows => 1;

    /// <inheritdoc/>
    public static int Step => Stride;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe int Run<TLanes>(in SweepOperands x, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint channels = x.Channels;
        int width = x.Width, count = x.Count, left = x.Left, inside = Math.Min(count, (width + left - 1) / Stride);
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* s = x.Kernel + channel, dy = x.Target.Row(0, channel);
            TLanes s00 = TLanes.Load(s), s01 = TLanes.Load(s + channels), s02 = TLanes.Load(s + (2 * channels));
            TLanes s10 = TLanes.Load(s + (3 * channels)), s11 = TLanes.Load(s + (4 * channels)), s12 = TLanes.Load(s + (5 * channels));
            TLanes s20 = TLanes.Load(s + (6 * channels)), s21 = TLanes.Load(s + (7 * channels)), s22 = TLanes.Load(s + (8 * channels));
            float* r0 = x.Source.Row(0, channel), r1 = x.Source.Row(1, channel), r2 = x.Source.Row(2, channel);

            // The first column of the pixel that is next; zeros where it is before the picture.
            TLanes a0 = TLanes.Zero, a1 = TLanes.Zero, a2 = TLanes.Zero;
            int pixel = 0;
            nint place = 0;
            if (left != 1)
            {
                a0 = TLanes.Load(r0);
                a1 = TLanes.Load(r1);
                a2 = TLanes.Load(r2);
                place = channels;
            }

            // Of the first pixel only the third column is in the picture.
            if (left == 2)
            {
                TLanes outer = TLanes.Load(dy);
                TLanes.AddProduct(outer, a0, ref s02);
                TLanes.AddProduct(outer, a1, ref s12);
                TLanes.AddProduct(outer, a2, ref s22);
                dy += channels;
                pixel = 1;
            }

            // This vector's share of the rows that the next step reads and this one does not, in the order of memory.
            float* ahead = x.Source.Row(2, 0) + (width * (channels + (Stride * channel))), aheadOuter = x.Target.Row(0, 0) + (count * (channels + channel));
            for (; pixel < inside; pixel++, dy += channels, place += Stride * channels)
            {
                Prefetching.StartRun(ahead, Stride * Stride * TLanes.Count);
                Prefetching.Start(aheadOuter);
                ahead += Stride * Stride * TLanes.Count;
                aheadOuter += TLanes.Count;
                TLanes outer = TLanes.Load(dy);
                Row(outer, ref a0, r0 + place, channels, ref s00, ref s01, ref s02);
                Row(outer, ref a1, r1 + place, channels, ref s10, ref s11, ref s12);
                Row(outer, ref a2, r2 + place, channels, ref s20, ref s21, ref s22);
            }

            for (; pixel < count; pixel++, dy += channels, place += Stride * channels)
            {
                TLanes outer = TLanes.Load(dy);
                TLanes.AddProduct(outer, a0, ref s00);
                TLanes.AddProduct(outer, a1, ref s10);
                TLanes.AddProduct(outer, a2, ref s20);
                a0 = TLanes.Zero;
                a1 = TLanes.Zero;
                a2 = TLanes.Zero;
                if (place >= width * channels)
                    continue;
                TLanes.AddProduct(outer, TLanes.Load(r0 + place), ref s01);
                TLanes.AddProduct(outer, TLanes.Load(r1 + place), ref s11);
                TLanes.AddProduct(outer, TLanes.Load(r2 + place), ref s21);
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
    private static unsafe void Row<TLanes>(TLanes outer, ref TLanes first, float* second, nint channels, ref TLanes s0, ref TLanes s1, ref TLanes s2)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.AddProduct(outer, first, ref s0);
        TLanes.AddProduct(outer, TLanes.Load(second), ref s1);
        first = TLanes.Load(second + channels);
        TLanes.AddProduct(outer, first, ref s2);
    }
}

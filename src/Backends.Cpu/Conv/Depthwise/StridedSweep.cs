using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// 3 x 3 kernels with stride 2: of two columns a pixel, the first belongs to it alone and the second to its neighbour as well, so that
/// each input is loaded once. The nine weights stay in registers.
/// </summary>
internal readonly struct StridedSweep : IDepthwiseSweep
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
        nint channels = x.Channels, tap = x.Tap;
        int width = x.Width, count = x.Count, first = 1 - x.Left;
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* w = x.Kernel + channel;
            TLanes w00 = TLanes.Load(w), w01 = TLanes.Load(w + tap), w02 = TLanes.Load(w + (2 * tap));
            TLanes w10 = TLanes.Load(w + (3 * tap)), w11 = TLanes.Load(w + (4 * tap)), w12 = TLanes.Load(w + (5 * tap));
            TLanes w20 = TLanes.Load(w + (6 * tap)), w21 = TLanes.Load(w + (7 * tap)), w22 = TLanes.Load(w + (8 * tap));
            TLanes start = x.Bias is null ? TLanes.Zero : TLanes.Load(x.Bias + channel), sum = start;
            float* r0 = x.Source.Row(0, channel) + (first * channels), r1 = x.Source.Row(1, channel) + (first * channels), r2 = x.Source.Row(2, channel) + (first * channels);
            if (first == 1)
            {
                TLanes.AddProduct(TLanes.Load(r0 - channels), w00, ref sum);
                TLanes.AddProduct(TLanes.Load(r1 - channels), w10, ref sum);
                TLanes.AddProduct(TLanes.Load(r2 - channels), w20, ref sum);
            }

            // This vector's share of the two rows that the next step reads and this one does not, and of the row that it writes: in
            // the order of memory, which long rows that are not in any cache come faster in than in steps of a pixel.
            nint share = (nint)channel * width;
            float* ahead1 = x.Source.Row(1, 0) + (Stride * width * channels) + share, ahead2 = x.Source.Row(2, 0) + (Stride * width * channels) + share;
            float* aheadTo = x.Target.Row(0, 0) + (count * channels) + ((nint)channel * count);
            float* target = x.Target.Row(0, channel);
            int column = first;
            for (int pixel = 0; pixel < count; pixel++, column += Stride, target += channels)
            {
                Prefetching.Start(ahead1);
                Prefetching.Start(ahead2);
                Prefetching.Start(ahead1 + TLanes.Count);
                Prefetching.Start(ahead2 + TLanes.Count);
                Prefetching.Start(aheadTo);
                ahead1 += Stride * TLanes.Count;
                ahead2 += Stride * TLanes.Count;
                aheadTo += TLanes.Count;
                if ((uint)column < (uint)width)
                {
                    TLanes.AddProduct(TLanes.Load(r0), w01, ref sum);
                    TLanes.AddProduct(TLanes.Load(r1), w11, ref sum);
                    TLanes.AddProduct(TLanes.Load(r2), w21, ref sum);
                }

                TLanes next = start;
                if ((uint)(column + 1) < (uint)width)
                {
                    TLanes x0 = TLanes.Load(r0 + channels), x1 = TLanes.Load(r1 + channels), x2 = TLanes.Load(r2 + channels);
                    TLanes.AddProduct(x0, w02, ref sum);
                    TLanes.AddProduct(x0, w00, ref next);
                    TLanes.AddProduct(x1, w12, ref sum);
                    TLanes.AddProduct(x1, w10, ref next);
                    TLanes.AddProduct(x2, w22, ref sum);
                    TLanes.AddProduct(x2, w20, ref next);
                }

                TLanes.Store(sum, target);
                sum = next;
                r0 += Stride * channels;
                r1 += Stride * channels;
                r2 += Stride * channels;
            }
        }

        return channel;
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The input gradient of 3 x 3 kernels with stride 2. Pixel m of rows k - 1 and k of the output's gradient, and those before it, make
/// two pixels each of two rows: an even row and column, counted with the padding, is under two taps and an odd one under one. Each
/// gradient is loaded once, and the nine weights stay in registers.
/// </summary>
internal readonly struct StridedGradientSweep : IDepthwiseSweep
{
    /// <inheritdoc/>
    public static int Rows => 2;

    /// <inheritdoc/>
    public static int Step => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe int Run<TLanes>(in SweepOperands x, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint channels = x.Channels, tap = x.Tap;
        nint stepU = x.Target.Step(0), stepV = x.Target.Step(1);
        int width = x.Width, count = x.Count, left = x.Left;
        bool fetchesTarget = x.FetchesTarget;
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* w = x.Kernel + channel;
            TLanes w00 = TLanes.Load(w), w01 = TLanes.Load(w + tap), w02 = TLanes.Load(w + (2 * tap));
            TLanes w10 = TLanes.Load(w + (3 * tap)), w11 = TLanes.Load(w + (4 * tap)), w12 = TLanes.Load(w + (5 * tap));
            TLanes w20 = TLanes.Load(w + (6 * tap)), w21 = TLanes.Load(w + (7 * tap)), w22 = TLanes.Load(w + (8 * tap));
            TLanes zero = TLanes.Zero, above = zero, before = zero;
            float* r0 = x.Source.Row(0, channel), r1 = x.Source.Row(1, channel);
            float* u = x.Target.Row(0, channel) - (left * stepU), v = x.Target.Row(1, channel) - (left * stepV);

            // This vector's share of the rows that the next step writes, in the order of memory.
            float* aheadTo = x.Target.Row(1, 0) + (count * (channels + (2 * channel)));
            for (int pixel = -left, m = 0; pixel < count; pixel += 2, m++)
            {
                if (fetchesTarget)
                {
                    Prefetching.StartRun(aheadTo, 4 * TLanes.Count);
                    aheadTo += 4 * TLanes.Count;
                }

                TLanes upper = zero, lower = zero;
                if (m < width)
                {
                    upper = TLanes.Load(r0);
                    lower = TLanes.Load(r1);
                    r0 += channels;
                    r1 += channels;
                }

                if (pixel >= 0)
                {
                    TLanes sum = TLanes.MultiplyAdd(above, w22, upper * w20);
                    TLanes.AddProduct(before, w02, ref sum);
                    TLanes.Store(TLanes.MultiplyAdd(lower, w00, sum), u);
                    TLanes.Store(TLanes.MultiplyAdd(before, w12, lower * w10), v);
                }

                if ((uint)(pixel + 1) < (uint)count)
                {
                    TLanes.Store(TLanes.MultiplyAdd(lower, w01, upper * w21), u + stepU);
                    TLanes.Store(lower * w11, v + stepV);
                }

                above = upper;
                before = lower;
                u += 2 * stepU;
                v += 2 * stepV;
            }
        }

        return channel;
    }
}

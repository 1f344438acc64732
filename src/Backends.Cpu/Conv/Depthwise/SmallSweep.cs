using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// 3 x 3 kernels with stride 1, or their input gradient: two rows at once. Four inputs a column, each loaded once, go into the sums of
/// the three pixels on either row that read it. The nine weights and six sums stay in registers.
/// </summary>
internal readonly struct SmallSweep : IDepthwiseSweep
{
    /// <inheritdoc/>
    public static int Rows => 2;

    /// <inheritdoc/>
    public static int Step => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe int Run<TLanes>(in SweepOperands x, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint channels = x.Channels, tap = x.Tap;
        int width = x.Width, count = x.Count, left = x.Left;

        // The two rows that the next step reads and this one does not, and those that it writes.
        nint ahead = 2 * width * channels, aheadTo = 2 * count * channels;
        nint step0 = x.Source.Step(0), step1 = x.Source.Step(1), step2 = x.Source.Step(2), step3 = x.Source.Step(3);
        nint stepU = x.Target.Step(0), stepV = x.Target.Step(1);
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* w = x.Kernel + channel;
            TLanes w00 = TLanes.Load(w), w01 = TLanes.Load(w + tap), w02 = TLanes.Load(w + (2 * tap));
            TLanes w10 = TLanes.Load(w + (3 * tap)), w11 = TLanes.Load(w + (4 * tap)), w12 = TLanes.Load(w + (5 * tap));
            TLanes w20 = TLanes.Load(w + (6 * tap)), w21 = TLanes.Load(w + (7 * tap)), w22 = TLanes.Load(w + (8 * tap));
            TLanes start = x.Bias is null ? TLanes.Zero : TLanes.Load(x.Bias + channel);

            // The sums of the pixels that read the column as their second and as their third; u of the upper row, v of the lower.
            TLanes u1 = start, u2 = start, v1 = start, v2 = start;
            float* r0 = x.Source.Row(0, channel), r1 = x.Source.Row(1, channel), r2 = x.Source.Row(2, channel), r3 = x.Source.Row(3, channel);
            float* u = x.Target.Row(0, channel) + ((left - 2) * stepU), v = x.Target.Row(1, channel) + ((left - 2) * stepV);
            for (int column = 0; column < width; column++, u += stepU, v += stepV)
            {
                Prefetching.Start(r2 + ahead);
                Prefetching.Start(r3 + ahead);
                Prefetching.Start(u + aheadTo);
                Prefetching.Start(v + aheadTo);
                TLanes x0 = TLanes.Load(r0), x1 = TLanes.Load(r1), x2 = TLanes.Load(r2), x3 = TLanes.Load(r3);
                r0 += step0;
                r1 += step1;
                r2 += step2;
                r3 += step3;
                TLanes.AddProduct(x0, w02, ref u2);
                TLanes.AddProduct(x0, w01, ref u1);
                TLanes u0 = TLanes.MultiplyAdd(x0, w00, start);
                TLanes.AddProduct(x1, w12, ref u2);
                TLanes.AddProduct(x1, w11, ref u1);
                TLanes.AddProduct(x1, w10, ref u0);
                TLanes.AddProduct(x2, w22, ref u2);
                TLanes.AddProduct(x2, w21, ref u1);
                TLanes.AddProduct(x2, w20, ref u0);
                TLanes.AddProduct(x1, w02, ref v2);
                TLanes.AddProduct(x1, w01, ref v1);
                TLanes v0 = TLanes.MultiplyAdd(x1, w00, start);
                TLanes.AddProduct(x2, w12, ref v2);
                TLanes.AddProduct(x2, w11, ref v1);
                TLanes.AddProduct(x2, w10, ref v0);
                TLanes.AddProduct(x3, w22, ref v2);
                TLanes.AddProduct(x3, w21, ref v1);
                TLanes.AddProduct(x3, w20, ref v0);
                if (column + left >= 2)
                {
                    TLanes.Store(u2, u);
                    TLanes.Store(v2, v);
                }

                u2 = u1;
                u1 = u0;
                v2 = v1;
                v1 = v0;
            }

            // What reads beyond the last column.
            for (int pixel = width + left - 2; pixel < count; pixel++, u += stepU, v += stepV)
            {
                if (pixel >= 0)
                {
                    TLanes.Store(u2, u);
                    TLanes.Store(v2, v);
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

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// 5 x 5 kernels with stride 1, or their input gradient: the five inputs of a column, each loaded once, go into the sums of the five
/// pixels that read it. 25 weights and five sums fit into 32 registers; with 16 the weights are read from L1.
/// </summary>
internal readonly struct LargeSweep : IDepthwiseSweep
{
    private const int Taps = SweepRows.MaxTaps;

    /// <inheritdoc/>
    public static int Rows => 1;

    /// <inheritdoc/>
    public static int Step => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe int Run<TLanes>(in SweepOperands x, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint channels = x.Channels, tap = x.Tap, stepTo = x.Target.Step(0);
        int width = x.Width, count = x.Count, left = x.Left;
        nint ahead = width * channels, aheadTo = count * channels;
        nint step0 = x.Source.Step(0), step1 = x.Source.Step(1), step2 = x.Source.Step(2), step3 = x.Source.Step(3), step4 = x.Source.Step(4);
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* w = x.Kernel + channel;
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
            TLanes start = x.Bias is null ? TLanes.Zero : TLanes.Load(x.Bias + channel);
            TLanes s1 = start, s2 = start, s3 = start, s4 = start;
            float* r0 = x.Source.Row(0, channel), r1 = x.Source.Row(1, channel), r2 = x.Source.Row(2, channel), r3 = x.Source.Row(3, channel), r4 = x.Source.Row(4, channel);
            float* y = x.Target.Row(0, channel) + ((left - (Taps - 1)) * stepTo);
            for (int column = 0; column < width; column++, y += stepTo)
            {
                Prefetching.Start(r4 + ahead);
                Prefetching.Start(y + aheadTo);
                TLanes input = TLanes.Load(r0), s0 = TLanes.MultiplyAdd(input, w00, start);
                r0 += step0;
                TLanes.AddProduct(input, w01, ref s1);
                TLanes.AddProduct(input, w02, ref s2);
                TLanes.AddProduct(input, w03, ref s3);
                TLanes.AddProduct(input, w04, ref s4);
                input = TLanes.Load(r1);
                r1 += step1;
                TLanes.AddProduct(input, w10, ref s0);
                TLanes.AddProduct(input, w11, ref s1);
                TLanes.AddProduct(input, w12, ref s2);
                TLanes.AddProduct(input, w13, ref s3);
                TLanes.AddProduct(input, w14, ref s4);
                input = TLanes.Load(r2);
                r2 += step2;
                TLanes.AddProduct(input, w20, ref s0);
                TLanes.AddProduct(input, w21, ref s1);
                TLanes.AddProduct(input, w22, ref s2);
                TLanes.AddProduct(input, w23, ref s3);
                TLanes.AddProduct(input, w24, ref s4);
                input = TLanes.Load(r3);
                r3 += step3;
                TLanes.AddProduct(input, w30, ref s0);
                TLanes.AddProduct(input, w31, ref s1);
                TLanes.AddProduct(input, w32, ref s2);
                TLanes.AddProduct(input, w33, ref s3);
                TLanes.AddProduct(input, w34, ref s4);
                input = TLanes.Load(r4);
                r4 += step4;
                TLanes.AddProduct(input, w40, ref s0);
                TLanes.AddProduct(input, w41, ref s1);
                TLanes.AddProduct(input, w42, ref s2);
                TLanes.AddProduct(input, w43, ref s3);
                TLanes.AddProduct(input, w44, ref s4);
                if (column + left >= Taps - 1)
                    TLanes.Store(s4, y);
                s4 = s3;
                s3 = s2;
                s2 = s1;
                s1 = s0;
            }

            // What reads beyond the last column.
            for (int pixel = width + left - (Taps - 1); pixel < count; pixel++, y += stepTo)
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

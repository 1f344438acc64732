using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// 3 x 3 kernels with stride 1, or their input gradient: two rows at once. Four inputs a column, each loaded once, go into the sums of
/// the three pixels on either row that read it. The nine weights and six sums stay in registers; three columns a turn, so that
/// sums need not move from register to register.
/// </summary>
internal readonly struct SmallSweep : IDepthwiseSweep
{
    private const int Taps = SweepRows.Taps;

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

        // Columns before the first pixel is done, and those that are no turn.
        int before = Math.Min(width, Taps - 1 - left), single = before + ((width - before) % Taps);
        bool fetchesTarget = x.FetchesTarget;
        float* none = stackalloc float[TLanes.Count];
        TLanes.Store(TLanes.Zero, none);
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* w = x.Kernel + channel;
            TLanes w00 = TLanes.Load(w), w01 = TLanes.Load(w + tap), w02 = TLanes.Load(w + (2 * tap));
            TLanes w10 = TLanes.Load(w + (3 * tap)), w11 = TLanes.Load(w + (4 * tap)), w12 = TLanes.Load(w + (5 * tap));
            TLanes w20 = TLanes.Load(w + (6 * tap)), w21 = TLanes.Load(w + (7 * tap)), w22 = TLanes.Load(w + (8 * tap));

            // The sums of the pixels that read a column as their first, second and third; u of the upper row, v of the lower.
            float* start = x.Bias is null ? none : x.Bias + channel;
            TLanes u0 = TLanes.Load(start), u1 = u0, u2 = u0, v0 = u0, v1 = u0, v2 = u0;
            float* r0 = x.Source.Row(0, channel), r1 = x.Source.Row(1, channel), r2 = x.Source.Row(2, channel), r3 = x.Source.Row(3, channel);
            float* u = x.Target.Row(0, channel) + ((left - (Taps - 1)) * channels), v = x.Target.Row(1, channel) + ((left - (Taps - 1)) * channels);

            // A lower row beyond the picture is written where the upper one is right after.
            if (x.Target.Step(1) == 0)
                v = u;

            // This vector's share of the two rows that the next step reads and this one does not, and of those that it writes, in the
            // order of memory.
            float* ahead = x.Source.Row(2, 0) + (2 * width * (channels + channel)), aheadTo = x.Target.Row(0, 0) + (2 * count * (channels + channel));
            nint place = 0, firstPixel = before * channels, firstTurn = single * channels, end = width * channels;
            for (; place < firstTurn; place += channels, ahead += 2 * TLanes.Count, aheadTo += 2 * TLanes.Count)
            {
                Prefetching.Start(ahead);
                Column(r0 + place, r1 + place, r2 + place, r3 + place, start, w00, w01, w02, w10, w11, w12, w20, w21, w22, ref u0, ref u1, ref u2, ref v0, ref v1, ref v2);
                if (place >= firstPixel)
                    Store(v2, v + place, u2, u + place);
                u2 = u1;
                u1 = u0;
                v2 = v1;
                v1 = v0;
            }

            while (place < end)
            {
                Prefetching.StartRun(ahead, Taps * 2 * TLanes.Count);
                ahead += Taps * 2 * TLanes.Count;
                if (fetchesTarget)
                {
                    Prefetching.StartRun(aheadTo, Taps * 2 * TLanes.Count);
                    aheadTo += Taps * 2 * TLanes.Count;
                }

                Column(r0 + place, r1 + place, r2 + place, r3 + place, start, w00, w01, w02, w10, w11, w12, w20, w21, w22, ref u0, ref u1, ref u2, ref v0, ref v1, ref v2);
                Store(v2, v + place, u2, u + place);
                place += channels;
                Column(r0 + place, r1 + place, r2 + place, r3 + place, start, w00, w01, w02, w10, w11, w12, w20, w21, w22, ref u2, ref u0, ref u1, ref v2, ref v0, ref v1);
                Store(v1, v + place, u1, u + place);
                place += channels;
                Column(r0 + place, r1 + place, r2 + place, r3 + place, start, w00, w01, w02, w10, w11, w12, w20, w21, w22, ref u1, ref u2, ref u0, ref v1, ref v2, ref v0);
                Store(v0, v + place, u0, u + place);
                place += channels;
            }

            // What reads beyond the last column.
            for (int pixel = width + left - (Taps - 1); pixel < count; pixel++, place += channels)
            {
                if (pixel >= 0)
                    Store(v2, v + place, u2, u + place);
                u2 = u1;
                u1 = TLanes.Load(start);
                v2 = v1;
                v1 = u1;
            }
        }

        return channel;
    }

    // The two pixels of which a column is the last one; the lower one first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store<TLanes>(TLanes lower, float* v, TLanes upper, float* u)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.Store(lower, v);
        TLanes.Store(upper, u);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Column<TLanes>(
        float* r0,
        float* r1,
        float* r2,
        float* r3,
        float* start,
        TLanes w00,
        TLanes w01,
        TLanes w02,
        TLanes w10,
        TLanes w11,
        TLanes w12,
        TLanes w20,
        TLanes w21,
        TLanes w22,
        ref TLanes u0,
        ref TLanes u1,
        ref TLanes u2,
        ref TLanes v0,
        ref TLanes v1,
        ref TLanes v2)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes x = TLanes.Load(r0);
        TLanes.AddProduct(x, w02, ref u2);
        TLanes.AddProduct(x, w01, ref u1);
        u0 = TLanes.MultiplyAdd(x, w00, TLanes.Load(start));
        x = TLanes.Load(r1);
        TLanes.AddProduct(x, w12, ref u2);
        TLanes.AddProduct(x, w11, ref u1);
        TLanes.AddProduct(x, w10, ref u0);
        TLanes.AddProduct(x, w02, ref v2);
        TLanes.AddProduct(x, w01, ref v1);
        v0 = TLanes.MultiplyAdd(x, w00, TLanes.Load(start));
        x = TLanes.Load(r2);
        TLanes.AddProduct(x, w22, ref u2);
        TLanes.AddProduct(x, w21, ref u1);
        TLanes.AddProduct(x, w20, ref u0);
        TLanes.AddProduct(x, w12, ref v2);
        TLanes.AddProduct(x, w11, ref v1);
        TLanes.AddProduct(x, w10, ref v0);
        x = TLanes.Load(r3);
        TLanes.AddProduct(x, w22, ref v2);
        TLanes.AddProduct(x, w21, ref v1);
        TLanes.AddProduct(x, w20, ref v0);
    }
}

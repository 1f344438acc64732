using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// 5 x 5 kernels with stride 1, or their input gradient. Four columns a turn, row by row: each input is loaded once and goes into the
/// sums of the five pixels that read it. The eight sums of all of them and the row's five weights fit into 16 registers.
/// </summary>
internal readonly struct LargeSweep : IDepthwiseSweep
{
    private const int Taps = SweepRows.MaxTaps;
    private const int Turn = Taps - 1;

    /// <inheritdoc/>
    public static int Rows => 1;

    /// <inheritdoc/>
    public static int Step => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe int Run<TLanes>(in SweepOperands x, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint channels = x.Channels, tap = x.Tap, rowTaps = Taps * tap;
        int width = x.Width, count = x.Count, left = x.Left;
        bool fetchesTarget = x.FetchesTarget;
        float** rows = stackalloc float*[Taps];
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            TLanes start = x.Bias is null ? TLanes.Zero : TLanes.Load(x.Bias + channel);
            TLanes s0 = start, s1 = start, s2 = start, s3 = start;
            float* w = x.Kernel + channel, y = x.Target.Row(0, channel);
            for (int i = 0; i < Taps; i++)
                rows[i] = x.Source.Row(i, channel);

            // This vector's share of the row that the next step reads and this one does not, and of the one that it writes, in the order
            // of memory.
            float* ahead = x.Source.Row(Taps - 1, 0) + (width * (channels + channel)), aheadTo = x.Target.Row(0, 0) + (count * (channels + channel));
            int pixel = left - Turn;
            nint place = 0;
            for (nint end = (width - (width % Turn)) * channels; place < end; place += Turn * channels, pixel += Turn)
            {
                Prefetching.StartRun(ahead, Turn * TLanes.Count);
                ahead += Turn * TLanes.Count;
                if (fetchesTarget)
                {
                    Prefetching.StartRun(aheadTo, Turn * TLanes.Count);
                    aheadTo += Turn * TLanes.Count;
                }

                TLanes s4 = start, s5 = start, s6 = start, s7 = start;
                float* weights = w;
                for (int i = 0; i < Taps; i++, weights += rowTaps)
                {
                    float* row = rows[i] + place;
                    TLanes w0 = TLanes.Load(weights), w1 = TLanes.Load(weights + tap), w2 = TLanes.Load(weights + (2 * tap)), w3 = TLanes.Load(weights + (3 * tap));
                    TLanes w4 = TLanes.Load(weights + (4 * tap)), input = TLanes.Load(row);
                    Column(input, w0, w1, w2, w3, w4, ref s4, ref s3, ref s2, ref s1, ref s0);
                    Column(TLanes.Load(row + channels), w0, w1, w2, w3, w4, ref s5, ref s4, ref s3, ref s2, ref s1);
                    Column(TLanes.Load(row + (2 * channels)), w0, w1, w2, w3, w4, ref s6, ref s5, ref s4, ref s3, ref s2);
                    Column(TLanes.Load(row + (3 * channels)), w0, w1, w2, w3, w4, ref s7, ref s6, ref s5, ref s4, ref s3);
                }

                Store(s0, y, pixel, channels);
                Store(s1, y, pixel + 1, channels);
                Store(s2, y, pixel + 2, channels);
                Store(s3, y, pixel + 3, channels);
                s0 = s4;
                s1 = s5;
                s2 = s6;
                s3 = s7;
            }

            for (nint end = width * channels; place < end; place += channels, pixel++)
            {
                TLanes s4 = start;
                float* weights = w;
                for (int i = 0; i < Taps; i++, weights += rowTaps)
                {
                    TLanes input = TLanes.Load(rows[i] + place);
                    Column(
                        input,
                        TLanes.Load(weights),
                        TLanes.Load(weights + tap),
                        TLanes.Load(weights + (2 * tap)),
                        TLanes.Load(weights + (3 * tap)),
                        TLanes.Load(weights + (4 * tap)),
                        ref s4,
                        ref s3,
                        ref s2,
                        ref s1,
                        ref s0);
                }

                Store(s0, y, pixel, channels);
                s0 = s1;
                s1 = s2;
                s2 = s3;
                s3 = s4;
            }

            // What reads beyond the last column.
            for (; pixel < count; pixel++)
            {
                Store(s0, y, pixel, channels);
                s0 = s1;
                s1 = s2;
                s2 = s3;
                s3 = start;
            }
        }

        return channel;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store<TLanes>(TLanes sum, float* row, int pixel, nint channels)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        if (pixel >= 0)
            TLanes.Store(sum, row + (pixel * channels));
    }

    // An input of a column, into the sums of the pixels that read it as their first to their fifth.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TLanes>(
        TLanes input, TLanes w0, TLanes w1, TLanes w2, TLanes w3, TLanes w4, ref TLanes s0, ref TLanes s1, ref TLanes s2, ref TLanes s3, ref TLanes s4)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.AddProduct(input, w0, ref s0);
        TLanes.AddProduct(input, w1, ref s1);
        TLanes.AddProduct(input, w2, ref s2);
        TLanes.AddProduct(input, w3, ref s3);
        TLanes.AddProduct(input, w4, ref s4);
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A 3 x 3 depthwise convolution with stride 2. A vector of channels sweeps along a row of output: of two columns a pixel, the first
/// belongs to it alone and the second to its neighbour as well, so that each input is loaded once. The nine weights stay in
/// registers. A shard is a range of rows of output.
/// </summary>
/// <param name="g">The convolution.</param>
/// <param name="x">The input.</param>
/// <param name="kernel">[3][3][channels].</param>
/// <param name="bias">One float a channel, or null.</param>
/// <param name="relu">Whether to apply ReLU.</param>
/// <param name="y">The result.</param>
internal readonly unsafe struct DepthwiseStridedSweep(Conv2DGeometry g, float* x, float* kernel, float* bias, bool relu, float* y) : IShardedWork
{
    private const int Stride = 2;

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(Rows, RowsOfShard);

    private int Rows => g.Batch * g.OutHeight;

    private int RowsOfShard => DepthwiseRow.RowsOfShard(Rows, g.OutWidth * g.InChannels);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* zeros = stackalloc float[SweepRows.MaxLanes];
        new Span<float>(zeros, SweepRows.MaxLanes).Clear();
        (nint index, nint end) = Shards.Range(Rows, shard, RowsOfShard);
        int channels = g.InChannels, length = g.OutWidth * channels;
        for (; index < end; index++)
        {
            (int image, int row) = Math.DivRem((int)index, g.OutHeight);
            var rows = new SweepRows(x + ((nint)image * g.InHeight * g.InWidth * channels), (Stride * row) - g.PadTop, g.InHeight, g.InWidth, channels, zeros);
            float* to = y + (index * length);
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
        nint channels = g.InChannels, step0 = rows.Step(0), step1 = rows.Step(1), step2 = rows.Step(2);
        int width = g.InWidth, count = g.OutWidth, first = 1 - g.PadLeft;

        // The two rows that the next row of output reads and this one does not, and that row.
        nint ahead = Stride * width * channels, aheadTo = count * channels;
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* w = kernel + channel;
            TLanes w00 = TLanes.Load(w), w01 = TLanes.Load(w + channels), w02 = TLanes.Load(w + (2 * channels));
            TLanes w10 = TLanes.Load(w + (3 * channels)), w11 = TLanes.Load(w + (4 * channels)), w12 = TLanes.Load(w + (5 * channels));
            TLanes w20 = TLanes.Load(w + (6 * channels)), w21 = TLanes.Load(w + (7 * channels)), w22 = TLanes.Load(w + (8 * channels));
            TLanes start = bias is null ? TLanes.Zero : TLanes.Load(bias + channel), sum = start;
            float* r0 = rows.Row(0, channel) + (first * step0), r1 = rows.Row(1, channel) + (first * step1), r2 = rows.Row(2, channel) + (first * step2);
            if (first == 1)
            {
                sum = TLanes.MultiplyAdd(TLanes.Load(r0 - step0), w00, sum);
                sum = TLanes.MultiplyAdd(TLanes.Load(r1 - step1), w10, sum);
                sum = TLanes.MultiplyAdd(TLanes.Load(r2 - step2), w20, sum);
            }

            float* target = to + channel;
            int column = first;
            for (int pixel = 0; pixel < count; pixel++, column += Stride, target += channels)
            {
                if ((uint)column < (uint)width)
                {
                    Prefetching.Start(r1 + ahead);
                    Prefetching.Start(r2 + ahead);
                    sum = TLanes.MultiplyAdd(TLanes.Load(r0), w01, sum);
                    sum = TLanes.MultiplyAdd(TLanes.Load(r1), w11, sum);
                    sum = TLanes.MultiplyAdd(TLanes.Load(r2), w21, sum);
                }

                TLanes next = start;
                if ((uint)(column + 1) < (uint)width)
                {
                    TLanes x0 = TLanes.Load(r0 + step0), x1 = TLanes.Load(r1 + step1), x2 = TLanes.Load(r2 + step2);
                    Prefetching.Start(r1 + step1 + ahead);
                    Prefetching.Start(r2 + step2 + ahead);
                    sum = TLanes.MultiplyAdd(x0, w02, sum);
                    next = TLanes.MultiplyAdd(x0, w00, next);
                    sum = TLanes.MultiplyAdd(x1, w12, sum);
                    next = TLanes.MultiplyAdd(x1, w10, next);
                    sum = TLanes.MultiplyAdd(x2, w22, sum);
                    next = TLanes.MultiplyAdd(x2, w20, next);
                }

                Prefetching.Start(target + aheadTo);
                TLanes.Store(sum, target);
                sum = next;
                r0 += Stride * step0;
                r1 += Stride * step1;
                r2 += Stride * step2;
            }
        }

        return channel;
    }
}

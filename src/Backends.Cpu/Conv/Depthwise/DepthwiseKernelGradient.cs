using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a depthwise convolution: a kernel row's taps by a vector of channels stay in registers along a row of
/// pixels. A shard is a range of rows of output and makes a partial result, a few floats a channel that stay in L1.
/// </summary>
internal readonly unsafe struct DepthwiseKernelGradient(Conv2DGeometry g, float* x, float* dy, float* partials, int shards) : IShardedWork
{
    // Taps that are summed together.
    private const int MaxTaps = 8;

    // A partial result is written, read and added: so many pixels are worth one.
    private const int PixelsOfPartial = 128;
    private const int MaxPartials = 32;

    /// <summary>How many partial results to make.</summary>
    public static int PartialsOf(in Conv2DGeometry g) =>
        (int)Math.Clamp((long)g.Batch * g.OutHeight * g.OutWidth / PixelsOfPartial, 1, Math.Min(MaxPartials, (long)g.Batch * g.OutHeight));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        int channels = g.InChannels, size = g.KernelHeight * g.KernelWidth * channels;
        float* partial = partials + ((nint)shard * size);
        new Span<float>(partial, size).Clear();
        long rows = (long)g.Batch * g.OutHeight;
        long end = rows * (shard + 1) / shards;
        for (long index = rows * shard / shards; index < end; index++)
        {
            (long image, long row) = Math.DivRem(index, g.OutHeight);
            for (int i = 0; i < g.KernelHeight; i++)
            {
                int fromRow = ((int)row * g.StrideH) + (i * g.DilationH) - g.PadTop;
                if ((uint)fromRow >= (uint)g.InHeight)
                    continue;
                float* source = x + ((((nint)image * g.InHeight) + fromRow) * g.InWidth * channels);
                for (int j = 0; j < g.KernelWidth; j += MaxTaps)
                {
                    int taps = Math.Min(MaxTaps, g.KernelWidth - j);
                    Taps(source, dy + ((nint)index * g.OutWidth * channels), j, taps, partial + (((i * g.KernelWidth) + j) * channels));
                }
            }
        }
    }

    // Pixels that all taps reach go together, the others tap by tap.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Taps(float* source, float* gradient, int j, int taps, float* sums)
    {
        int first = 0, end = g.OutWidth;
        for (int tap = j; tap < j + taps; tap++)
        {
            (int from, int to) = Reach(tap);
            first = Math.Max(first, from);
            end = Math.Min(end, to);
        }

        first = Math.Min(first, g.OutWidth);
        end = Math.Max(first, end);
        Sum(source, gradient, j, taps, first, end, sums);
        for (int tap = 0; tap < taps; tap++)
        {
            (int from, int to) = Reach(j + tap);
            Sum(source, gradient, j + tap, 1, from, Math.Min(first, to), sums + (tap * g.InChannels));
            Sum(source, gradient, j + tap, 1, Math.Max(end, from), to, sums + (tap * g.InChannels));
        }
    }

    // The output pixels under which a tap is inside the picture.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int From, int To) Reach(int tap)
    {
        int start = (tap * g.DilationW) - g.PadLeft;
        int from = start >= 0 ? 0 : (-start + g.StrideW - 1) / g.StrideW;
        int to = g.InWidth <= start ? 0 : (g.InWidth - start + g.StrideW - 1) / g.StrideW;
        return (from, Math.Min(to, g.OutWidth));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(float* source, float* gradient, int j, int taps, int first, int end, float* sums)
    {
        if (first >= end)
            return;
        source += ((nint)(first * g.StrideW) + (j * g.DilationW) - g.PadLeft) * g.InChannels;
        gradient += (nint)first * g.InChannels;
        switch (taps)
        {
            case 1: Sum<Rows.R1>(source, gradient, end - first, sums); break;
            case 2: Sum<Rows.R2>(source, gradient, end - first, sums); break;
            case 3: Sum<Rows.R3>(source, gradient, end - first, sums); break;
            case 4: Sum<Rows.R4>(source, gradient, end - first, sums); break;
            case 5: Sum<Rows.R5>(source, gradient, end - first, sums); break;
            case 6: Sum<Rows.R6>(source, gradient, end - first, sums); break;
            case 7: Sum<Rows.R7>(source, gradient, end - first, sums); break;
            default: Sum<Rows.R8>(source, gradient, end - first, sums); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum<TTaps>(float* source, float* gradient, int pixels, float* sums)
        where TTaps : struct, IRowCount
    {
        int channel = 0;
        if (Simd.Level == SimdLevel.Avx512)
            channel = Sum<Lanes512, TTaps>(source, gradient, pixels, sums, channel);
        if (Simd.Level >= SimdLevel.Avx2)
            channel = Sum<Lanes256, TTaps>(source, gradient, pixels, sums, channel);
        if (Simd.Level >= SimdLevel.Vector128)
            channel = Sum<Lanes128, TTaps>(source, gradient, pixels, sums, channel);
        _ = Sum<LanesScalar, TTaps>(source, gradient, pixels, sums, channel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Sum<TLanes, TTaps>(float* source, float* gradient, int pixels, float* sums, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
        where TTaps : struct, IRowCount
    {
        int taps = TTaps.Count;
        nint channels = g.InChannels, step = g.StrideW * channels, tapStep = g.DilationW * channels;
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* from = source + channel, dy = gradient + channel, sum = sums + channel;
            TLanes s0 = TLanes.Load(sum);
            TLanes s1 = taps > 1 ? TLanes.Load(sum + (1 * channels)) : TLanes.Zero;
            TLanes s2 = taps > 2 ? TLanes.Load(sum + (2 * channels)) : TLanes.Zero;
            TLanes s3 = taps > 3 ? TLanes.Load(sum + (3 * channels)) : TLanes.Zero;
            TLanes s4 = taps > 4 ? TLanes.Load(sum + (4 * channels)) : TLanes.Zero;
            TLanes s5 = taps > 5 ? TLanes.Load(sum + (5 * channels)) : TLanes.Zero;
            TLanes s6 = taps > 6 ? TLanes.Load(sum + (6 * channels)) : TLanes.Zero;
            TLanes s7 = taps > 7 ? TLanes.Load(sum + (7 * channels)) : TLanes.Zero;
            for (int pixel = 0; pixel < pixels; pixel++, from += step, dy += channels)
            {
                TLanes value = TLanes.Load(dy);
                TLanes.AddProduct(value, TLanes.Load(from), ref s0);
                if (taps > 1)
                    TLanes.AddProduct(value, TLanes.Load(from + tapStep), ref s1);
                if (taps > 2)
                    TLanes.AddProduct(value, TLanes.Load(from + (2 * tapStep)), ref s2);
                if (taps > 3)
                    TLanes.AddProduct(value, TLanes.Load(from + (3 * tapStep)), ref s3);
                if (taps > 4)
                    TLanes.AddProduct(value, TLanes.Load(from + (4 * tapStep)), ref s4);
                if (taps > 5)
                    TLanes.AddProduct(value, TLanes.Load(from + (5 * tapStep)), ref s5);
                if (taps > 6)
                    TLanes.AddProduct(value, TLanes.Load(from + (6 * tapStep)), ref s6);
                if (taps > 7)
                    TLanes.AddProduct(value, TLanes.Load(from + (7 * tapStep)), ref s7);
            }

            TLanes.Store(s0, sum);
            if (taps > 1)
                TLanes.Store(s1, sum + (1 * channels));
            if (taps > 2)
                TLanes.Store(s2, sum + (2 * channels));
            if (taps > 3)
                TLanes.Store(s3, sum + (3 * channels));
            if (taps > 4)
                TLanes.Store(s4, sum + (4 * channels));
            if (taps > 5)
                TLanes.Store(s5, sum + (5 * channels));
            if (taps > 6)
                TLanes.Store(s6, sum + (6 * channels));
            if (taps > 7)
                TLanes.Store(s7, sum + (7 * channels));
        }

        return channel;
    }
}

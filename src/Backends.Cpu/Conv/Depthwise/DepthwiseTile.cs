using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The micro-kernel of depthwise convolutions and their input gradients: up to eight pixels side by side by one vector of channels
/// in registers, so that a weight is loaded once for all of them.
/// </summary>
internal static unsafe class DepthwiseTile
{
    /// <summary>The most pixels of a tile.</summary>
    public const int MaxPixels = 8;

    /// <summary>Computes pixels, all channels of them.</summary>
    /// <param name="x">
    /// The taps, and where they read and write. By reference everywhere: a copy right after a field was written would wait until
    /// all results before it are in the cache.
    /// </param>
    /// <param name="pixel">The first pixel.</param>
    /// <param name="pixels">How many pixels: 8, 4, 2 or 1.</param>
    public static void Run(in DepthwiseOperands x, int pixel, int pixels)
    {
        switch (pixels)
        {
            case 8: Run<Rows.R8>(x, pixel); break;
            case 4: Run<Rows.R4>(x, pixel); break;
            case 2: Run<Rows.R2>(x, pixel); break;
            default: Run<Rows.R1>(x, pixel); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TPixels>(in DepthwiseOperands x, int pixel)
        where TPixels : struct, IRowCount
    {
        int channel = 0;
        if (Simd.Level == SimdLevel.Avx512)
            channel = Run<Lanes512, TPixels>(x, pixel, channel);
        if (Simd.Level >= SimdLevel.Avx2 && channel < x.Channels)
            channel = Run<Lanes256, TPixels>(x, pixel, channel);
        if (Simd.Level >= SimdLevel.Vector128 && channel < x.Channels)
            channel = Run<Lanes128, TPixels>(x, pixel, channel);
        if (channel < x.Channels)
            _ = Run<LanesScalar, TPixels>(x, pixel, channel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Run<TLanes, TPixels>(in DepthwiseOperands x, int pixel, int channel)
        where TLanes : unmanaged, ILanes<TLanes>
        where TPixels : struct, IRowCount
    {
        int pixels = TPixels.Count, taps = x.Taps, channels = x.Channels;
        nint step = x.SourceStep, targetStep = x.TargetStep;
        float* first = x.Source + (pixel * step), to = x.Target + (pixel * targetStep);
        for (; channel <= channels - TLanes.Count; channel += TLanes.Count)
        {
            float* weights = x.Weights + channel, source = first + channel;
            TLanes start = x.Bias is null ? TLanes.Zero : TLanes.Load(x.Bias + channel);
            TLanes s0 = start, s1 = start, s2 = start, s3 = start, s4 = start, s5 = start, s6 = start, s7 = start;
            for (int tap = 0; tap < taps; tap++)
            {
                TLanes weight = TLanes.Load(weights + x.WeightOffsets[tap]);
                float* from = source + x.SourceOffsets[tap];
                TLanes.AddProduct(weight, TLanes.Load(from), ref s0);
                if (pixels > 1)
                    TLanes.AddProduct(weight, TLanes.Load(from + step), ref s1);
                if (pixels > 2)
                    TLanes.AddProduct(weight, TLanes.Load(from + (2 * step)), ref s2);
                if (pixels > 3)
                    TLanes.AddProduct(weight, TLanes.Load(from + (3 * step)), ref s3);
                if (pixels > 4)
                    TLanes.AddProduct(weight, TLanes.Load(from + (4 * step)), ref s4);
                if (pixels > 5)
                    TLanes.AddProduct(weight, TLanes.Load(from + (5 * step)), ref s5);
                if (pixels > 6)
                    TLanes.AddProduct(weight, TLanes.Load(from + (6 * step)), ref s6);
                if (pixels > 7)
                    TLanes.AddProduct(weight, TLanes.Load(from + (7 * step)), ref s7);
            }

            float* target = to + channel;
            TLanes.Store(s0, target);
            if (pixels > 1)
                TLanes.Store(s1, target + targetStep);
            if (pixels > 2)
                TLanes.Store(s2, target + (2 * targetStep));
            if (pixels > 3)
                TLanes.Store(s3, target + (3 * targetStep));
            if (pixels > 4)
                TLanes.Store(s4, target + (4 * targetStep));
            if (pixels > 5)
                TLanes.Store(s5, target + (5 * targetStep));
            if (pixels > 6)
                TLanes.Store(s6, target + (6 * targetStep));
            if (pixels > 7)
                TLanes.Store(s7, target + (7 * targetStep));
        }

        return channel;
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A convolution of pictures with few channels and strides. Its sums are short, so what comes before and after them counts: six pixels by two
/// vectors of output channels stay in registers from bias to ReLU, and where a pixel's inputs lie is known to the compiler. A band is some
/// rows of one picture, a shard a range of bands; where the input needs padding, or is bytes, each copies its own.
/// </summary>
internal readonly unsafe struct StridedColourWork(PaddedImages x, Conv2DGeometry conv, PackedPanels kernel, float* bias, bool relu, float* y, Workspaces workspaces)
    : IShardedWork
{
    private const int Pixels = 6;
    private const int MaxStep = 8;
    private const int MaxChannels = 4;
    private const int RowsOfBand = 8;
    private const int MaxShards = 32;

    /// <summary>How many shards there are.</summary>
    public int Shards => (int)Math.Min(MaxShards, (long)conv.Batch * Bands);

    private int Bands => (conv.OutHeight + RowsOfBand - 1) / RowsOfBand;

    /// <summary>Whether this way takes a convolution.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        g is { Groups: 1, DilationH: 1, DilationW: 1, InChannels: <= MaxChannels, OutWidth: >= Pixels }
        && (g.StrideH > 1 || g.StrideW > 1) && g.StrideW * g.InChannels <= MaxStep
        && g.OutChannels % TileRows.MaxWidth == 0 && Simd.Registers == 16;

    /// <summary>Floats that a thread works in: a band's padded input, nothing where the input is ready.</summary>
    public static nint WorkspaceSize(in PaddedImages x, in Conv2DGeometry g) => x.NeedsCopy ? ((InputRows(g, RowsOfBand) * x.RowStride) + 15) / 16 * 16 : 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        long count = (long)conv.Batch * Bands;
        for (long unit = count * shard / Shards; unit < count * (shard + 1) / Shards; unit++)
        {
            (long image, long band) = Math.DivRem(unit, Bands);
            switch (Simd.Level)
            {
                case SimdLevel.Scalar: Band<LanesScalar>((int)image, (int)band); break;
                case SimdLevel.Vector128: Band<Lanes128>((int)image, (int)band); break;
                default: Band<Lanes256>((int)image, (int)band); break;
            }
        }
    }

    private static int InputRows(in Conv2DGeometry g, int rows) => ((rows - 1) * g.StrideH) + g.KernelHeight;

    private void Band<TLanes>(int image, int band)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        switch (conv.StrideW * conv.InChannels)
        {
            case 1: Band<TLanes, Rows.R1>(image, band); break;
            case 2: Band<TLanes, Rows.R2>(image, band); break;
            case 3: Band<TLanes, Rows.R3>(image, band); break;
            case 4: Band<TLanes, Rows.R4>(image, band); break;
            case 5: Band<TLanes, Rows.R5>(image, band); break;
            case 6: Band<TLanes, Rows.R6>(image, band); break;
            case 7: Band<TLanes, Rows.R7>(image, band); break;
            default: Band<TLanes, Rows.R8>(image, band); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Band<TLanes, TStep>(int image, int band)
        where TLanes : unmanaged, ILanes<TLanes>
        where TStep : struct, IRowCount
    {
        int first = band * RowsOfBand, end = Math.Min(first + RowsOfBand, conv.OutHeight), top = first * conv.StrideH;
        float* input = workspaces.Mine;
        if (x.NeedsCopy)
            x.CopyRows(image, top, InputRows(conv, end - first), input);
        else
            input = x.Image(image) + (top * x.RowStride);
        float* target = y + ((((nint)image * conv.OutHeight) + first) * conv.OutWidth * conv.OutChannels);
        for (int row = first; row < end; row++, input += conv.StrideH * x.RowStride, target += (nint)conv.OutWidth * conv.OutChannels)
        {
            for (int i = 0; i < conv.OutWidth; i += Pixels)
            {
                // The last tile of a row computes pixels again.
                int pixel = Math.Min(i, conv.OutWidth - Pixels);
                float* weights = kernel.Data, to = target + ((nint)pixel * conv.OutChannels);
                for (int channel = 0; channel < conv.OutChannels; channel += 2 * TLanes.Count, weights += kernel.Rows * 2 * TLanes.Count)
                    Tile<TLanes, TStep>(input + (pixel * TStep.Count), weights, bias is null ? null : bias + channel, to + channel);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tile<TLanes, TStep>(float* input, float* weights, float* start, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
        where TStep : struct, IRowCount
    {
        TLanes l0 = start is null ? TLanes.Zero : TLanes.Load(start), h0 = start is null ? TLanes.Zero : TLanes.Load(start + TLanes.Count);
        TLanes l1 = l0, l2 = l0, l3 = l0, l4 = l0, l5 = l0, h1 = h0, h2 = h0, h3 = h0, h4 = h0, h5 = h0;
        nint rowStride = x.RowStride;
        int taps = conv.KernelWidth * conv.InChannels;

        // The lines that two tiles later are written to: a store waits for its line as a load does.
        float* ahead = target + (2 * Pixels * (nint)conv.OutChannels);
        for (int i = 0; i < Pixels; i++, ahead += conv.OutChannels)
            Prefetching.Start(ahead);
        for (int row = conv.KernelHeight; row > 0; row--, input += rowStride)
        {
            float* a = input;
            int tap = taps;
            for (; tap >= 3; tap -= 3, a += 3, weights += 6 * TLanes.Count)
            {
                ColourProducts.Add<TLanes, TStep>(a, weights, ref l0, ref l1, ref l2, ref l3, ref l4, ref l5, ref h0, ref h1, ref h2, ref h3, ref h4, ref h5);
                ColourProducts.Add<TLanes, TStep>(a + 1, weights + (2 * TLanes.Count), ref l0, ref l1, ref l2, ref l3, ref l4, ref l5, ref h0, ref h1, ref h2, ref h3, ref h4, ref h5);
                ColourProducts.Add<TLanes, TStep>(a + 2, weights + (4 * TLanes.Count), ref l0, ref l1, ref l2, ref l3, ref l4, ref l5, ref h0, ref h1, ref h2, ref h3, ref h4, ref h5);
            }

            for (; tap > 0; tap--, a++, weights += 2 * TLanes.Count)
                ColourProducts.Add<TLanes, TStep>(a, weights, ref l0, ref l1, ref l2, ref l3, ref l4, ref l5, ref h0, ref h1, ref h2, ref h3, ref h4, ref h5);
        }

        nint channels = conv.OutChannels;
        Store(l0, h0, target);
        Store(l1, h1, target + channels);
        Store(l2, h2, target + (2 * channels));
        Store(l3, h3, target + (3 * channels));
        Store(l4, h4, target + (4 * channels));
        Store(l5, h5, target + (5 * channels));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store<TLanes>(TLanes low, TLanes high, float* target)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes.Store(relu ? TLanes.Rectify(low) : low, target);
        TLanes.Store(relu ? TLanes.Rectify(high) : high, target + TLanes.Count);
    }
}

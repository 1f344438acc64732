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
        Pair<TLanes> p0 = start is null ? Pair<TLanes>.Zero : Pair<TLanes>.Load(start), p1 = p0, p2 = p0, p3 = p0, p4 = p0, p5 = p0;
        nint rowStride = x.RowStride;
        int taps = conv.KernelWidth * conv.InChannels;

        // The lines that two tiles later are written to: a store waits for its line as a load does.
        float* ahead = target + (2 * Pixels * (nint)conv.OutChannels);
        for (int i = 0; i < Pixels; i++, ahead += conv.OutChannels)
            Prefetching.Start(ahead);
        for (int row = conv.KernelHeight; row > 0; row--, input += rowStride, weights += taps * 2 * TLanes.Count)
            ColourProducts.Add<TLanes, TStep>(input, weights, taps, ref p0, ref p1, ref p2, ref p3, ref p4, ref p5);

        nint channels = conv.OutChannels;
        Store(p0, target);
        Store(p1, target + channels);
        Store(p2, target + (2 * channels));
        Store(p3, target + (3 * channels));
        Store(p4, target + (4 * channels));
        Store(p5, target + (5 * channels));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Store<TLanes>(Pair<TLanes> sums, float* target)
        where TLanes : unmanaged, ILanes<TLanes> => Pair<TLanes>.Store(relu ? Pair<TLanes>.Rectify(sums) : sums, target);
}

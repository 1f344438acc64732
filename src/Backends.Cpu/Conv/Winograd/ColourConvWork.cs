using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A convolution of pictures with few channels by Winograd's algorithm down the rows: by F(4, 3) of kernels with three rows, where it takes
/// half of the multiplications, by F(2, 5) of those with five, where it takes three fifths. See <see cref="ColourPoolWork"/>. A shard is some rows
/// of tiles over the batch.
/// </summary>
internal readonly unsafe struct ColourConvWork(
    WinogradRows rows, Conv2DGeometry conv, float* kernel, float* bias, bool relu, float* y, Workspaces workspaces) : IShardedWork
{
    private const int MaxShards = 32;

    // So many outweigh the transform of the kernel.
    private const int FewestPixels = 512;

    /// <summary>How many shards there are.</summary>
    public int Shards => (int)Math.Min(MaxShards, (long)conv.Batch * TileRowCount);

    private int Outputs => WinogradTransform.OutputsOf(conv.KernelHeight);

    private int TileRowCount => (conv.OutHeight + Outputs - 1) / Outputs;

    private int Taps => conv.KernelWidth * conv.InChannels;

    // Output channels that are computed together.
    private static int Panel(int outChannels) => Simd.Level == SimdLevel.Avx512 && outChannels < TileRows.MaxWidth ? TileRows.MaxWidth / 2 : TileRows.MaxWidth;

    private static int PanelsOf(in Conv2DGeometry g) => (g.OutChannels + Panel(g.OutChannels) - 1) / Panel(g.OutChannels);

    /// <summary>Whether this way takes a convolution, and is the faster one.</summary>
    public static bool Fits(in Conv2DGeometry g)
    {
        if (g is not { KernelHeight: 3 or 5, KernelWidth: > 1, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Groups: 1, InChannels: <= ColourProducts.MaxChannels })
            return false;
        int panel = Panel(g.OutChannels), outputs = WinogradTransform.OutputsOf(g.KernelHeight), tiles = (g.OutHeight + outputs - 1) / outputs;
        return g.KernelWidth * g.InChannels >= ColourProducts.FewestTaps && g.OutChannels >= panel && 2 * PanelsOf(g) * panel <= 3 * g.OutChannels
            && g.OutWidth >= 2 * ColourProducts.Pixels
            && 4 * tiles * outputs <= 5 * g.OutHeight && (long)g.Batch * g.OutHeight * g.OutWidth >= FewestPixels;
    }

    /// <summary>Floats of the transformed kernel.</summary>
    public static int KernelSize(in Conv2DGeometry g) => WinogradTransform.Points * g.KernelWidth * g.InChannels * PanelsOf(g) * Panel(g.OutChannels);

    /// <summary>Floats that a thread works in: a row of zeros, the transformed ones, and products.</summary>
    public static int WorkspaceSize(in Conv2DGeometry g) => ColourProducts.RowsSize(g) + ((ColourProducts.Size(Panel(g.OutChannels) / 2) + 15) / 16 * 16);

    /// <summary>Transforms the kernel [kernel height][kernel width][in][out] into [panels][6][taps][panel].</summary>
    public static void TransformKernel(in Conv2DGeometry g, float* source, float* target)
    {
        int panel = Panel(g.OutChannels);
        ColourProducts.TransformKernel(g, source, PanelsOf(g), panel, panel, g.KernelWidth * g.InChannels * panel, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        long count = (long)conv.Batch * TileRowCount;
        for (long row = count * shard / Shards; row < count * (shard + 1) / Shards; row++)
        {
            (long image, long tileRow) = Math.DivRem(row, TileRowCount);
            switch (Panel(conv.OutChannels))
            {
                case 2: Row<LanesScalar>((int)image, (int)tileRow); break;
                case 8: Row<Lanes128>((int)image, (int)tileRow); break;
                case 16: Row<Lanes256>((int)image, (int)tileRow); break;
                default: Row<Lanes512>((int)image, (int)tileRow); break;
            }
        }
    }

    private void Row<TLanes>(int image, int tileRow)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* zeros = workspaces.Mine, transformed = zeros + ColourProducts.RowSize(conv);
        rows.Transform<TLanes>(image, tileRow, 0, 0, conv.OutWidth + conv.KernelWidth - 1, transformed, ColourProducts.RowSize(conv), zeros);
        switch (conv.InChannels)
        {
            case 1: Row<TLanes, Rows.R1>(image, tileRow, transformed); break;
            case 2: Row<TLanes, Rows.R2>(image, tileRow, transformed); break;
            case 3: Row<TLanes, Rows.R3>(image, tileRow, transformed); break;
            default: Row<TLanes, Rows.R4>(image, tileRow, transformed); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<TLanes, TChannels>(int image, int tileRow, float* transformed)
        where TLanes : unmanaged, ILanes<TLanes>
        where TChannels : struct, IRowCount
    {
        int stride = ColourProducts.RowSize(conv), panels = PanelsOf(conv), panel = 2 * TLanes.Count, channels = conv.OutChannels;
        int count = Math.Min(Outputs, conv.OutHeight - (tileRow * Outputs));
        nint rowStride = (nint)conv.OutWidth * channels;
        float* products = transformed + (WinogradTransform.Points * stride), row = y + ((((nint)image * conv.OutHeight) + (tileRow * Outputs)) * rowStride);
        for (int i = 0; i < conv.OutWidth; i += ColourProducts.Pixels)
        {
            // The last tile of a row computes pixels again.
            int pixel = Math.Min(i, conv.OutWidth - ColourProducts.Pixels);
            float* input = transformed + (pixel * conv.InChannels), weights = kernel;
            for (int p = 0; p < panels; p++, weights += WinogradTransform.Points * panel * Taps)
            {
                int channel = Math.Min(p * panel, channels - panel);
                float* target = row + ((nint)pixel * channels) + channel;
                ColourProducts.Multiply<TLanes, TChannels>(input, stride, weights, Taps, products);
                if (conv.KernelHeight == 3)
                    Back4<TLanes>(products, bias is null ? null : bias + channel, target, channels, rowStride, count);
                else
                    Back2<TLanes>(products, bias is null ? null : bias + channel, target, channels, rowStride, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Back4<TLanes>(float* products, float* start, float* target, nint channels, nint rowStride, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int c = 0; c < 2 * TLanes.Count; c += TLanes.Count)
        {
            TLanes add = start is null ? TLanes.Zero : TLanes.Load(start + c);
            float* m = products + c, to = target + c;
            for (int pixel = 0; pixel < ColourProducts.Pixels; pixel++, m += 2 * TLanes.Count, to += channels)
            {
                TLanes m0 = ColourProducts.Load<TLanes>(m, 0), m1 = ColourProducts.Load<TLanes>(m, 1), m2 = ColourProducts.Load<TLanes>(m, 2);
                TLanes m3 = ColourProducts.Load<TLanes>(m, 3);
                WinogradTransform.Output(ref m0, ref m1, ref m2, ref m3, ColourProducts.Load<TLanes>(m, 4), ColourProducts.Load<TLanes>(m, 5));
                TLanes.Store(Finish(m0, add), to);
                if (count > 1)
                    TLanes.Store(Finish(m1, add), to + rowStride);
                if (count > 2)
                    TLanes.Store(Finish(m2, add), to + (2 * rowStride));
                if (count > 3)
                    TLanes.Store(Finish(m3, add), to + (3 * rowStride));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Back2<TLanes>(float* products, float* start, float* target, nint channels, nint rowStride, int count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int c = 0; c < 2 * TLanes.Count; c += TLanes.Count)
        {
            TLanes add = start is null ? TLanes.Zero : TLanes.Load(start + c);
            float* m = products + c, to = target + c;
            for (int pixel = 0; pixel < ColourProducts.Pixels; pixel++, m += 2 * TLanes.Count, to += channels)
            {
                TLanes m0 = ColourProducts.Load<TLanes>(m, 0), m1 = ColourProducts.Load<TLanes>(m, 1);
                WinogradTransform.Output(
                    ref m0, ref m1, ColourProducts.Load<TLanes>(m, 2), ColourProducts.Load<TLanes>(m, 3), ColourProducts.Load<TLanes>(m, 4), ColourProducts.Load<TLanes>(m, 5));
                TLanes.Store(Finish(m0, add), to);
                if (count > 1)
                    TLanes.Store(Finish(m1, add), to + rowStride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLanes Finish<TLanes>(TLanes sum, TLanes add)
        where TLanes : unmanaged, ILanes<TLanes> => relu ? TLanes.Rectify(sum + add) : sum + add;
}

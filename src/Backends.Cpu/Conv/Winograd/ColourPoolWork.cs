using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A 3-row convolution of pictures with few channels, such as colours, with bias, ReLU and 2 x 2 max-pooling. Winograd's F(4, 3) is
/// applied down the rows only: there it halves the multiplications and costs next to nothing, while a transform across pixels
/// of three channels would cost more than it saves. The six transformed rows stay in L1. With 32 wide registers all of the rest happens in
/// them (<see cref="ColourPoolTile"/>), else point by point (<see cref="ColourPoolBlock"/>). A shard is a row of tiles: two pooled rows of
/// one picture.
/// </summary>
internal readonly unsafe struct ColourPoolWork(
    WinogradRows rows, Conv2DGeometry conv, Pool2DGeometry pool, float* kernel, float* bias, float* y, byte* argMax, Workspaces workspaces) : IShardedWork
{
    private const int MaxShards = 32;

    /// <summary>How many shards there are.</summary>
    public int Shards => Math.Min(MaxShards, pool.Batch * TileRowCount);

    private int TileRowCount => (pool.OutHeight + 1) / 2;

    private int Taps => conv.KernelWidth * conv.InChannels;

    // Output channels that are computed together.
    private static int Panel => Simd.Level == SimdLevel.Avx512 ? Lanes512.Count : TileRows.MaxWidth;

    // Pooled pixels of a row that are computed together.
    private static int Pixels => Simd.Level == SimdLevel.Avx512 ? ColourPoolTile.Pixels : ColourPoolBlock.Pixels;

    /// <summary>Whether this way takes a convolution and its pooling.</summary>
    public static bool Fits(in Conv2DGeometry g, in Pool2DGeometry pool) =>
        Simd.Level != SimdLevel.Scalar
        && g is { KernelHeight: 3, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Groups: 1, InChannels: <= ColourProducts.MaxChannels }
        && g.KernelWidth * g.InChannels >= ColourProducts.FewestTaps && g.OutChannels >= Panel && 2 * PanelsOf(g) * Panel <= 3 * g.OutChannels && pool.OutWidth >= Pixels;

    /// <summary>Floats of the transformed kernel.</summary>
    public static int KernelSize(in Conv2DGeometry g) => WinogradTransform.Points * g.KernelWidth * g.InChannels * PanelsOf(g) * Panel;

    /// <summary>Floats that a thread works in: a row of zeros, the transformed ones, and a block.</summary>
    public static int WorkspaceSize(in Conv2DGeometry g) => ColourProducts.RowsSize(g) + ((ColourPoolBlock.WorkspaceSize + 15) / 16 * 16);

    /// <summary>Transforms the kernel [3][kernel width][in][out] for <see cref="ColourPoolTile"/> or <see cref="ColourPoolBlock"/>.</summary>
    /// <returns>With 32 wide registers [panels][taps][6][16], else [panels][6][taps][panel].</returns>
    public static void TransformKernel(in Conv2DGeometry g, float* source, float* target)
    {
        int lanes = Panel;
        (int tapStride, int pointStride) =
            Simd.Level == SimdLevel.Avx512 ? (WinogradTransform.Points * lanes, lanes) : (lanes, g.KernelWidth * g.InChannels * lanes);
        ColourProducts.TransformKernel(g, source, PanelsOf(g), lanes, tapStride, pointStride, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        long count = (long)pool.Batch * TileRowCount;
        for (long row = count * shard / Shards; row < count * (shard + 1) / Shards; row++)
        {
            (long image, long tileRow) = Math.DivRem(row, TileRowCount);
            switch (Simd.Level)
            {
                case SimdLevel.Vector128: Row<Lanes128>((int)image, (int)tileRow); break;
                case SimdLevel.Avx2: Row<Lanes256>((int)image, (int)tileRow); break;
                default: Row<Lanes512>((int)image, (int)tileRow); break;
            }
        }
    }

    private static int PanelsOf(in Conv2DGeometry g) => (g.OutChannels + Panel - 1) / Panel;

    // The last panel computes some channels again where they are no multiple.
    private static int FirstChannel(in Conv2DGeometry g, int panel) => Math.Min(panel * Panel, g.OutChannels - Panel);

    private void Row<TLanes>(int image, int tileRow)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        float* zeros = workspaces.Mine, transformed = zeros + ColourProducts.RowSize(conv);
        rows.Transform<TLanes>(image, tileRow, 0, 0, (2 * pool.OutWidth) + conv.KernelWidth - 1, transformed, ColourProducts.RowSize(conv), zeros);
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
        nint below = (2 * tileRow) + 1 < pool.OutHeight ? (nint)pool.OutWidth * pool.Channels : 0;
        nint first = ((((nint)image * pool.OutHeight) + (2 * tileRow)) * pool.OutWidth) * pool.Channels;
        int stride = ColourProducts.RowSize(conv), panels = PanelsOf(conv), pixels = Pixels;
        for (int i = 0; i < pool.OutWidth; i += pixels)
        {
            // The last tile of a row computes pixels again.
            int pixel = Math.Min(i, pool.OutWidth - pixels);
            nint index = first + ((nint)pixel * pool.Channels);
            float* input = transformed + (2 * pixel * conv.InChannels), weights = kernel;
            for (int panel = 0; panel < panels; panel++, weights += WinogradTransform.Points * Panel * Taps)
            {
                int channel = FirstChannel(conv, panel);
                nint at = index + channel;
                if (Simd.Level == SimdLevel.Avx512)
                    ColourPoolTile.Run<TChannels>(input, stride, weights, Taps, bias + channel, y + at, argMax + at, pool.Channels, below);
                else
                    ColourPoolBlock.Run<TLanes, TChannels>(
                        input, stride, weights, Taps, bias + channel, transformed + (WinogradTransform.Points * stride), y + at, argMax + at, pool.Channels, below);
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A 3-row convolution of pictures with few channels, such as colours, with bias, ReLU and 2 x 2 max-pooling. Winograd's F(4, 3) is
/// applied down the rows only: there it halves the multiplications and costs next to nothing, while a transform across pixels
/// of three channels would cost more than it saves. The six transformed rows stay in L1. A shard is a row of tiles: two pooled rows
/// of one picture.
/// </summary>
internal readonly unsafe struct ColourPoolWork(
    WinogradRows rows, Conv2DGeometry conv, Pool2DGeometry pool, float* kernel, float* bias, float* y, byte* argMax, Workspaces workspaces) : IShardedWork
{
    private const int Lanes = 16;
    private const int MaxChannels = 4;

    private const int MaxShards = 32;

    /// <summary>How many shards there are.</summary>
    public int Shards => Math.Min(MaxShards, pool.Batch * TileRowCount);

    private int TileRowCount => (pool.OutHeight + 1) / 2;

    private int Taps => conv.KernelWidth * conv.InChannels;

    /// <summary>Whether this way takes a convolution and its pooling.</summary>
    public static bool Fits(in Conv2DGeometry g, in Pool2DGeometry pool) =>
        Simd.Level == SimdLevel.Avx512
        && g is { KernelHeight: 3, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Groups: 1, InChannels: <= MaxChannels }
        && g.OutChannels % Lanes == 0 && pool.OutWidth >= 2;

    /// <summary>Floats of the transformed kernel.</summary>
    public static int KernelSize(in Conv2DGeometry g) => WinogradTransform.Points * g.KernelWidth * g.InChannels * g.OutChannels;

    /// <summary>Floats that a thread works in: a row of zeros and the transformed ones.</summary>
    public static int WorkspaceSize(in Conv2DGeometry g) => (WinogradTransform.Points + 1) * RowSize(g);

    /// <summary>Transforms the kernel [3][kernel width][in][out] into [out / 16][taps][6][16].</summary>
    public static void TransformKernel(in Conv2DGeometry g, float* source, float* target)
    {
        int taps = g.KernelWidth * g.InChannels, rowStride = taps * g.OutChannels;
        for (int block = 0; block < g.OutChannels; block += Lanes)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                for (int point = 0; point < WinogradTransform.Points; point++)
                {
                    float* from = source + (tap * g.OutChannels) + block;
                    for (int lane = 0; lane < Lanes; lane++, from++)
                        *target++ = (float)WinogradTransform.Filter(point, from[0], from[rowStride], from[2 * rowStride]);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* zeros = workspaces.Mine, transformed = zeros + RowSize(conv);
        long count = (long)pool.Batch * TileRowCount;
        for (long row = count * shard / Shards; row < count * (shard + 1) / Shards; row++)
        {
            (long image, long tileRow) = Math.DivRem(row, TileRowCount);
            rows.Transform<Lanes512>((int)image, (int)tileRow, 0, 0, (2 * pool.OutWidth) + conv.KernelWidth - 1, transformed, RowSize(conv), zeros);
            switch (conv.InChannels)
            {
                case 1: Row<Rows.R1>((int)image, (int)tileRow, transformed); break;
                case 2: Row<Rows.R2>((int)image, (int)tileRow, transformed); break;
                case 3: Row<Rows.R3>((int)image, (int)tileRow, transformed); break;
                default: Row<Rows.R4>((int)image, (int)tileRow, transformed); break;
            }
        }
    }

    private static int RowSize(in Conv2DGeometry g) => (((g.InWidth + g.PadLeft + g.PadRight) * g.InChannels) + 31) / 16 * 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row<TChannels>(int image, int tileRow, float* transformed)
        where TChannels : struct, IRowCount
    {
        nint below = (2 * tileRow) + 1 < pool.OutHeight ? (nint)pool.OutWidth * pool.Channels : 0;
        nint first = ((((nint)image * pool.OutHeight) + (2 * tileRow)) * pool.OutWidth) * pool.Channels;
        int stride = RowSize(conv);
        for (int i = 0; i < pool.OutWidth; i += 2)
        {
            // The last tile of an odd row computes a pixel again.
            int pixel = Math.Min(i, pool.OutWidth - 2);
            nint index = first + ((nint)pixel * pool.Channels);
            float* weights = kernel;
            for (int channel = 0; channel < pool.Channels; channel += Lanes, weights += WinogradTransform.Points * Lanes * Taps)
            {
                ColourPoolTile.Run<TChannels>(
                    transformed + (2 * pixel * conv.InChannels), stride, weights, Taps, bias + channel,
                    y + index + channel, argMax + index + channel, pool.Channels, below);
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Convolution, bias, ReLU and 2 x 2 max-pooling in one pass. Two rows of 24 convolution outputs of one panel (6 KiB) are
/// computed into a block on the stack and pooled from there: with the panel (18 KiB for 3 x 3 x 16 inputs) and the patch of
/// the picture they stay in L1, and the convolution's output never goes to memory. A band is some pooled rows of one picture, a shard
/// a range of bands; where the input needs padding, or is bytes, each copies its own.
/// </summary>
internal readonly unsafe struct ConvPoolWork(ConvWork conv, Pool2DGeometry pool, PoolBlock epilogue, Workspaces workspaces) : IShardedWork
{
    private const int Pixels = 24;
    private const int RowsOfBand = 8;

    private const int MaxShards = 32;

    /// <summary>How many shards there are.</summary>
    public int Shards => Math.Min(MaxShards, pool.Batch * Bands);

    private int Bands => (pool.OutHeight + RowsOfBand - 1) / RowsOfBand;

    /// <summary>Whether a pooling is one that this pass does: windows of 2 x 2 side by side, all inside.</summary>
    public static bool Fits(in Pool2DGeometry g) =>
        g is { PoolHeight: 2, PoolWidth: 2, StrideH: 2, StrideW: 2, PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0 };

    /// <summary>Floats that a thread works in: a band's padded input, nothing where the input is ready.</summary>
    public static nint WorkspaceSize(in ConvWork conv) => conv.X.NeedsCopy ? ((conv.InputRows(2 * RowsOfBand) * conv.X.RowStride) + 15) / 16 * 16 : 0;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* block = stackalloc float[2 * Pixels * TileRows.MaxWidth];
        float* padded = workspaces.Mine;
        long count = (long)pool.Batch * Bands;
        for (long unit = count * shard / Shards; unit < count * (shard + 1) / Shards; unit++)
        {
            (long image, long band) = Math.DivRem(unit, Bands);
            Band((int)image, (int)band * RowsOfBand, block, padded);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Band(int image, int start, float* block, float* padded)
    {
        int end = Math.Min(start + RowsOfBand, pool.OutHeight);
        nint rowStep = 2 * conv.RowStep * conv.X.RowStride;
        float* rows = padded;
        if (conv.X.NeedsCopy)
            conv.X.CopyRows(image, 2 * start * conv.RowStep, conv.InputRows(2 * (end - start)), padded);
        else
            rows = conv.X.Image(image) + (start * rowStep);
        for (int row = start; row < end; row++, rows += rowStep)
        {
            for (int first = 0; first < pool.OutWidth; first += Pixels / 2)
            {
                int pixels = Math.Min(Pixels / 2, pool.OutWidth - first);
                float* input = rows + (2 * first * (nint)conv.ColumnStep * conv.X.Channels);
                nint pixel = ((((nint)image * pool.OutHeight) + row) * pool.OutWidth) + first;
                for (int group = 0; group < conv.Groups; group++)
                {
                    for (int panel = 0; panel < conv.Kernel.Count; panel++)
                    {
                        int columns = conv.Panel(input, 2, 2 * pixels, group, panel, block, Pixels * TileRows.MaxWidth, TileRows.MaxWidth);
                        int channel = (group * conv.Kernel.Columns) + (panel * TileRows.MaxWidth);
                        epilogue.Run(block, Pixels * TileRows.MaxWidth, pixels, columns, channel, pixel);
                    }
                }
            }
        }
    }
}

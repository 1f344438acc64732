using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Convolution, bias, ReLU and 2 x 2 max-pooling in one pass. Two rows of 24 convolution outputs of one panel (6 KiB) are
/// computed into a block on the stack and pooled from there: with the panel (18 KiB for 3 x 3 x 16 inputs) and the patch of
/// the picture they stay in L1, and the convolution's output never goes to memory. A shard is a band of pooled rows of one picture.
/// </summary>
internal readonly unsafe struct ConvPoolWork(ConvWork conv, Pool2DGeometry pool, PoolBlock epilogue) : IShardedWork
{
    private const int Pixels = 24;
    private const int RowsOfBand = 8;

    /// <summary>How many bands there are.</summary>
    public int Shards => pool.Batch * Bands;

    private int Bands => (pool.OutHeight + RowsOfBand - 1) / RowsOfBand;

    /// <summary>Whether a pooling is one that this pass does: windows of 2 x 2 side by side, all inside.</summary>
    public static bool Fits(in Pool2DGeometry g) =>
        g is { PoolHeight: 2, PoolWidth: 2, StrideH: 2, StrideW: 2, PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0 };

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int band) = Math.DivRem(shard, Bands);
        float* ahead = null;
        float* block = stackalloc float[2 * Pixels * TileRows.MaxWidth];
        int end = Math.Min((band + 1) * RowsOfBand, pool.OutHeight);
        for (int row = band * RowsOfBand; row < end; row++)
        {
            for (int first = 0; first < pool.OutWidth; first += Pixels / 2)
            {
                int pixels = Math.Min(Pixels / 2, pool.OutWidth - first);
                float* input = conv.X.Image(image) + (2 * row * conv.RowStep * conv.X.RowStride) + (2 * first * (nint)conv.ColumnStep * conv.X.Channels);
                nint pixel = ((((nint)image * pool.OutHeight) + row) * pool.OutWidth) + first;
                for (int group = 0; group < conv.Groups; group++)
                {
                    for (int panel = 0; panel < conv.Kernel.Count; panel++)
                    {
                        int columns = conv.Panel(input, 2, 2 * pixels, group, panel, block, Pixels * TileRows.MaxWidth, TileRows.MaxWidth, ref ahead, null);
                        int channel = (group * conv.Kernel.Columns) + (panel * TileRows.MaxWidth);
                        epilogue.Run(block, Pixels * TileRows.MaxWidth, pixels, columns, channel, pixel);
                    }
                }
            }
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Convolution, bias, ReLU and 2 x 2 max-pooling in one pass. Two rows of 24 convolution outputs of one panel (6 KiB) are
/// computed into a block on the stack and pooled from there: with the panel (18 KiB for 3 x 3 x 16 inputs) and the patch of
/// the picture they stay in L1, and the convolution's output never goes to memory. A shard is a band of pooled rows of one picture.
/// </summary>
internal readonly unsafe struct ConvPoolWork(ConvWork conv, Pool2DGeometry pool, float* bias, float* y, byte* argMax) : IShardedWork
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
    public void Run(int shard)
    {
        (int image, int band) = Math.DivRem(shard, Bands);
        float* block = stackalloc float[2 * Pixels * TileRows.MaxWidth];
        int end = Math.Min((band + 1) * RowsOfBand, pool.OutHeight);
        for (int row = band * RowsOfBand; row < end; row++)
        {
            for (int first = 0; first < pool.OutWidth; first += Pixels / 2)
            {
                int pixels = Math.Min(Pixels / 2, pool.OutWidth - first);
                nint index = (((((nint)image * pool.OutHeight) + row) * pool.OutWidth) + first) * pool.Channels;
                for (int group = 0; group < conv.Groups; group++)
                {
                    for (int panel = 0; panel < conv.Kernel.Count; panel++)
                    {
                        int columns = conv.Panel(
                            image, 2 * row, 2, 2 * first, 2 * pixels, group, panel, block, Pixels * TileRows.MaxWidth, TileRows.MaxWidth);
                        int channel = (group * conv.Kernel.Columns) + (panel * TileRows.MaxWidth);
                        Pool(block, pixels, columns, bias + channel, index + channel);
                    }
                }
            }
        }
    }

    private void Pool(float* block, int pixels, int columns, float* offset, nint index)
    {
        for (int pixel = 0; pixel < pixels; pixel++, block += 2 * TileRows.MaxWidth, index += pool.Channels)
        {
            float* below = block + (Pixels * TileRows.MaxWidth);
            int c = 0;
            for (; c <= columns - Vector256<float>.Count; c += Vector256<float>.Count)
            {
                Vector256<float> add = Vector256.Load(offset + c);
                Vector256<float> greatest = Vector256.Load(block + c) + add;
                Vector256<int> at = Vector256<int>.Zero;
                Challenge(Vector256.Load(block + TileRows.MaxWidth + c) + add, 1, ref greatest, ref at);
                Challenge(Vector256.Load(below + c) + add, 2, ref greatest, ref at);
                Challenge(Vector256.Load(below + TileRows.MaxWidth + c) + add, 3, ref greatest, ref at);
                Epilogue.Rectify(greatest).Store(y + index + c);
                WindowPositions.Store(at, argMax, index + c, DType.UInt8);
            }

            for (; c < columns; c++)
            {
                float greatest = block[c] + offset[c];
                int at = 0;
                Challenge(block[TileRows.MaxWidth + c] + offset[c], 1, ref greatest, ref at);
                Challenge(below[c] + offset[c], 2, ref greatest, ref at);
                Challenge(below[TileRows.MaxWidth + c] + offset[c], 3, ref greatest, ref at);
                y[index + c] = greatest < 0 ? 0 : greatest;
                argMax[index + c] = (byte)at;
            }
        }
    }

    // A NaN wins and stays: ReLU and max-pooling pass it on, and no gradient flows where y is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(Vector256<float> value, int position, ref Vector256<float> greatest, ref Vector256<int> at)
    {
        Vector256<float> wins = Vector256.GreaterThan(value, greatest) | Vector256.IsNaN(value);
        greatest = Vector256.ConditionalSelect(wins, value, greatest);
        at = Vector256.ConditionalSelect(wins.AsInt32(), Vector256.Create(position), at);
    }

    private static void Challenge(float value, int position, ref float greatest, ref int at)
    {
        if (!(value > greatest) && !float.IsNaN(value))
            return;
        greatest = value;
        at = position;
    }
}

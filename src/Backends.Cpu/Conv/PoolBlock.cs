using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>The end of a fused convolution: bias, ReLU and 2 x 2 max-pooling of rows that are in cache.</summary>
internal readonly unsafe struct PoolBlock(float* bias, float* y, byte* argMax, int channels)
{
    /// <summary>Pools two rows of convolution.</summary>
    /// <param name="block">The upper row, <see cref="TileRows.MaxWidth"/> floats a pixel.</param>
    /// <param name="rowStride">Floats from it to the lower row.</param>
    /// <param name="pixels">How many pooled pixels.</param>
    /// <param name="columns">How many channels.</param>
    /// <param name="channel">The first of them.</param>
    /// <param name="firstPixel">The first pooled pixel of the batch.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(float* block, nint rowStride, int pixels, int columns, int channel, nint firstPixel)
    {
        float* offset = bias + channel;
        nint index = (firstPixel * channels) + channel;
        for (int pixel = 0; pixel < pixels; pixel++, block += 2 * TileRows.MaxWidth, index += channels)
        {
            float* below = block + rowStride;
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

    /// <summary>Where pooled pixels are written to.</summary>
    /// <param name="firstPixel">The first pooled pixel of the batch.</param>
    /// <param name="pixels">How many.</param>
    public AheadStretch Outputs(nint firstPixel, int pixels) => new(y + (firstPixel * channels), (nint)pixels * channels * sizeof(float));

    /// <summary>Where their places within windows are written to.</summary>
    /// <inheritdoc cref="Outputs"/>
    public AheadStretch Positions(nint firstPixel, int pixels) => new(argMax + (firstPixel * channels), (nint)pixels * channels);

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

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The input gradient of a depthwise convolution. A shard is a row of input pixels, and gathers from the output pixels that
/// read it.
/// </summary>
internal readonly unsafe struct DepthwiseInputGradient(Conv2DGeometry g, float* dy, float* kernel, float* dx) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int row) = Math.DivRem(shard, g.InHeight);
        int channels = g.InChannels;
        float* target = dx + ((nint)shard * g.InWidth * channels);
        for (int column = 0; column < g.InWidth; column++, target += channels)
        {
            var pixel = new Span<float>(target, channels);
            pixel.Clear();
            for (int i = 0; i < g.KernelHeight; i++)
            {
                (int fromRow, int rest) = Math.DivRem(row + g.PadTop - (i * g.DilationH), g.StrideH);
                if (rest != 0 || (uint)fromRow >= (uint)g.OutHeight)
                    continue;
                for (int j = 0; j < g.KernelWidth; j++)
                {
                    (int fromColumn, rest) = Math.DivRem(column + g.PadLeft - (j * g.DilationW), g.StrideW);
                    if (rest != 0 || (uint)fromColumn >= (uint)g.OutWidth)
                        continue;
                    float* from = dy + (((((nint)image * g.OutHeight) + fromRow) * g.OutWidth) + fromColumn) * channels;
                    float* weights = kernel + ((nint)((i * g.KernelWidth) + j) * channels);
                    TensorPrimitives.MultiplyAddEstimate(
                        new ReadOnlySpan<float>(from, channels), new ReadOnlySpan<float>(weights, channels), pixel, pixel);
                }
            }
        }
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A depthwise convolution: each channel has its own kernel, so channels are the vectors and nothing is shared between them. A
/// shard is a row of output pixels; its few input rows stay in L1 or L2.
/// </summary>
internal readonly unsafe struct DepthwiseWork(Conv2DGeometry g, float* x, float* kernel, float* bias, bool relu, float* y) : IShardedWork
{
    /// <summary>Whether a convolution is depthwise with one output a channel.</summary>
    public static bool Fits(in Conv2DGeometry g) => g.Groups == g.InChannels && g.GroupOutChannels == 1 && g.Groups > 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int row) = Math.DivRem(shard, g.OutHeight);
        int channels = g.InChannels;
        float* target = y + ((nint)shard * g.OutWidth * channels);
        for (int column = 0; column < g.OutWidth; column++, target += channels)
        {
            var pixel = new Span<float>(target, channels);
            pixel.Clear();
            for (int i = 0; i < g.KernelHeight; i++)
            {
                int fromRow = (row * g.StrideH) + (i * g.DilationH) - g.PadTop;
                if ((uint)fromRow >= (uint)g.InHeight)
                    continue;
                for (int j = 0; j < g.KernelWidth; j++)
                {
                    int fromColumn = (column * g.StrideW) + (j * g.DilationW) - g.PadLeft;
                    if ((uint)fromColumn >= (uint)g.InWidth)
                        continue;
                    float* from = x + (((((nint)image * g.InHeight) + fromRow) * g.InWidth) + fromColumn) * channels;
                    float* weights = kernel + ((nint)((i * g.KernelWidth) + j) * channels);
                    TensorPrimitives.MultiplyAddEstimate(
                        new ReadOnlySpan<float>(from, channels), new ReadOnlySpan<float>(weights, channels), pixel, pixel);
                }
            }
        }

        if (bias is not null || relu)
            Epilogue.BiasRelu(target - (g.OutWidth * (nint)channels), channels, g.OutWidth, channels, bias, relu);
    }
}

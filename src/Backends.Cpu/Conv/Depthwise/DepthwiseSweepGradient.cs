using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a depthwise convolution by sweeps along rows of its output's gradient, which is their target; they add to the sums in
/// their kernel. A shard is a range of rows and makes a partial result, a few floats a channel.
/// </summary>
internal readonly unsafe struct DepthwiseSweepGradient<TSweep>(Conv2DGeometry g, float* x, float* dy, float* zeros, float* partials, int shards) : IShardedWork
    where TSweep : struct, IDepthwiseSweep
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        int channels = g.InChannels, size = g.KernelHeight * g.KernelWidth * channels;
        var sweep = new SweepOperands
        {
            Width = g.InWidth,
            Count = g.OutWidth,
            Left = g.PadLeft,
            Channels = channels,
            Kernel = partials + ((nint)shard * size),
            Tap = channels,
        };
        new Span<float>(sweep.Kernel, size).Clear();
        long rows = (long)g.Batch * g.OutHeight, end = rows * (shard + 1) / shards;
        for (long index = rows * shard / shards; index < end; index++)
        {
            (long image, long row) = Math.DivRem(index, g.OutHeight);
            float* picture = x + ((nint)image * g.InHeight * g.InWidth * channels);
            sweep.Source = new SweepRows(picture, ((int)row * TSweep.Step) - g.PadTop, g.InHeight, g.InWidth, channels, zeros, isRow: true);
            sweep.Target = new SweepRows(dy, (int)index, (int)rows, g.OutWidth, channels, zeros, isRow: true);
            DepthwiseSweepWork<TSweep>.Channels(sweep);
        }
    }
}

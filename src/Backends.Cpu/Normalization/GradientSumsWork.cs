using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Σ dy and Σ dy·(x - mean)·scale of each channel in each block of rows: [blocks, channels] each; dy as <see cref="OuterGradient"/> has it.
/// </summary>
internal readonly unsafe struct GradientSumsWork(
    float* x, OuterGradient dy, RowBlocks blocks, float* mean, float* scale, float* sums, float* weighted) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint first, int rows) = blocks[shard];
        nint at = first * blocks.Channels, to = (nint)shard * blocks.Channels;
        ChannelSums.Gradients(x + at, dy.Skip(at), rows, blocks.Channels, mean, scale, sums + to, weighted + to);
    }
}

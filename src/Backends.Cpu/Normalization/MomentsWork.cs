using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// For each channel in each block of rows: the mean of the first eighth of the rows, how far all rows lie from it (as a sum), and the sum
/// of their squared distances from it: [blocks, channels] each. That mean costs no pass of its own, and is never further from the block's
/// than some three standard deviations: the rows that it is of are an eighth of those that it is compared with.
/// </summary>
internal readonly unsafe struct MomentsWork(float* x, RowBlocks blocks, float* means, float* rests, float* squares) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint first, int rows) = blocks[shard];
        int channels = blocks.Channels;
        nint at = (nint)shard * channels;
        float* block = x + (first * channels);
        int some = (rows + 7) / 8;
        ColumnReduction<SumReduction>.Run(block, channels, some, channels, means + at);
        RowMath.Map(new DivideByFunction(some), means + at, means + at, channels);
        ChannelSums.Centred(block, rows, channels, means + at, rests + at, squares + at);
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// For each channel in each block of rows: the mean of the first eighth of the rows, how far all rows lie from it (as a sum), and the sum
/// of their squared distances from it: [blocks, channels] each. That mean costs no pass of its own, and is never further from the block's
/// than some three standard deviations: the rows that it is of are an eighth of those that it is compared with.
/// </summary>
internal readonly unsafe struct MomentsWork(float* x, RowBlocks blocks, float* means, float* rests, float* squares) : IShardedWork
{
    private const int LeastRows = 64;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint first, int rows) = blocks[shard];
        int channels = blocks.Channels;
        nint at = (nint)shard * channels;
        float* block = x + (first * channels);
        int some = Math.Min(rows, Math.Max(LeastRows, rows / 8));
        ColumnReduction<SumReduction>.Run(block, channels, some, channels, means + at);
        RowMath.Map(new DivideByFunction(some), means + at, means + at, channels);
        ChannelSums.Centred(block, rows, channels, means + at, rests + at, squares + at);
    }

    /// <summary>
    /// The moments of all rows from those of the blocks, in double precision (Chan, Golub and LeVeque 1979: the distance of a
    /// block's mean from the whole's counts once a row).
    /// </summary>
    public void Combine(float* mean, float* variance)
    {
        for (int c = 0; c < blocks.Channels; c++)
        {
            double sum = 0, square = 0;
            for (int block = 0; block < blocks.Count; block++)
                sum += Mean(block, c) * blocks[block].Count;
            double middle = sum / blocks.Rows;
            for (int block = 0; block < blocks.Count; block++)
            {
                nint at = ((nint)block * blocks.Channels) + c;
                int rows = blocks[block].Count;
                double distance = Mean(block, c) - middle;
                square += squares[at] - ((double)rests[at] * rests[at] / rows) + (distance * distance * rows);
            }

            mean[c] = (float)middle;
            variance[c] = (float)Math.Max(square / blocks.Rows, 0);
        }
    }

    private double Mean(int block, int channel)
    {
        nint at = ((nint)block * blocks.Channels) + channel;
        return means[at] + ((double)rests[at] / blocks[block].Count);
    }
}

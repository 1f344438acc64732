using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The mean of each channel in each block of rows, what its rounding left out (as a sum), and the sum of squared distances from
/// it: [blocks, channels] each.
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
        ColumnReduction<SumReduction>.Run(block, channels, rows, channels, means + at);
        RowMath.Map(new DivideByFunction(rows), means + at, means + at, channels);
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

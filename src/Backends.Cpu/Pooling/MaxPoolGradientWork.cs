using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of max-pooling. Windows may overlap, so one shard does all windows of a picture for 64 channels, in row-major
/// order, on top of zeros.
/// </summary>
internal readonly unsafe struct MaxPoolGradientWork(Pool2DGeometry g, float* dy, byte* argMax, float* dx) : IShardedWork
{
    private const int ChannelsOfShard = 64;

    // Up to here it is cheaper to look at every position for eight channels at a time than to go to each channel's own.
    private const int PositionsToScan = 16;

    /// <summary>How many shards there are.</summary>
    public int Shards => g.Batch * Slices;

    private int Slices => (g.Channels + ChannelsOfShard - 1) / ChannelsOfShard;

    public void Run(int shard)
    {
        (int image, int slice) = Math.DivRem(shard, Slices);
        DType type = g.ArgMaxType;
        bool scan = g.PoolHeight * g.PoolWidth <= PositionsToScan;
        int first = slice * ChannelsOfShard, end = Math.Min(first + ChannelsOfShard, g.Channels);
        float* picture = dx + ((nint)image * g.InHeight * g.InWidth * g.Channels);
        for (nint pixel = 0; pixel < (nint)g.InHeight * g.InWidth; pixel++)
            new Span<float>(picture + (pixel * g.Channels) + first, end - first).Clear();
        for (int row = 0; row < g.OutHeight; row++)
        {
            for (int column = 0; column < g.OutWidth; column++)
            {
                nint index = (((((nint)image * g.OutHeight) + row) * g.OutWidth) + column) * g.Channels;
                var window = new PoolWindow(g, row, column);
                int c = first;
                for (; scan && c <= end - Vector256<float>.Count; c += Vector256<float>.Count)
                    Eight(picture + c, window, Vector256.Load(dy + index + c), WindowPositions.Load(argMax, index + c, type));
                for (; c < end; c++)
                {
                    (int i, int j) = Math.DivRem(WindowPositions.LoadOne(argMax, index + c, type), g.PoolWidth);
                    *Position(picture + c, window, i, j) += dy[index + c];
                }
            }
        }
    }

    private void Eight(float* picture, in PoolWindow window, Vector256<float> gradient, Vector256<int> at)
    {
        for (int i = window.FirstRow; i < window.EndRow; i++)
        {
            for (int j = window.FirstColumn; j < window.EndColumn; j++)
            {
                float* position = Position(picture, window, i, j);
                Vector256<int> here = Vector256.Equals(at, Vector256.Create((i * g.PoolWidth) + j));
                (Vector256.Load(position) + (gradient & here.AsSingle())).Store(position);
            }
        }
    }

    private float* Position(float* picture, in PoolWindow window, int i, int j) =>
        picture + ((((nint)(window.Top + i) * g.InWidth) + window.Left + j) * g.Channels);
}

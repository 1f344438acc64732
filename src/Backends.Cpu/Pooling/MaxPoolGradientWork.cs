using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of max-pooling. A shard does the windows of a picture for 64 channels, in row-major order, on top of zeros:
/// all of them where windows overlap, else those of 8 rows.
/// </summary>
internal readonly unsafe struct MaxPoolGradientWork(Pool2DGeometry g, float* dy, byte* argMax, float* dx) : IShardedWork
{
    private const int ChannelsOfShard = 64;

    // Up to here it is cheaper to look at every position for eight channels at a time than to go to each channel's own.
    private const int PositionsToScan = 16;

    private const int RowsOfBand = 8;

    /// <summary>How many shards there are.</summary>
    public int Shards => g.Batch * Bands * Slices;

    private int Bands => g.StrideH < g.PoolHeight ? 1 : (g.OutHeight + RowsOfBand - 1) / RowsOfBand;

    private int Slices => (g.Channels + ChannelsOfShard - 1) / ChannelsOfShard;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int index, int slice) = Math.DivRem(shard, Slices);
        (int image, int band) = Math.DivRem(index, Bands);
        int firstRow = band * RowsOfBand, endRow = band == Bands - 1 ? g.OutHeight : firstRow + RowsOfBand;
        DType type = g.ArgMaxType;
        bool scan = g.PoolHeight * g.PoolWidth <= PositionsToScan;
        int first = slice * ChannelsOfShard, end = Math.Min(first + ChannelsOfShard, g.Channels);
        float* picture = dx + ((nint)image * g.InHeight * g.InWidth * g.Channels);
        nint firstPixel = band == 0 ? 0 : (nint)((firstRow * g.StrideH) - g.PadTop) * g.InWidth;
        nint endPixel = (nint)(band == Bands - 1 ? g.InHeight : (endRow * g.StrideH) - g.PadTop) * g.InWidth;
        for (nint pixel = firstPixel; pixel < endPixel; pixel++)
            new Span<float>(picture + (pixel * g.Channels) + first, end - first).Clear();
        for (int row = firstRow; row < endRow; row++)
        {
            for (int column = 0; column < g.OutWidth; column++)
            {
                nint at = (((((nint)image * g.OutHeight) + row) * g.OutWidth) + column) * g.Channels;
                var window = new PoolWindow(g, row, column);
                int c = first;
                for (; scan && c <= end - Vector256<float>.Count; c += Vector256<float>.Count)
                    Eight(picture + c, window, Vector256.Load(dy + at + c), WindowPositions.Load(argMax, at + c, type));
                for (; c < end; c++)
                {
                    (int i, int j) = Math.DivRem(WindowPositions.LoadOne(argMax, at + c, type), g.PoolWidth);
                    *Position(picture + c, window, i, j) += dy[at + c];
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

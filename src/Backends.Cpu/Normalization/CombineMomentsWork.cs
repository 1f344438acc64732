using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The moments of all rows from those that <see cref="MomentsWork"/> found of the blocks, and gamma/sqrt(variance + epsilon), in double
/// precision (Chan, Golub and LeVeque 1979: the distance of a block's mean from the whole's counts once a row). A shard is a range of
/// channels, four of which go side by side.
/// </summary>
internal readonly unsafe struct CombineMomentsWork(
    RowBlocks blocks, float* means, float* rests, float* squares, float* gamma, float epsilon, float* mean, float* variance, float* scale) : IShardedWork
{
    private const int ChannelsOfShard = 64;

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(blocks.Channels, ChannelsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint c, nint end) = Shards.Range(blocks.Channels, shard, ChannelsOfShard);
        for (; c < end; c += 4)
            Channels(c, (int)Math.Min(4, end - c));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Channels(nint c, int lanes)
    {
        int channels = blocks.Channels, count = blocks.Count;
        Vector256<double> sum = default, square = default;
        for (int block = 0; block < count; block++)
        {
            nint at = ((nint)block * channels) + c;
            sum += (Load(means + at, lanes) * Vector256.Create((double)blocks[block].Count)) + Load(rests + at, lanes);
        }

        Vector256<double> middle = sum / Vector256.Create((double)blocks.Rows);
        for (int block = 0; block < count; block++)
        {
            nint at = ((nint)block * channels) + c;
            Vector256<double> rows = Vector256.Create((double)blocks[block].Count), part = Load(rests + at, lanes) / rows;
            Vector256<double> distance = Load(means + at, lanes) + part - middle;
            square += Load(squares + at, lanes) + (((distance * distance) - (part * part)) * rows);
        }

        Store(middle, mean + c, lanes);
        Store(Vector256.Max(square / Vector256.Create((double)blocks.Rows), Vector256<double>.Zero), variance + c, lanes);
        Store(Load(gamma + c, lanes) / Vector256.Sqrt(Load(variance + c, lanes) + Vector256.Create((double)epsilon)), scale + c, lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load(float* from, int lanes)
    {
        if (lanes < 4)
            return Vector256.Create(from[0], lanes > 1 ? from[1] : 0, lanes > 2 ? from[2] : 0d, 0);
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(Vector128.Load(from));
        return Vector256.Create(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<double> value, float* to, int lanes)
    {
        Vector128<float> narrow = Vector128.Narrow(value.GetLower(), value.GetUpper());
        if (lanes == 4)
        {
            narrow.Store(to);
            return;
        }

        for (int i = 0; i < lanes; i++)
            to[i] = narrow.GetElement(i);
    }
}

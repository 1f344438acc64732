using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Seeds and streams made of other ones.</summary>
internal static class SeedDrawing
{
    /// <summary>A seed drawn from a generator.</summary>
    public static ulong NextSeed(this RandomGenerator generator) => ForItem(generator.Next(), 0).Seed;

    /// <summary>The stream of an item: a function of seed, epoch and index, with no two alike in practice.</summary>
    /// <param name="key">Seed and epoch.</param>
    /// <param name="index">The item's index.</param>
    public static RandomKey ForItem(RandomKey key, long index)
    {
        var (x, y, z, w) = Philox.Block(key, (ulong)index);
        return new RandomKey(x | ((ulong)y << 32), z | ((ulong)w << 32));
    }
}

namespace Numerics.Backends.Cpu;

/// <summary>How a long array is cut into shards: by its length alone.</summary>
internal static class Shards
{
    /// <summary>Elements of one shard: 64 KiB of floats, which two operands and a result keep within the L2 cache.</summary>
    public const int Size = 16 * 1024;

    /// <summary>The number of shards.</summary>
    public static int Count(int length, int size = Size) => (int)(((long)length + size - 1) / size);

    /// <summary>The length of one shard.</summary>
    public static int Length(int length, int shard, int size = Size) => Math.Min(size, length - (shard * size));
}

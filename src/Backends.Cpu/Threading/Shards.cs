namespace Numerics.Backends.Cpu;

/// <summary>How a long array is cut into shards: by its length alone.</summary>
internal static class Shards
{
    /// <summary>Elements of one shard: 64 KiB of floats, which two operands and a result keep within the L2 cache.</summary>
    public const int Size = 16 * 1024;

    /// <summary>The number of shards.</summary>
    /// <param name="length">How many elements there are.</param>
    /// <param name="size">How many elements, or rows, a shard takes.</param>
    public static int Count(int length, int size = Size) => (int)(((long)length + size - 1) / size);

    /// <summary>The elements of one shard, from the first to before the end.</summary>
    public static (nint Start, nint End) Range(int length, int shard, int size = Size)
    {
        nint start = (nint)shard * size;
        return (start, Math.Min(start + size, length));
    }

    /// <summary>How many rows of a matrix a shard takes: about <see cref="Size"/> elements, at least one row.</summary>
    public static int RowsOf(int columns) => Math.Max(1, Size / Math.Max(1, columns));
}

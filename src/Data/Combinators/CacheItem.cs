using System.Buffers.Binary;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// How an item stands in a cache file: behind checksum and length the number of its arrays, then for each its type, rank and extents,
/// then the elements of all.
/// </summary>
internal static class CacheItem
{
    /// <summary>Checksum of 8 bytes, length of 4, and 4 that are zero.</summary>
    public const int HeaderLength = 16;

    private const int MaxRank = 16;

    /// <summary>The length of an item's content.</summary>
    public static int Length(in DataItem item) => checked(1 + Length(item.X) + Length(item.Y) + (item.SampleWeight is { } weight ? Length(weight) : 0));

    /// <summary>Writes an item's content.</summary>
    public static void Write(in DataItem item, Span<byte> content)
    {
        content[0] = (byte)(item.SampleWeight is null ? 2 : 3);
        int position = 1;
        Write(item.X, content, ref position);
        Write(item.Y, content, ref position);
        if (item.SampleWeight is { } weight)
            Write(weight, content, ref position);
    }

    /// <summary>Reads an item's content; null when it is not one.</summary>
    public static DataItem? Parse(ReadOnlySpan<byte> content)
    {
        if (content is not [2 or 3, ..])
            return null;
        int count = content[0];
        ReadOnlySpan<byte> rest = content[1..];
        NDArray? x = ParseArray(ref rest), y = ParseArray(ref rest), weight = count == 3 ? ParseArray(ref rest) : null;
        return x is null || y is null || (weight is null && count == 3) || rest.Length > 0 ? null : new DataItem(x, y, weight);
    }

    private static int Length(NDArray array) => checked(2 + (array.Shape.Rank * sizeof(int)) + array.Bytes.Length);

    private static void Write(NDArray array, Span<byte> content, ref int position)
    {
        content[position++] = (byte)array.DType;
        content[position++] = (byte)array.Shape.Rank;
        foreach (int extent in array.Shape)
        {
            BinaryPrimitives.WriteInt32LittleEndian(content[position..], extent);
            position += sizeof(int);
        }

        array.Bytes.CopyTo(content[position..]);
        position += array.Bytes.Length;
    }

    private static NDArray? ParseArray(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 2 || !Enum.IsDefined((DType)rest[0]) || rest[1] > MaxRank || rest.Length < 2 + (rest[1] * sizeof(int)))
            return null;
        var dtype = (DType)rest[0];
        int[] extents = new int[rest[1]];
        long size = dtype.Size();
        for (int i = 0; i < extents.Length; i++)
        {
            extents[i] = BinaryPrimitives.ReadInt32LittleEndian(rest[(2 + (i * sizeof(int)))..]);
            if (extents[i] < 0 || (size *= extents[i]) > int.MaxValue)
                return null;
        }

        rest = rest[(2 + (extents.Length * sizeof(int)))..];
        if (size > rest.Length)
            return null;
        NDArray array = NDArray.Empty(new Shape(extents), dtype);
        rest[..(int)size].CopyTo(array.Bytes);
        rest = rest[(int)size..];
        return array;
    }
}

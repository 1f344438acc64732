using System.Buffers.Binary;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// How an item stands in a cache file: behind checksum and length the numbers of its inputs, targets and weights, then for each of these
/// arrays its type, rank, extents and elements.
/// </summary>
internal static class CacheItem
{
    /// <summary>Checksum of 8 bytes, length of 4, and 4 that are zero.</summary>
    public const int HeaderLength = 16;

    private const int MaxRank = 16, CountsLength = (2 * sizeof(int)) + 1;

    /// <summary>The length of an item's content.</summary>
    public static int Length(in DataItem item)
    {
        int length = CountsLength;
        foreach (NDArray array in Arrays(item))
            length = checked(length + Length(array));
        return length;
    }

    /// <summary>Writes an item's content.</summary>
    public static void Write(in DataItem item, Span<byte> content)
    {
        BinaryPrimitives.WriteInt32LittleEndian(content, item.Inputs.Count);
        BinaryPrimitives.WriteInt32LittleEndian(content[sizeof(int)..], item.Targets.Count);
        content[CountsLength - 1] = (byte)(item.SampleWeight is null ? 0 : 1);
        int position = CountsLength;
        foreach (NDArray array in Arrays(item))
            Write(array, content, ref position);
    }

    /// <summary>Reads an item's content; null when it is not one.</summary>
    public static DataItem? Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length < CountsLength || content[CountsLength - 1] > 1)
            return null;
        int inputs = BinaryPrimitives.ReadInt32LittleEndian(content), targets = BinaryPrimitives.ReadInt32LittleEndian(content[sizeof(int)..]);
        ReadOnlySpan<byte> rest = content[CountsLength..];
        if (ParseArrays(ref rest, inputs) is not { } x || ParseArrays(ref rest, targets) is not { } y
            || ParseArrays(ref rest, content[CountsLength - 1]) is not { } weights || x.Length == 0 || y.Length == 0 || rest.Length > 0)
            return null;
        return new DataItem(x, y, weights is [var weight] ? weight : null);
    }

    private static IEnumerable<NDArray> Arrays(DataItem item) =>
        item.SampleWeight is { } weight ? [.. item.Inputs, .. item.Targets, weight] : [.. item.Inputs, .. item.Targets];

    // An array takes two bytes at least, so that no list is made that the content has no room for.
    private static NDArray[]? ParseArrays(ref ReadOnlySpan<byte> rest, int count)
    {
        if (count < 0 || count > rest.Length / 2)
            return null;
        var arrays = new NDArray[count];
        for (int i = 0; i < count; i++)
        {
            if (ParseArray(ref rest) is not { } array)
                return null;
            arrays[i] = array;
        }

        return arrays;
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

using System.Buffers.Binary;
using System.IO.Compression;

namespace Numerics.Formats;

/// <summary>What was done to the pieces of a data set before they were written. Source: HDF5 File Format Specification, IV.A.2.l.</summary>
internal sealed class Hdf5Filters
{
    // Deflate's own limit: a bit stands for 258 bytes at the most, and 2 bits are needed for one.
    private const int MaxExpansion = 1032;

    private const int Deflate = 1;
    private const int Shuffle = 2;
    private const int Checksum = 3;
    private const int ChecksumLength = 4;
    private const int FirstNamed = 256;

    private readonly List<int> _filters = [];

    /// <summary>The filters in a message.</summary>
    /// <exception cref="InvalidDataException">One is not known.</exception>
    public Hdf5Filters(ReadOnlySpan<byte> content)
    {
        var cursor = new Hdf5Cursor(content);
        byte version = cursor.Version("filters", 1, 2), count = cursor.Byte();
        cursor.Skip(version == 1 ? 6 : 0);
        for (int i = 0; i < count; i++)
        {
            int id = cursor.UInt16(), nameLength = version == 1 || id >= FirstNamed ? cursor.UInt16() : 0;
            cursor.Skip(2);
            int values = cursor.UInt16();
            cursor.Skip((version == 1 ? (nameLength + 7) / 8 * 8 : nameLength) + (4 * values) + (version == 1 && values % 2 != 0 ? 4 : 0));
            _filters.Add(id is Deflate or Shuffle or Checksum
                ? id
                : throw new InvalidDataException($"data in the compression {id} are not supported; known are gzip, shuffle and fletcher32"));
        }
    }

    /// <summary>A piece as it was before.</summary>
    /// <param name="bytes">The piece in the file.</param>
    /// <param name="length">How long it was.</param>
    /// <param name="size">The size of an element.</param>
    /// <param name="mask">Bits of filters that were left out.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public byte[] Undo(byte[] bytes, int length, int size, uint mask)
    {
        for (int i = _filters.Count - 1; i >= 0; i--)
        {
            if (i < 32 && (mask & (1u << i)) != 0)
                continue;
            bytes = _filters[i] switch
            {
                Deflate => Inflate(bytes, length),
                Shuffle => Unshuffle(bytes, size),
                _ => WithoutChecksum(bytes),
            };
        }

        return bytes.Length == length ? bytes : throw new InvalidDataException($"a piece of {length} bytes has {bytes.Length}");
    }

    // A checksum behind the data may be compressed with them.
    private static byte[] Inflate(byte[] bytes, int length)
    {
        if (length > (long)bytes.Length * MaxExpansion)
            throw new InvalidDataException($"{bytes.Length} bytes cannot be {length} compressed ones");
        byte[] result = new byte[length + ChecksumLength];
        using var stream = new ZLibStream(new MemoryStream(bytes, writable: false), CompressionMode.Decompress);
        int count = stream.ReadAtLeast(result, result.Length, throwOnEndOfStream: false);
        return result[..count];
    }

    private static byte[] WithoutChecksum(byte[] bytes)
    {
        if (bytes.Length < ChecksumLength)
            throw new InvalidDataException("a checksum is missing");
        byte[] data = bytes[..^ChecksumLength];
        return Fletcher32(data) == BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(data.Length))
            ? data
            : throw new InvalidDataException("a checksum is wrong");
    }

    // Sums of 16 bits with the carry added again, as in H5_checksum_fletcher32 of HDF5's source.
    private static uint Fletcher32(ReadOnlySpan<byte> data)
    {
        uint sum = 0, sumOfSums = 0;
        for (int i = 0; i < data.Length; i += 2)
        {
            sum += (uint)((data[i] << 8) | (i + 1 < data.Length ? data[i + 1] : 0));
            sum = (sum & 0xFFFF) + (sum >> 16);
            sumOfSums += sum;
            sumOfSums = (sumOfSums & 0xFFFF) + (sumOfSums >> 16);
        }

        return (sumOfSums << 16) | sum;
    }

    // The first bytes of all elements stand before their second ones.
    private static byte[] Unshuffle(byte[] bytes, int size)
    {
        int count = bytes.Length / size;
        byte[] result = [.. bytes];
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < size; k++)
                result[(i * size) + k] = bytes[(k * count) + i];
        }

        return result;
    }
}

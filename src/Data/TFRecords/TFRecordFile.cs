using System.Buffers.Binary;

namespace Numerics.Data;

/// <summary>
/// Files of TensorFlow's TFRecord format: records of any bytes, each framed by its length and two checksums. Source: TensorFlow
/// guide, "TFRecord and tf.train.Example".
/// </summary>
public static class TFRecordFile
{
    internal const int LengthLength = sizeof(ulong), CrcLength = sizeof(uint), HeaderLength = LengthLength + CrcLength;

    /// <summary>The records of a file, in order, every checksum verified. The file is open as long as they are enumerated.</summary>
    /// <param name="path">The file; not compressed.</param>
    /// <exception cref="InvalidDataException">The file is damaged; the message names path, offset and record.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    public static IEnumerable<byte[]> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new ArchiveFile(path);
        long offset = 0;
        for (int record = 0; Next(file, record, ref offset) is { } place; record++)
        {
            byte[] data = new byte[place.Length];
            ReadData(file, record, place, data);
            yield return data;
        }
    }

    /// <summary>Writes a file of records; an existing one is replaced when all is written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="records">The records.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<ReadOnlyMemory<byte>> records)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(records);
        using var file = new ReplacedFile(path);
        using (var writer = new TFRecordWriter(file.Stream, leaveOpen: true))
        {
            foreach (ReadOnlyMemory<byte> record in records)
                writer.Write(record.Span);
        }

        file.Commit();
    }

    /// <summary>The record at an offset, whose length is verified, and the offset of the next; null at the end of the file.</summary>
    internal static TFRecordPlace? Next(ArchiveFile file, int record, ref long offset)
    {
        if (offset == file.Length)
            return null;
        Span<byte> header = stackalloc byte[HeaderLength];
        file.Read(offset, header, $"the length of record {record}");
        Check(file, offset, header[..LengthLength], header[LengthLength..], $"the length of record {record}");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(header);
        long start = offset + HeaderLength;
        if (length > (ulong)Math.Max(file.Length - start - CrcLength, 0))
            throw file.Corrupt(offset, $"record {record} of {length} bytes goes beyond the end of the file at {file.Length}");
        if (length > (ulong)Array.MaxLength - CrcLength)
            throw file.Corrupt(offset, $"record {record} has {length} bytes, more than an array can hold");
        offset = start + (long)length + CrcLength;
        return new TFRecordPlace(start, (int)length);
    }

    /// <summary>Reads a record's data and verifies them.</summary>
    internal static void ReadData(ArchiveFile file, int record, TFRecordPlace place, Span<byte> data)
    {
        file.Read(place.Offset, data, $"record {record}");
        Span<byte> crc = stackalloc byte[CrcLength];
        file.Read(place.Offset + place.Length, crc, $"the checksum of record {record}");
        Check(file, place.Offset, data, crc, $"record {record}");
    }

    private static void Check(ArchiveFile file, long offset, ReadOnlySpan<byte> data, ReadOnlySpan<byte> crc, string what)
    {
        uint actual = MaskedCrc32C.Compute(data), stated = BinaryPrimitives.ReadUInt32LittleEndian(crc);
        if (actual != stated)
            throw file.Corrupt(offset, $"{what} is damaged: its masked CRC-32C is {actual:x8}, the file says {stated:x8}");
    }
}

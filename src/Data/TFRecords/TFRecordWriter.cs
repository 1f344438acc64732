using System.Buffers.Binary;

namespace Numerics.Data;

/// <summary>Writes records in TensorFlow's TFRecord format.</summary>
/// <param name="stream">Where they go.</param>
/// <param name="leaveOpen">Whether the stream stays open when the writer is disposed.</param>
public sealed class TFRecordWriter(Stream stream, bool leaveOpen = false) : IDisposable
{
    private readonly Stream _stream = stream ?? throw new ArgumentNullException(nameof(stream));

    /// <summary>Appends a record: its length, the length's checksum, the data, the data's checksum.</summary>
    /// <param name="data">Any bytes.</param>
    public void Write(ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[TFRecordFile.HeaderLength], crc = stackalloc byte[TFRecordFile.CrcLength];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(
            header[TFRecordFile.LengthLength..], MaskedCrc32C.Compute(header[..TFRecordFile.LengthLength]));
        BinaryPrimitives.WriteUInt32LittleEndian(crc, MaskedCrc32C.Compute(data));
        _stream.Write(header);
        _stream.Write(data);
        _stream.Write(crc);
    }

    /// <summary>Closes the stream, unless it is to stay open.</summary>
    public void Dispose()
    {
        if (!leaveOpen)
            _stream.Dispose();
    }
}

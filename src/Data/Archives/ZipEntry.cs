using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Numerics.Data;

/// <summary>A file in a zip archive, as the archive's directory describes it.</summary>
/// <param name="Name">Its path within the archive, with forward slashes whatever the archive has.</param>
/// <param name="IsEncrypted">Whether it takes a password.</param>
/// <param name="Method">How it is compressed: 0 not at all, 8 by Deflate.</param>
/// <param name="Crc32">The CRC-32 of its content.</param>
/// <param name="CompressedLength">How many bytes it takes in the archive.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="HeaderOffset">Where its local header starts.</param>
internal sealed record ZipEntry(
    string Name, bool IsEncrypted, int Method, uint Crc32, long CompressedLength, long Length, long HeaderOffset)
{
    private const int Stored = 0, Deflated = 8;
    private const int HeaderLength = 30, MostBytesOfDeflatedByte = 1032;
    private const uint HeaderSignature = 0x04034b50;

    /// <summary>
    /// Whether the lengths can be true, before memory is taken for the content: two bits of a deflated block stand for at most 258 bytes.
    /// </summary>
    public bool IsPossible(ArchiveFile archive, out string? damage)
    {
        damage = null;
        if (Method == Stored && !IsEncrypted && CompressedLength != Length)
            return Fail(HeaderOffset, $"a stored file has {Length} bytes but takes {CompressedLength}", out damage);
        return Length <= Math.Min(CompressedLength, archive.Length) * MostBytesOfDeflatedByte
            || Fail(HeaderOffset, $"{CompressedLength} bytes cannot hold a file of {Length}", out damage);
    }

    /// <summary>Reads and checks the content.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="target">Receives it; of <see cref="Length"/> bytes.</param>
    /// <param name="damage">What is wrong with it, and at which offset.</param>
    /// <returns>Whether all is well.</returns>
    public bool TryRead(ArchiveFile archive, Span<byte> target, out string? damage)
    {
        damage = null;
        if (IsEncrypted)
            return Fail(HeaderOffset, "the file is encrypted", out damage);
        if (Method is not (Stored or Deflated))
            return Fail(HeaderOffset, $"the file is compressed by method {Method}; only 0 (stored) and 8 (deflate) are known", out damage);
        if (HeaderOffset > archive.Length - HeaderLength)
            return Fail(HeaderOffset, "the file's header lies beyond the end of the archive", out damage);

        Span<byte> header = stackalloc byte[HeaderLength];
        archive.Read(HeaderOffset, header, "a header");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != HeaderSignature)
            return Fail(HeaderOffset, "no file header where the archive's directory says that one is", out damage);
        long start = HeaderOffset + HeaderLength + BinaryPrimitives.ReadUInt16LittleEndian(header[26..])
            + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        if (CompressedLength > archive.Length - start || CompressedLength > Array.MaxLength)
            return Fail(start, $"{CompressedLength} bytes of the file go beyond the end of the archive", out damage);

        if (Method == Stored)
        {
            archive.Read(start, target, Name);
        }
        else
        {
            using var compressed = new RentedBytes((int)CompressedLength);
            archive.Read(start, compressed.Span, Name);
            if (!TryInflate(compressed, target, start, out damage))
                return false;
        }

        uint crc = System.IO.Hashing.Crc32.HashToUInt32(target);
        return crc == Crc32 || Fail(start, $"the content's CRC-32 is {crc:x8}, the archive's directory says {Crc32:x8}", out damage);
    }

    private static bool TryInflate(RentedBytes compressed, Span<byte> target, long start, out string? damage)
    {
        damage = null;
        using var inflater = new DeflateStream(new MemoryStream(compressed.Array, 0, compressed.Length), CompressionMode.Decompress);
        try
        {
            int read = inflater.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
            if (read < target.Length)
                return Fail(start, $"the compressed data ends after {read} of {target.Length} bytes", out damage);
            return inflater.ReadByte() < 0 || Fail(start, $"the compressed data goes on after the {target.Length} bytes that it should have", out damage);
        }
        catch (InvalidDataException error)
        {
            return Fail(start, $"the compressed data is damaged: {error.Message}", out damage);
        }
    }

    private static bool Fail(long offset, string what, out string? damage)
    {
        damage = ArchiveFile.Place(offset, what);
        return false;
    }
}

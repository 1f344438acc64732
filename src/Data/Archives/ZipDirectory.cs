using System.Buffers.Binary;
using System.Text;

namespace Numerics.Data;

/// <summary>
/// The central directory of a zip archive, with ZIP64. Unlike <see cref="System.IO.Compression.ZipArchive"/>, entries can be read
/// by any number of threads, their checksums are verified, and what is wrong is named by its offset.
/// Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16.
/// </summary>
internal static class ZipDirectory
{
    private const int EndLength = 22, LongestComment = 0xFFFF, LocatorLength = 20, End64Length = 56, EntryLength = 46;
    private const uint EndSignature = 0x06054b50, LocatorSignature = 0x07064b50, End64Signature = 0x06064b50, EntrySignature = 0x02014b50, SignatureSignature = 0x05054b50;

    /// <summary>The entries that are files, in the directory's order.</summary>
    /// <exception cref="InvalidDataException">This is no zip archive, or its directory is damaged.</exception>
    public static List<ZipEntry> Read(ArchiveFile archive)
    {
        (long offset, long length, long count, long end) = FindDirectory(archive);
        if (offset < 0 || length < 0 || offset > end - length || length > Array.MaxLength)
            throw archive.Corrupt(offset, $"the archive's directory of {length} bytes does not lie before its end record at {end}");
        if (count < 0 || count > length / EntryLength)
            throw archive.Corrupt(offset, $"the archive's directory of {length} bytes cannot hold {count} entries");

        using var directory = new RentedBytes((int)length);
        archive.Read(offset, directory.Span, "the archive's directory");
        var entries = new List<ZipEntry>();
        int position = 0;
        for (long i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> rest = directory.Span[position..];
            if (rest.Length < EntryLength || U32(rest, 0) != EntrySignature)
                throw archive.Corrupt(offset + position, $"entry {i} of the archive's directory is no directory entry");
            int nameLength = U16(rest, 28), extraLength = U16(rest, 30), all = EntryLength + nameLength + extraLength + U16(rest, 32);
            if (all > rest.Length)
                throw archive.Corrupt(offset + position, $"entry {i} goes beyond the end of the archive's directory");
            ZipEntry entry = ReadEntry(archive, rest, rest.Slice(EntryLength, nameLength), rest.Slice(EntryLength + nameLength, extraLength), offset + position);
            if (!entry.Name.EndsWith('/'))
                entries.Add(entry);
            position += all;
        }

        // A digital signature may follow the entries, nothing else.
        if (position != length && (length - position < sizeof(uint) || U32(directory.Span, position) != SignatureSignature))
            throw archive.Corrupt(offset + position, $"the archive's directory goes on after the {count} entries that it should have");
        return entries;
    }

    private static ZipEntry ReadEntry(ArchiveFile archive, ReadOnlySpan<byte> fixedPart, ReadOnlySpan<byte> name, ReadOnlySpan<byte> extra, long offset)
    {
        long compressed = U32(fixedPart, 20), length = U32(fixedPart, 24), header = U32(fixedPart, 42);
        ReadOnlySpan<byte> wide = FindZip64(extra);
        if (!TakeWide(ref length, ref wide) || !TakeWide(ref compressed, ref wide) || !TakeWide(ref header, ref wide))
            throw archive.Corrupt(offset, "a ZIP64 entry lacks the lengths that it should have");
        string text = Decode(name).Replace('\\', '/');
        return new ZipEntry(text, (U16(fixedPart, 8) & 1) != 0, U16(fixedPart, 10), U32(fixedPart, 16), compressed, length, header);
    }

    // The end record is searched from the back: a comment of unknown length may follow it.
    private static (long Offset, long Length, long Count, long End) FindDirectory(ArchiveFile archive)
    {
        int tailLength = (int)Math.Min(archive.Length, EndLength + LongestComment);
        using var tail = new RentedBytes(tailLength);
        archive.Read(archive.Length - tailLength, tail.Span, "the archive's end");
        for (int i = tailLength - EndLength; i >= 0; i--)
        {
            ReadOnlySpan<byte> record = tail.Span[i..];
            if (U32(record, 0) != EndSignature || U16(record, 20) != record.Length - EndLength)
                continue;
            long end = archive.Length - tailLength + i, count = U16(record, 10), length = U32(record, 12), offset = U32(record, 16);
            bool isZip64 = count == ushort.MaxValue || length == uint.MaxValue || offset == uint.MaxValue;
            return isZip64 && FindDirectory64(archive, end) is { } wide ? wide : (offset, length, count, end);
        }

        throw archive.Corrupt(Math.Max(archive.Length - EndLength, 0), "no end record of a zip archive: not a zip archive, or one that was cut off");
    }

    private static (long Offset, long Length, long Count, long End)? FindDirectory64(ArchiveFile archive, long end)
    {
        if (end < LocatorLength)
            return null;
        Span<byte> locator = stackalloc byte[LocatorLength];
        archive.Read(end - LocatorLength, locator, "a ZIP64 locator");
        if (U32(locator, 0) != LocatorSignature)
            return null;
        long at = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
        if (at < 0 || at > end - LocatorLength - End64Length)
            throw archive.Corrupt(end - LocatorLength, $"the ZIP64 end record is said to be at {at}, which is not before this locator");
        Span<byte> record = stackalloc byte[End64Length];
        archive.Read(at, record, "a ZIP64 end record");
        if (U32(record, 0) != End64Signature)
            throw archive.Corrupt(at, "no ZIP64 end record where the locator says that one is");
        return (
            BinaryPrimitives.ReadInt64LittleEndian(record[48..]), BinaryPrimitives.ReadInt64LittleEndian(record[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(record[32..]), at);
    }

    private static ReadOnlySpan<byte> FindZip64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int length = Math.Min(U16(extra, 2), extra.Length - 4);
            if (U16(extra, 0) == 1)
                return extra.Slice(4, length);
            extra = extra[(4 + length)..];
        }

        return default;
    }

    private static bool TakeWide(ref long value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue)
            return true;
        if (wide.Length < sizeof(long))
            return false;
        value = BinaryPrimitives.ReadInt64LittleEndian(wide);
        wide = wide[sizeof(long)..];
        return value >= 0;
    }

    // Names are ASCII, UTF-8 where the flag says so, and on old archives of the DOS code page, which only has to be told apart here.
    private static string Decode(ReadOnlySpan<byte> name) =>
        System.Text.Unicode.Utf8.IsValid(name) ? Encoding.UTF8.GetString(name) : Encoding.Latin1.GetString(name);

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}

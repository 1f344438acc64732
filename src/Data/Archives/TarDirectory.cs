using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Numerics.Data;

/// <summary>
/// The files of an uncompressed tar archive: ustar, with the long names of pax and GNU. Unlike
/// <see cref="System.Formats.Tar.TarReader"/>, it reads no content, allocates no more than the file could hold, and names what is
/// wrong by its offset. Source: POSIX.1-2017, pax; GNU tar manual, "Basic Tar Format".
/// </summary>
internal static class TarDirectory
{
    private const int BlockLength = 512, LongestExtension = 1 << 20;

    /// <summary>The entries that are files, in their order.</summary>
    /// <exception cref="InvalidDataException">This is no tar archive, or it is damaged.</exception>
    public static List<TarEntry> Read(ArchiveFile archive)
    {
        var entries = new List<TarEntry>();
        Span<byte> block = stackalloc byte[BlockLength];
        string? longName = null;
        long? longLength = null;
        if (archive.Length < BlockLength)
            throw archive.Corrupt(0, $"not a tar archive: {archive.Length} bytes are less than one block");
        for (long offset = 0; ;)
        {
            if (offset >= archive.Length)
                throw archive.Corrupt(archive.Length, "the archive has no end mark, which is a block of zeros: it was cut off");
            archive.Read(offset, block, "a tar header");
            if (!block.ContainsAnyExcept((byte)0))
                return entries;
            CheckSum(archive, offset, block);
            long length = Number(archive, offset, block.Slice(124, 12), "length");
            char kind = (char)block[156];
            bool isFile = kind is '0' or '\0' or '7';
            if (isFile && longLength is { } wide)
                length = wide;
            if (length < 0 || length > archive.Length - offset - BlockLength)
                throw archive.Corrupt(offset, $"the entry's {length} bytes go beyond the end of the archive at {archive.Length}");

            switch (kind)
            {
                case 'L':
                    longName = Text(Extension(archive, offset, length));
                    break;
                case 'x':
                    ReadPax(archive, offset, Extension(archive, offset, length), ref longName, ref longLength);
                    break;
                case 'K' or 'g':
                    break;
                default:
                    if (isFile)
                        entries.Add(new TarEntry((longName ?? Name(block)).Replace('\\', '/'), offset + BlockLength, length));
                    (longName, longLength) = (null, null);
                    break;
            }

            offset += BlockLength + ((length + BlockLength - 1) / BlockLength * BlockLength);
        }
    }

    private static byte[] Extension(ArchiveFile archive, long offset, long length)
    {
        if (length > LongestExtension)
            throw archive.Corrupt(offset, $"a name or an extended header of {length} bytes; at most {LongestExtension} are read");
        byte[] content = new byte[length];
        archive.Read(offset + BlockLength, content, "an extended header");
        return content;
    }

    // Records "length key=value\n", the length in decimal and counting itself.
    private static void ReadPax(ArchiveFile archive, long offset, ReadOnlySpan<byte> content, ref string? name, ref long? length)
    {
        while (content.Length > 0)
        {
            int space = content.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(content[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int all)
                || all <= space || all > content.Length)
                throw archive.Corrupt(offset, "an extended header's record has no length, or a wrong one");
            ReadOnlySpan<byte> record = content[(space + 1)..all].TrimEnd((byte)'\n');
            int equals = record.IndexOf((byte)'=');
            ReadOnlySpan<byte> key = equals < 0 ? record : record[..equals], value = equals < 0 ? default : record[(equals + 1)..];
            if (key.SequenceEqual("path"u8))
                name = Text(value);
            else if (key.SequenceEqual("size"u8))
                length = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long parsed) ? parsed
                    : throw archive.Corrupt(offset, "an extended header gives a size that is not a number");
            content = content[all..];
        }
    }

    private static void CheckSum(ArchiveFile archive, long offset, ReadOnlySpan<byte> block)
    {
        long stated = Number(archive, offset, block.Slice(148, 8), "checksum");
        int sum = 8 * ' ';
        for (int i = 0; i < BlockLength; i++)
            sum += i is >= 148 and < 156 ? 0 : block[i];
        if (sum != stated)
            throw archive.Corrupt(offset, $"not a tar header: its checksum is {sum}, the header says {stated}");
    }

    // Octal digits; or, with the top bit of the first byte set, a binary number (GNU).
    private static long Number(ArchiveFile archive, long offset, ReadOnlySpan<byte> field, string what)
    {
        if ((field[0] & 0x80) != 0)
        {
            long binary = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            return binary >= 0 ? binary : throw archive.Corrupt(offset, $"not a tar header: its {what} is negative or too large");
        }

        long value = 0;
        foreach (byte digit in field.Trim([(byte)' ', (byte)0]))
        {
            if (digit is < (byte)'0' or > (byte)'7')
                throw archive.Corrupt(offset, $"not a tar header: its {what} is not an octal number");
            value = (value * 8) + digit - '0';
        }

        return value;
    }

    private static string Name(ReadOnlySpan<byte> block)
    {
        string name = Text(block[..100]);
        string prefix = block.Slice(257, 5).SequenceEqual("ustar"u8) && block[262] == 0 ? Text(block.Slice(345, 155)) : "";
        return prefix.Length > 0 ? $"{prefix}/{name}" : name;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }
}

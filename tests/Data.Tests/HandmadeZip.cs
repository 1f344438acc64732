using System.IO.Hashing;
using System.Text;

namespace Numerics.Data.Tests;

/// <summary>Zip archives of stored files, written field by field.</summary>
internal static class HandmadeZip
{
    public static byte[] Plain((string Name, byte[] Content)[] files) => Write(files, isWide: false);

    /// <summary>As an archive of more than 4 GiB is written: every length and offset in ZIP64 fields.</summary>
    public static byte[] Wide((string Name, byte[] Content)[] files) => Write(files, isWide: true);

    private static byte[] Write((string Name, byte[] Content)[] files, bool isWide)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        var offsets = new List<long>();
        foreach (var (name, content) in files)
        {
            offsets.Add(stream.Position);
            writer.Write(0x04034b50);
            writer.Write([20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            writer.Write(Crc32.HashToUInt32(content));
            writer.Write(content.Length);
            writer.Write(content.Length);
            writer.Write((ushort)name.Length);
            writer.Write((ushort)0);
            writer.Write(Encoding.ASCII.GetBytes(name));
            writer.Write(content);
        }

        long directory = stream.Position;
        for (int i = 0; i < files.Length; i++)
        {
            var (name, content) = files[i];
            writer.Write(0x02014b50);
            writer.Write([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            writer.Write(Crc32.HashToUInt32(content));
            writer.Write(isWide ? -1 : content.Length);
            writer.Write(isWide ? -1 : content.Length);
            writer.Write((ushort)name.Length);
            writer.Write((ushort)(isWide ? 4 + 6 + 24 : 0));
            writer.Write(new byte[10]);
            writer.Write(isWide ? -1 : (int)offsets[i]);
            writer.Write(Encoding.ASCII.GetBytes(name));
            if (!isWide)
                continue;

            // Another extra field before, as Info-ZIP writes one.
            writer.Write([0x78, 0x75, 2, 0, 9, 9]);
            writer.Write([1, 0, 24, 0]);
            writer.Write((long)content.Length);
            writer.Write((long)content.Length);
            writer.Write(offsets[i]);
        }

        long length = stream.Position - directory, end = stream.Position;
        if (isWide)
        {
            writer.Write(0x06064b50);
            writer.Write(44L);
            writer.Write([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            writer.Write((long)files.Length);
            writer.Write((long)files.Length);
            writer.Write(length);
            writer.Write(directory);
            writer.Write(0x07064b50);
            writer.Write(0);
            writer.Write(end);
            writer.Write(1);
        }

        writer.Write(0x06054b50);
        writer.Write(0);
        writer.Write((ushort)(isWide ? ushort.MaxValue : files.Length));
        writer.Write((ushort)(isWide ? ushort.MaxValue : files.Length));
        writer.Write(isWide ? -1 : (int)length);
        writer.Write(isWide ? -1 : (int)directory);
        writer.Write((ushort)0);
        return stream.ToArray();
    }
}

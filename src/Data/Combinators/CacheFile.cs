using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// A file of items: a header with the key's hash, the items one behind the other, a table of their places, and a footer. All numbers
/// are little-endian; every item and the table carry a checksum. Items are read through a memory map.
/// </summary>
internal sealed class CacheFile
{
    public const int HeaderLength = 64, FooterLength = 32, Alignment = 64;
    public const ulong Magic = 0x32304548434D554E, FooterMagic = 0x31304C4941544D4E;

    private readonly string _path;
    private readonly long[] _places;

    internal CacheFile(string path, long[] places)
    {
        (_path, _places) = (path, places);
        ItemCount = places.Count(place => place != 0);
    }

    /// <summary>The number of indices, those without an item included.</summary>
    public int Count => _places.Length;

    /// <summary>The number of items.</summary>
    public int ItemCount { get; }

    /// <summary>Opens a file; null when there is none, or one that was made with another key or is not whole.</summary>
    public static CacheFile? TryOpen(string path, string key)
    {
        if (!File.Exists(path))
            return null;
        using var file = new ArchiveFile(path);
        if (file.Length < HeaderLength + FooterLength)
            return null;
        Span<byte> header = stackalloc byte[HeaderLength], footer = stackalloc byte[FooterLength];
        file.Read(0, header, "the header");
        file.Read(file.Length - FooterLength, footer, "the footer");
        Span<byte> expected = stackalloc byte[HeaderLength];
        WriteHeader(expected, key);
        long table = BinaryPrimitives.ReadInt64LittleEndian(footer), count = BinaryPrimitives.ReadInt64LittleEndian(footer[8..]);
        if (!header.SequenceEqual(expected) || BinaryPrimitives.ReadUInt64LittleEndian(footer[24..]) != FooterMagic
            || count is < 0 or > int.MaxValue || table < HeaderLength || table != file.Length - FooterLength - (count * sizeof(long)))
            return null;

        var places = new long[count];
        Span<byte> bytes = MemoryMarshal.AsBytes(places.AsSpan());
        file.Read(table, bytes, "the table of places");
        if (XxHash3.HashToUInt64(bytes) != BinaryPrimitives.ReadUInt64LittleEndian(footer[16..]))
            return null;
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(places, places);
        return new CacheFile(path, places);
    }

    public static void WriteHeader(Span<byte> header, string key)
    {
        header.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        _ = SHA256.HashData(Encoding.UTF8.GetBytes(key), header[16..]);
    }

    /// <summary>The items at some indices, null where there is none; the file is mapped as long as they are enumerated.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; the message names path and offset.</exception>
    public IEnumerator<DataItem?> Read(int[] order)
    {
        if (ItemCount == 0)
        {
            foreach (int _ in order)
                yield return null;
            yield break;
        }

        using var map = MemoryMappedFile.CreateFromFile(_path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        using var view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        foreach (int index in order)
            yield return _places[index] == 0 ? null : ReadItem(view, _places[index]);
    }

    private DataItem ReadItem(MemoryMappedViewAccessor view, long place)
    {
        long capacity = (long)view.SafeMemoryMappedViewHandle.ByteLength;
        if (place < HeaderLength || place > capacity - CacheItem.HeaderLength)
            throw Corrupt(place, "an item's place lies outside the file");
        int length = view.ReadInt32(place + sizeof(ulong));
        if (length < 0 || length > capacity - place - CacheItem.HeaderLength)
            throw Corrupt(place, $"an item of {length} bytes goes beyond the end of the file");
        ulong stated = view.ReadUInt64(place);
        unsafe
        {
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            try
            {
                var content = new ReadOnlySpan<byte>(start + view.PointerOffset + place + CacheItem.HeaderLength, length);
                if (XxHash3.HashToUInt64(content) != stated)
                    throw Corrupt(place, "an item is damaged: its checksum is not the one in the file; delete the file to have it made again");
                return CacheItem.Parse(content) ?? throw Corrupt(place, "an item is not one");
            }
            finally
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
    }

    private InvalidDataException Corrupt(long offset, string what) => new($"{_path}: {ArchiveFile.Place(offset, what)}");
}

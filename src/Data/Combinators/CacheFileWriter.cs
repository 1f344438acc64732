using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Writes a <see cref="CacheFile"/>, items in any order; without <see cref="Commit"/> nothing is left of it.</summary>
internal sealed class CacheFileWriter : IDisposable
{
    private readonly string _path;
    private readonly ReplacedFile _file;
    private readonly List<long> _places;
    private long _position = CacheFile.HeaderLength;

    /// <summary>Begins a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="key">What it is kept under.</param>
    /// <param name="count">The number of indices, as far as it is known.</param>
    public CacheFileWriter(string path, string key, int count)
    {
        _path = path;
        _places = [.. new long[count]];
        _file = new ReplacedFile(path);
        Span<byte> header = stackalloc byte[CacheFile.HeaderLength];
        CacheFile.WriteHeader(header, key);
        _file.Stream.Write(header);
    }

    /// <summary>Writes what stands at an index.</summary>
    public void Write(int index, in DataItem? item)
    {
        while (_places.Count <= index)
            _places.Add(0);
        if (item is not { } some)
            return;
        int length = CacheItem.Length(some);
        using var content = new RentedBytes(length);
        CacheItem.Write(some, content.Span);
        Span<byte> header = stackalloc byte[CacheItem.HeaderLength];
        header.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, XxHash3.HashToUInt64(content.Span));
        BinaryPrimitives.WriteInt32LittleEndian(header[sizeof(ulong)..], length);
        _file.Stream.Write(header);
        _file.Stream.Write(content.Span);
        _places[index] = _position;
        _position += header.Length + length;
        int rest = (int)(-_position & (CacheFile.Alignment - 1));
        _file.Stream.Write(new byte[rest]);
        _position += rest;
    }

    /// <summary>Ends the file and gives it its name.</summary>
    public CacheFile Commit()
    {
        long[] places = [.. _places], stored = [.. places];
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(stored, stored);
        ReadOnlySpan<byte> table = MemoryMarshal.AsBytes<long>(stored);
        Span<byte> footer = stackalloc byte[CacheFile.FooterLength];
        BinaryPrimitives.WriteInt64LittleEndian(footer, _position);
        BinaryPrimitives.WriteInt64LittleEndian(footer[8..], places.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(footer[16..], XxHash3.HashToUInt64(table));
        BinaryPrimitives.WriteUInt64LittleEndian(footer[24..], CacheFile.FooterMagic);
        _file.Stream.Write(table);
        _file.Stream.Write(footer);
        _file.Commit();
        return new CacheFile(_path, places);
    }

    public void Dispose() => _file.Dispose();
}

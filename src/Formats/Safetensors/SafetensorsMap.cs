using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// A safetensors file that is mapped into memory: opening one of many gigabytes reads its header only, a tensor is read when it is
/// asked for, and several processes share the pages. Half precision, bfloat16 and doubles become floats.
/// </summary>
public sealed unsafe class SafetensorsMap : IDisposable
{
    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _data;
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Its header is damaged; the message has path and offset.</exception>
    public SafetensorsMap(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("safetensors files are little-endian, this machine is not");
        _path = path;
        using var stream = InputFile.Open(path);
        Span<byte> prefix = stackalloc byte[SafetensorsFile.LengthSize];
        if (stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false) < prefix.Length)
            throw new InvalidDataException($"{path}: offset 0: expected the header's length in {prefix.Length} bytes, the file has {stream.Length}");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)Math.Min(stream.Length - prefix.Length, SafetensorsFile.MaxHeaderLength))
            throw new InvalidDataException($"{path}: offset 0: a header of {length} bytes does not fit a file of {stream.Length}");
        byte[] json = new byte[length];
        stream.ReadExactly(json);
        long start = prefix.Length + (long)length;
        SafetensorsHeader header = SafetensorsHeader.Parse(json, path, prefix.Length, stream.Length - start, anyType: true);
        foreach (SafetensorsEntry entry in header.Entries)
            _entries.Add(entry.Name, entry);
        Metadata = header.Metadata;
        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _data);
        _data += _view.PointerOffset + start;
    }

    /// <summary>The tensors' names, in the order of their bytes.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Free text by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether there is a tensor of a name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>A tensor's extents.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public Shape ShapeOf(string name) => Entry(name).Shape;

    /// <summary>A tensor's type as the format calls it, such as <c>BF16</c>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public string TypeOf(string name) => Entry(name).Type;

    /// <summary>A tensor's bytes in the file, row-major; valid until the map is disposed of.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SafetensorsEntry entry = Entry(name);
        return new ReadOnlySpan<byte>(_data + entry.Begin, checked((int)(entry.End - entry.Begin)));
    }

    /// <summary>A copy of a tensor: F32, F16, BF16 and F64 as Float32, I32 as Int32, U8 as UInt8.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="InvalidDataException">It is of another type.</exception>
    public NDArray Read(string name)
    {
        SafetensorsEntry entry = Entry(name);
        ReadOnlySpan<byte> bytes = Bytes(name);
        NDArray array = NDArray.Empty(entry.Shape, entry.DType ?? DType.Float32);
        switch (entry.Type)
        {
            case "F32" or "I32" or "U8":
                bytes.CopyTo(array.Bytes);
                break;
            case "F16":
                Convert<Half>(bytes, array, value => (float)value);
                break;
            case "F64":
                Convert<double>(bytes, array, value => (float)value);
                break;
            case "BF16":
                Convert<ushort>(bytes, array, value => BitConverter.UInt32BitsToSingle((uint)value << 16));
                break;
            default:
                throw new InvalidDataException($"{_path}: tensor '{name}': type {entry.Type} is not supported");
        }

        return array;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static void Convert<T>(ReadOnlySpan<byte> bytes, NDArray array, Func<T, float> convert)
        where T : unmanaged
    {
        Span<float> values = array.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = convert(MemoryMarshal.Read<T>(bytes[(i * sizeof(T))..]));
    }

    private SafetensorsEntry Entry(string name) => _entries.TryGetValue(name, out SafetensorsEntry? entry)
        ? entry
        : throw new KeyNotFoundException($"{_path}: there is no tensor '{name}'");
}

using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// The data sets and attributes of an HDF5 file, as Keras' files have them. A reader of our own, for it has to be safe with files
/// of strangers: whatever is wrong with one is an <see cref="InvalidDataException"/>, no link by name is followed, nothing is
/// allocated that the file does not have the bytes for (compressed data: 1,032 bytes for one, which is deflate's limit). Source:
/// HDF5 File Format Specification, version 3.0.
/// </summary>
internal sealed class Hdf5Reader : IDisposable
{
    private const int SuperblockLength = 48;
    private const int OldSuperblockLength = 100;
    private const int AddressLength = 8;

    private readonly string _place;
    private readonly Hdf5Source _source;
    private readonly Hdf5Heap _heap;
    private readonly Dictionary<ulong, Hdf5Object> _objects = [];
    private readonly ulong _root;

    /// <summary>What every HDF5 file begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    /// <summary>Opens a file.</summary>
    /// <param name="stream">The file, seekable; closed with the reader.</param>
    /// <param name="place">What messages begin with.</param>
    /// <exception cref="InvalidDataException">It is no HDF5 file.</exception>
    public Hdf5Reader(Stream stream, string place)
    {
        _place = place;
        _source = new Hdf5Source(stream);
        _heap = new Hdf5Heap(_source);
        try
        {
            _root = Guard("/", FindRoot);
        }
        catch
        {
            _source.Dispose();
            throw;
        }
    }

    /// <summary>The number of bytes of the file.</summary>
    public long Length => _source.Length;

    /// <summary>Whether there is a group or a data set under a path.</summary>
    /// <exception cref="InvalidDataException">A link by name leads there, or something on the way is damaged.</exception>
    public bool Exists(string path) => Guard(path, () => Find(path) is not null);

    /// <summary>The names in a group, in the order of the file.</summary>
    public IReadOnlyList<string> Names(string path) => Guard(path, () => (string[])[.. Get(path).Links.Select(link => link.Name)]);

    /// <summary>A data set of numbers as floats.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="expected">The extents that it has to have.</param>
    /// <exception cref="InvalidDataException">It is not there, has other extents, or holds no numbers.</exception>
    public NDArray Read(string path, Shape expected) => Guard(path, () =>
    {
        if (Find(path) is not { } item)
            throw Error(path, $"expected {expected}, found none");
        var data = new Hdf5Data(_source, item);
        if (new Shape(data.Dims) is var shape && shape != expected)
            throw Error(path, $"expected {expected}, found {shape}");
        if (data.Type.Kind != Hdf5Kind.Float)
            throw Error(path, $"expected floating-point numbers of 2, 4 or 8 bytes, found {data.Type.Kind} of {data.Type.Size}");
        NDArray array = NDArray.Empty(shape);
        switch (data.Type.Size)
        {
            case 4:
                data.Read(array.Bytes);
                break;
            case 8:
                Convert<double>(data, array, value => (float)value);
                break;
            default:
                Convert<Half>(data, array, value => (float)value);
                break;
        }

        return array;
    });

    /// <summary>A whole number that stands alone.</summary>
    public long ReadWhole(string path) => Guard(path, () =>
    {
        var data = new Hdf5Data(_source, Get(path));
        if (data.Type.Kind != Hdf5Kind.Whole || data.Dims.Length != 0)
            throw Error(path, "expected a whole number");
        Span<byte> bytes = stackalloc byte[8];
        if (data.Type.Size is not (4 or 8))
            throw Error(path, $"expected a whole number of 4 or 8 bytes, found {data.Type.Size}");
        data.Read(bytes[..data.Type.Size]);
        return data.Type.Size == 8 ? MemoryMarshal.Read<long>(bytes) : MemoryMarshal.Read<int>(bytes);
    });

    /// <summary>A text in an attribute, or null when there is none.</summary>
    public string? Text(string path, string name) => Guard($"{path}@{name}", () =>
    {
        if (Get(path).Attribute(name) is not { } attribute)
            return null;
        return Texts(attribute) is [var text] ? text : throw new InvalidDataException("expected one text, found a list");
    });

    /// <summary>
    /// A list of texts in an attribute, or null when there is none. Keras cuts lists that are too long for one into several
    /// with numbers behind the name.
    /// </summary>
    public IReadOnlyList<string>? Texts(string path, string name) => Guard<IReadOnlyList<string>?>($"{path}@{name}", () =>
    {
        Hdf5Object item = Get(path);
        if (item.Attribute(name) is { } whole)
            return Texts(whole);
        var parts = new List<string>();
        for (int part = 0; item.Attribute($"{name}{part}") is { } attribute; part++)
            parts.AddRange(Texts(attribute));
        return parts.Count > 0 ? parts : null;
    });

    /// <summary>An error about something in the file.</summary>
    public InvalidDataException Error(string path, string message, Exception? cause = null) => new($"{_place}: '{path}': {message}", cause);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private static void Convert<T>(Hdf5Data data, NDArray array, Func<T, float> convert)
        where T : unmanaged
    {
        T[] numbers = new T[array.Shape.Size];
        data.Read(MemoryMarshal.AsBytes(numbers.AsSpan()));
        Span<float> values = array.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = convert(numbers[i]);
    }

    // The superblock says where the group of all others is.
    private ulong FindRoot()
    {
        if (_source.Length < SuperblockLength)
            throw new InvalidDataException("not an HDF5 file");
        var cursor = new Hdf5Cursor(_source.Read(0, (ulong)Math.Min(_source.Length, OldSuperblockLength)));
        if (!cursor.Bytes((ulong)Signature.Length).SequenceEqual(Signature))
            throw new InvalidDataException("not an HDF5 file");
        byte version = cursor.Version("an HDF5 file", 0, 3);
        cursor.Skip(version < 2 ? 4 : 0);
        (int addresses, int lengths) = (cursor.Byte(), cursor.Byte());
        if (addresses != AddressLength || lengths != AddressLength)
            throw new InvalidDataException($"addresses of {addresses} and lengths of {lengths} bytes are not supported, only {AddressLength}");
        cursor.Skip(version switch
        {
            0 => 9,
            1 => 13,
            _ => 1,
        });
        if (cursor.UInt64() != 0)
            throw new InvalidDataException("a file that begins within another is not supported");
        cursor.Skip(2 * AddressLength);
        if (version >= 2)
            return cursor.UInt64();
        cursor.Skip(2 * AddressLength);
        return cursor.UInt64();
    }

    private Hdf5Object Get(string path) => Find(path) ?? throw new InvalidDataException("there is no such group or data set");

    private Hdf5Object? Find(string path)
    {
        Hdf5Object item = ObjectAt(_root);
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!item.IsGroup)
                return null;
            int at = 0;
            while (at < item.Links.Count && item.Links[at].Name != name)
                at++;
            if (at == item.Links.Count)
                return null;
            if (item.Links[at].Refusal is { } refusal)
                throw new InvalidDataException($"'{name}' cannot be read: {refusal}");
            item = ObjectAt(item.Links[at].Address);
        }

        return item;
    }

    private Hdf5Object ObjectAt(ulong address)
    {
        if (!_objects.TryGetValue(address, out Hdf5Object? item))
            _objects.Add(address, item = new Hdf5Object(_source, address));
        return item;
    }

    private string[] Texts(Hdf5Attribute attribute)
    {
        string[] texts = new string[attribute.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            ReadOnlySpan<byte> bytes = attribute.Data.Span.Slice(i * attribute.Type.Size, attribute.Type.Size);
            texts[i] = attribute.Type.Kind switch
            {
                Hdf5Kind.Text => Hdf5Cursor.Text(bytes).TrimEnd(attribute.Type.Trim),
                Hdf5Kind.TextElsewhere => _heap.Text(bytes) ?? throw new InvalidDataException("a text is missing"),
                var kind => throw new InvalidDataException($"expected text, found {kind}"),
            };
        }

        return texts;
    }

    private T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException && !error.Message.StartsWith(_place, StringComparison.Ordinal))
        {
            throw Error(path, error.Message, error);
        }
    }
}

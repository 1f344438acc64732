using System.Runtime.InteropServices;
using Numerics.Tensors;
using PureHDF;

namespace Numerics.Formats;

/// <summary>
/// The data sets and attributes of an HDF5 file. Whatever is wrong with it is an <see cref="InvalidDataException"/>. Data in
/// other files, which HDF5 can refer to, are refused.
/// </summary>
internal sealed class Hdf5Reader : IDisposable
{
    private readonly string _place;
    private readonly Hdf5Stream _stream;
    private readonly IDisposable _file;
    private readonly IH5Group _root;

    /// <summary>Opens a file.</summary>
    /// <param name="stream">The file, at its start, seekable; closed with the reader.</param>
    /// <param name="place">What messages begin with.</param>
    /// <exception cref="InvalidDataException">It is no HDF5 file.</exception>
    public Hdf5Reader(Stream stream, string place)
    {
        _place = place;
        _stream = new Hdf5Stream(stream);
        try
        {
            var file = Guard("/", () => H5File.Open(_stream, leaveOpen: true));
            (_file, _root) = (file, file);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The number of bytes of the file.</summary>
    public long Length => _stream.Length;

    /// <summary>Whether there is a group or a data set under a path.</summary>
    public bool Exists(string path) => Guard(path, () => _root.LinkExists(path));

    /// <summary>The names in a group, in the order of the file.</summary>
    public IReadOnlyList<string> Names(string path) => Guard(path, () => (string[])[.. Group(path).Children().Select(child => child.Name)]);

    /// <summary>Whether something is a group.</summary>
    public bool IsGroup(string path) => Exists(path) && Guard(path, () => _root.Get(path) is IH5Group);

    /// <summary>The extents of a data set.</summary>
    public Shape ShapeOf(string path) => Guard(path, () => ShapeOf(Dataset(path)));

    /// <summary>A data set of numbers as floats.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="expected">The extents that it has to have.</param>
    /// <exception cref="InvalidDataException">It is not there, has other extents, or holds no numbers.</exception>
    public NDArray Read(string path, Shape expected)
    {
        if (!Exists(path))
            throw Error(path, $"expected {expected}, found none");
        return Guard(path, () =>
        {
            IH5Dataset dataset = Dataset(path);
            Shape shape = ShapeOf(dataset);
            if (shape != expected)
                throw Error(path, $"expected {expected}, found {shape}");
            if (shape.Size == 0)
                return new NDArray(shape);
            long before = _stream.BytesRead;
            NDArray array = NDArray.From(shape, ReadFloats(dataset, path));

            // A contiguous data set is read as a whole; a compressed one is shorter, but never nothing.
            long read = _stream.BytesRead - before, least = dataset.Layout.Class == H5DataLayoutClass.Chunked ? 1 : (long)shape.Size * dataset.Type.Size;
            return dataset.Layout.Class == H5DataLayoutClass.Compact || read >= least
                ? array
                : throw Error(path, "its data are not in this file");
        });
    }

    /// <summary>A whole number that stands alone.</summary>
    public long ReadWhole(string path) => Guard(path, () =>
    {
        IH5Dataset dataset = Dataset(path);
        if (dataset.Type.Class != H5DataTypeClass.FixedPoint || ShapeOf(dataset).Rank != 0)
            throw Error(path, "expected a whole number");
        return dataset.Type.Size switch
        {
            8 => dataset.Read<long>(),
            4 => dataset.Read<int>(),
            _ => throw Error(path, $"expected a whole number of 4 or 8 bytes, found {dataset.Type.Size}"),
        };
    });

    /// <summary>A text in an attribute, or null when there is none.</summary>
    public string? Text(string path, string name) => Guard($"{path}@{name}", () =>
    {
        IH5Object item = path == "/" ? _root : _root.Get(path);
        return item.AttributeExists(name) ? Checked(item.Attribute(name), path).Read<string>() : null;
    });

    /// <summary>
    /// A list of texts in an attribute, or null when there is none. Keras cuts lists that are too long for one into several
    /// with numbers behind the name.
    /// </summary>
    public IReadOnlyList<string>? Texts(string path, string name) => Guard<IReadOnlyList<string>?>($"{path}@{name}", () =>
    {
        IH5Object item = path == "/" ? _root : _root.Get(path);
        if (item.AttributeExists(name))
            return ReadTexts(item.Attribute(name), path);
        var parts = new List<string>();
        for (int part = 0; item.AttributeExists($"{name}{part}"); part++)
            parts.AddRange(ReadTexts(item.Attribute($"{name}{part}"), path));
        return parts.Count > 0 ? parts : null;
    });

    /// <summary>An error about something in the file.</summary>
    public InvalidDataException Error(string path, string message, Exception? cause = null) => new($"{_place}: '{path}': {message}", cause);

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _stream.Dispose();
    }

    private static Shape ShapeOf(IH5Dataset dataset) =>
        dataset.Space.Type == H5DataspaceType.Scalar ? Shape.Scalar : new Shape([.. dataset.Space.Dimensions.Select(dim => checked((int)dim))]);

    private string[] ReadTexts(IH5Attribute attribute, string path)
    {
        if (attribute.Space.Dimensions.Contains(0UL) || attribute.Space.Type == H5DataspaceType.Null)
            return [];
        string?[] texts = Checked(attribute, path).Read<string?[]>();
        return [.. texts.Select(text => text ?? throw Error(path, $"attribute '{attribute.Name}': a text is missing"))];
    }

    // A list of texts that the file has no room for would be made before it is read.
    private IH5Attribute Checked(IH5Attribute attribute, string path)
    {
        ulong bytes = (ulong)Math.Max(1, attribute.Type.Size);
        foreach (ulong dim in attribute.Space.Dimensions)
            bytes = checked(bytes * dim);
        if (attribute.Type.Class is not (H5DataTypeClass.String or H5DataTypeClass.VariableLength))
            throw Error(path, $"attribute '{attribute.Name}': expected text, found {attribute.Type.Class}");
        return bytes <= (ulong)_stream.Length
            ? attribute
            : throw Error(path, $"attribute '{attribute.Name}' of {bytes} bytes does not fit the file of {_stream.Length}");
    }

    private IH5Group Group(string path) => path == "/" ? _root : _root.Group(path);

    private IH5Dataset Dataset(string path) => _root.Get(path) as IH5Dataset ?? throw Error(path, "expected a data set, found a group");

    private float[] ReadFloats(IH5Dataset dataset, string path)
    {
        (H5DataTypeClass kind, int size) = (dataset.Type.Class, dataset.Type.Size);
        bool scalar = dataset.Space.Type == H5DataspaceType.Scalar;
        switch (kind, size)
        {
            case (H5DataTypeClass.FloatingPoint, 4):
                return scalar ? [dataset.Read<float>()] : Flat<float>(dataset);
            case (H5DataTypeClass.FloatingPoint, 8):
                return scalar ? [(float)dataset.Read<double>()] : Array.ConvertAll(Flat<double>(dataset), value => (float)value);
            case (H5DataTypeClass.FloatingPoint, 2):
                return scalar ? [(float)dataset.Read<Half>()] : Array.ConvertAll(Flat<Half>(dataset), value => (float)value);
            default:
                throw Error(path, $"expected floating-point numbers of 2, 4 or 8 bytes, found {kind} of {size}");
        }
    }

    private static T[] Flat<T>(IH5Dataset dataset)
        where T : unmanaged
    {
        ulong count = 1;
        foreach (ulong dim in dataset.Space.Dimensions)
            count *= dim;
        return dataset.Read<T[]>(memoryDims: [count]);
    }

    // The library answers damage with exceptions of many kinds.
    private T Guard<T>(string path, Func<T> read)
    {
        try
        {
            _stream.Begin();
            return read();
        }
        catch (Exception error) when (error is not InvalidDataException && error is not IOException or EndOfStreamException)
        {
            throw Error(path, error.Message, error);
        }
        catch (InvalidDataException error) when (!error.Message.StartsWith(_place, StringComparison.Ordinal))
        {
            throw Error(path, error.Message, error);
        }
    }
}

using Numerics.Tensors;
using PureHDF;

namespace Numerics.Formats;

/// <summary>An HDF5 file that is put together in memory and then written.</summary>
internal sealed class Hdf5Writer
{
    private readonly H5File _file = [];

    /// <summary>Makes a group, and those that it stands in, unless they are there.</summary>
    /// <param name="path">Names with '/' between them; <c>/</c> is the file itself.</param>
    public void AddGroup(string path) => _ = Group(path);

    /// <summary>Adds a data set of floats.</summary>
    /// <param name="path">Where it stands.</param>
    /// <param name="array">Its values, Float32.</param>
    public void Add(string path, NDArray array)
    {
        object data = array.Shape.Rank == 0 ? array.AsSpan<float>()[0] : array.AsSpan<float>().ToArray();
        Put(path, new H5Dataset(data, fileDims: array.Shape.Rank == 0 ? null : [.. array.Shape.Select(dim => (ulong)dim)]));
    }

    /// <summary>Adds a whole number.</summary>
    public void Add(string path, long value) => Put(path, new H5Dataset(value));

    /// <summary>Adds a text to a group.</summary>
    public void AddAttribute(string path, string name, string text) => Group(path).Attributes[name] = text;

    /// <summary>Adds a list of texts to a group; an empty one is left out, which readers of Keras' files take for the same.</summary>
    public void AddAttribute(string path, string name, IReadOnlyCollection<string> texts)
    {
        if (texts.Count > 0)
            Group(path).Attributes[name] = texts.ToArray();
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Where to; readable, writable and seekable.</param>
    public void Save(Stream stream) => _file.Write(stream);

    private H5Group Group(string path)
    {
        H5Group group = _file;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!group.TryGetValue(name, out object? child))
                group[name] = child = new H5Group();
            group = (H5Group)child;
        }

        return group;
    }

    private void Put(string path, H5Dataset dataset)
    {
        int at = path.LastIndexOf('/');
        Group(at < 0 ? "/" : path[..at])[path[(at + 1)..]] = dataset;
    }
}

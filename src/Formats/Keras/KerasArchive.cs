using System.IO.Compression;
using Numerics.Nn;

namespace Numerics.Formats;

/// <summary>The zip file of a .keras model. Its parts are read into memory; nothing is ever unpacked to disk.</summary>
internal sealed class KerasArchive : IDisposable
{
    /// <summary>Which Keras wrote the file, and when.</summary>
    public const string Metadata = "metadata.json";

    /// <summary>The model and how it is trained.</summary>
    public const string Config = "config.json";

    /// <summary>The weights, an HDF5 file.</summary>
    public const string Weights = "model.weights.h5";

    // Keras stores its parts as they are; weights hardly compress, and text not by more than this.
    private const int MaxExpansion = 100;
    private const long Slack = 1 << 16;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly ZipArchive _zip;

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">It is no zip file, or holds parts with names that lead out of it.</exception>
    public KerasArchive(string path)
    {
        _path = path;
        _stream = InputFile.Open(path);
        try
        {
            _zip = Guard(() => new ZipArchive(_stream, ZipArchiveMode.Read, leaveOpen: true));
            Guard(CheckNames);
        }
        catch
        {
            _stream.Dispose();
            throw;
        }
    }

    /// <summary>The content of a part.</summary>
    /// <exception cref="InvalidDataException">It is not there, is damaged, or unpacks to far more than it takes in the file.</exception>
    public byte[] Read(string name) => Guard(() =>
    {
        ZipArchiveEntry entry = _zip.GetEntry(name) ?? throw Error($"there is no '{name}'");
        if (entry.CompressedLength < 0 || entry.CompressedLength > _stream.Length || entry.Length < 0 ||
            entry.Length > (entry.CompressedLength * MaxExpansion) + Slack || entry.Length > Array.MaxLength)
        {
            throw Error($"'{name}' takes {entry.CompressedLength} bytes and would unpack to {entry.Length}");
        }

        byte[] content = new byte[entry.Length];
        using Stream stream = entry.Open();
        int count = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return count == content.Length && stream.ReadByte() < 0 ? content : throw Error($"'{name}' is not {content.Length} bytes long, as it says");
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _zip.Dispose();
        _stream.Dispose();
    }

    /// <summary>Writes an archive; the parts are stored as they are, as Keras does.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="parts">Names and contents.</param>
    public static void Write(Stream stream, params ReadOnlySpan<(string Name, ReadOnlyMemory<byte> Content)> parts)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, ReadOnlyMemory<byte> content) in parts)
        {
            using Stream part = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
            part.Write(content.Span);
        }
    }

    private bool CheckNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in _zip.Entries)
        {
            string name = entry.FullName;
            if (Path.IsPathRooted(name) || name.Contains('\\', StringComparison.Ordinal) || name.Split('/').Contains(".."))
                throw Error($"the part '{name}' lies outside of the file");
            if (!names.Add(name))
                throw Error($"there are two parts '{name}'");
        }

        return true;
    }

    private InvalidDataException Error(string message, Exception? cause = null) => new($"{_path}: {message}", cause);

    // Damage shows itself in exceptions of many kinds.
    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is not IOException || error is EndOfStreamException)
        {
            throw error is InvalidDataException && error.Message.StartsWith(_path, StringComparison.Ordinal)
                ? error
                : Error($"damaged zip file: {error.Message}", error);
        }
    }
}

using Microsoft.Win32.SafeHandles;

namespace Numerics.Data;

/// <summary>A file that is read at any place, by any number of threads; what is wrong with it is said with path and offset.</summary>
internal sealed class ArchiveFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    public ArchiveFile(string path)
    {
        Path = path;
        _handle = InputFile.Open(path, FileOptions.RandomAccess);
        Length = RandomAccess.GetLength(_handle);
    }

    public string Path { get; }

    /// <summary>The file's length in bytes when it was opened.</summary>
    public long Length { get; }

    /// <summary>When the file was written last.</summary>
    public DateTime Written => File.GetLastWriteTimeUtc(_handle);

    /// <summary>Fills a span with the bytes at an offset.</summary>
    /// <param name="offset">Where they start.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="what">What they are, for the message when the file ends before them.</param>
    public void Read(long offset, Span<byte> target, string what)
    {
        if (offset < 0 || offset > Length - target.Length)
            throw Corrupt(offset, $"{what} of {target.Length} bytes goes beyond the end of the file at {Length}");
        while (target.Length > 0)
        {
            int read = RandomAccess.Read(_handle, target, offset);
            if (read == 0)
                throw Corrupt(offset, $"the file ended within {what}: it has become shorter while it was read");
            offset += read;
            target = target[read..];
        }
    }

    /// <summary>The error that the file's content is not what it should be.</summary>
    public InvalidDataException Corrupt(long offset, string what, Exception? cause = null) => new($"{Path}: {Place(offset, what)}", cause);

    /// <summary>What is wrong, and where, without the path.</summary>
    public static string Place(long offset, string what) => $"offset {offset}: {what}";

    public void Dispose() => _handle.Dispose();
}

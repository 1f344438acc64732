namespace Numerics.Data;

/// <summary>
/// A file that is written under a temporary name beside its own and takes its name, at once, when all of it is there; without
/// <see cref="Commit"/> nothing is left of it.
/// </summary>
internal sealed class ReplacedFile : IDisposable
{
    private readonly string _path, _temporary;
    private bool _committed;

    public ReplacedFile(string path)
    {
        _path = path;
        _temporary = $"{path}.tmp";
        Stream = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16);
    }

    public FileStream Stream { get; }

    /// <summary>Gives the file its name.</summary>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed)
            File.Delete(_temporary);
    }
}

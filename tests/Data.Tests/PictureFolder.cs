namespace Numerics.Data.Tests;

/// <summary>A directory for the files of one test.</summary>
internal sealed class PictureFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("numerics-data-").FullName;

    /// <summary>Writes a file, making the folders on the way to it, and returns its path.</summary>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = System.IO.Path.Combine([Path, .. name.Split('/')]);
        _ = Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

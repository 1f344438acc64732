using Numerics.Samples.CatsVsDogs.Drawings;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>A folder for the files of one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("numerics-catsvsdogs-").FullName;

    public string this[string name] => System.IO.Path.Combine([Path, .. name.Split('/')]);

    /// <summary>Writes a file, making the folders on the way to it, and returns its path.</summary>
    public string Write(string name, ReadOnlySpan<byte> content)
    {
        string path = this[name];
        _ = Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Makes a folder of drawings, <c>Cat</c> and <c>Dog</c>, and returns its path.</summary>
    public string WriteDrawings(string name, int each)
    {
        for (int number = 1; number <= each; number++)
        {
            foreach (Species species in Enum.GetValues<Species>())
                _ = Write($"{name}/{species}/{number}.jpg", Drawing.Draw(21, species, number));
        }

        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

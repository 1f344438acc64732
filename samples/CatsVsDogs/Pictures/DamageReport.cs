using Numerics.Data;

namespace Numerics.Samples.CatsVsDogs.Pictures;

/// <summary>Tells which files were left out because they cannot be decoded.</summary>
internal static class DamageReport
{
    private const int Named = 5;

    /// <summary>Writes how many there are, and the names of the first.</summary>
    public static void Write(TextWriter writer, params ReadOnlySpan<ImageDataset> sources)
    {
        List<DamagedFile> damaged = [];
        foreach (ImageDataset source in sources)
            damaged.AddRange(source.Damaged);
        if (damaged.Count == 0)
            return;
        writer.WriteLine($"{damaged.Count} damaged {(damaged.Count == 1 ? "file" : "files")} left out:");
        foreach (DamagedFile file in damaged.Take(Named))
            writer.WriteLine($"  {file}");
        if (damaged.Count > Named)
            writer.WriteLine($"  and {damaged.Count - Named} more");
    }
}

using Numerics.Data;

namespace Numerics.Samples.CatsVsDogs.Report;

/// <summary>Tells what a data set holds.</summary>
/// <param name="found">What was found of each file.</param>
internal sealed class DataReport(ImageInspection found)
{
    private const int Named = 5;

    /// <summary>Counts, formats, sizes, what is left out and why, and which files are the same.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"{"class",-10} {"files",7} {"decodable",10} {"tfds",7} {"keras",7}");
        for (int label = 0; label < found.ClassNames.Length; label++)
            WriteCounts(output, found.ClassNames[label], [.. found.Files.Where(file => file.Label == label)]);
        WriteCounts(output, "all", [.. found.Files]);

        output.WriteLine($"formats    {string.Join(", ", found.Files.CountBy(file => file.Format).OrderByDescending(pair => pair.Value).Select(pair => $"{Name(pair.Key)} {pair.Value:N0}"))}");
        WriteSpread(output, "height", "px", [.. found.Files.Where(file => file.Height > 0).Select(file => file.Height)]);
        WriteSpread(output, "width", "px", [.. found.Files.Where(file => file.Width > 0).Select(file => file.Width)]);
        WriteSpread(output, "length", "bytes", [.. found.Files.Where(file => file.Length > 0).Select(file => file.Length)]);

        InspectedFile[] damaged = [.. found.Files.Where(file => file.Damage is not null)];
        WriteList(output, $"{damaged.Length:N0} cannot be decoded", [.. damaged.Select(file => $"{file.Path}: {file.Damage}")]);
        InspectedFile[] noJfif = [.. found.Files.Where(file => file.Damage is null && !file.HasEarlyJfif)];
        WriteList(output, $"{noJfif.Length:N0} can, but have no JFIF in their first 512 bytes", [.. noJfif.Select(file => $"{file.Path}: {Name(file.Format)}{(file.HasJfif ? ", JFIF further behind" : "")}")]);
        var same = found.Duplicates;
        WriteList(output, $"{same.Length:N0} pictures stand more than once", [.. same.Select(group => string.Join(" = ", group))]);
    }

    private static void WriteCounts(TextWriter output, string name, InspectedFile[] files) => output.WriteLine(
        $"{name,-10} {files.Length,7:N0} {files.Count(file => file.IsTakenBy(FilePolicy.Decodable)),10:N0} "
        + $"{files.Count(file => file.IsTakenBy(FilePolicy.Tfds)),7:N0} {files.Count(file => file.IsTakenBy(FilePolicy.Keras)),7:N0}");

    private static void WriteSpread(TextWriter output, string what, string unit, int[] values)
    {
        if (values.Length == 0)
            return;
        Array.Sort(values);
        output.WriteLine($"{what,-10} {values[0]:N0} to {values[^1]:N0} {unit}, median {values[values.Length / 2]:N0}");
    }

    private static void WriteList(TextWriter output, string title, string[] lines)
    {
        output.WriteLine(lines.Length == 0 ? title : $"{title}:");
        foreach (string line in lines.Take(Named))
            output.WriteLine($"  {line}");
        if (lines.Length > Named)
            output.WriteLine($"  and {lines.Length - Named:N0} more");
    }

    private static string Name(ImageFormat format) => format switch
    {
        ImageFormat.Unknown => "none that is known",
        ImageFormat.Webp => "WebP",
        _ => format.ToString().ToUpperInvariant(),
    };
}

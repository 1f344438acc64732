using System.Text.Json.Nodes;
using Numerics.Data;

namespace Numerics.Samples.CatsVsDogs.Pictures;

/// <summary>Tells which files were left out because they cannot be decoded.</summary>
internal static class DamageReport
{
    private const int Named = 5;

    /// <summary>The files with their reasons.</summary>
    public static JsonArray ToJson(params ReadOnlySpan<ImageDataset> sources)
    {
        var list = new JsonArray();
        foreach (ImageDataset source in sources)
        {
            foreach (DroppedFile file in source.Dropped)
                list.Add((JsonNode)new JsonObject { ["file"] = file.Path, ["reason"] = file.Reason });
        }

        return list;
    }

    /// <summary>Writes how many there are, and the names of the first.</summary>
    public static void Write(TextWriter writer, params ReadOnlySpan<ImageDataset> sources)
    {
        List<DroppedFile> dropped = [];
        foreach (ImageDataset source in sources)
            dropped.AddRange(source.Dropped);
        if (dropped.Count == 0)
            return;
        writer.WriteLine($"{dropped.Count} damaged {(dropped.Count == 1 ? "file" : "files")} left out:");
        foreach (DroppedFile file in dropped.Take(Named))
            writer.WriteLine($"  {file}");
        if (dropped.Count > Named)
            writer.WriteLine($"  and {dropped.Count - Named} more");
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>What the README shows is what compiles and runs.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Directory.GetCurrentDirectory();

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        _folder.Dispose();
    }

    [Fact]
    public void Every_line_of_C_sharp_in_the_README_stands_in_the_compiled_examples()
    {
        string here = Path.GetDirectoryName(ThisFile())!;
        string[] compiled = [.. File.ReadLines(Path.Combine(here, "ReadmeExamples.cs")).Select(line => line.Trim())];
        string[] shown = [.. CodeLines(Path.Combine(here, "..", "..", "README.md")).Select(line => line.Trim())];
        Assert.True(shown.Length > 20);
        Assert.Empty(shown.Except(compiled));
    }

    [Fact]
    public void The_examples_run()
    {
        _ = _folder.WriteDrawings("PetImages", 2);
        Directory.SetCurrentDirectory(_folder.Path);
        var (history, loss, gradients) = ReadmeExamples.Run();
        Assert.Equal(10, history["loss"].Count);
        Assert.All(history["loss"], value => Assert.InRange(value, 0, 10));
        Assert.InRange(loss, 0, 10);
        Assert.Equal(10, gradients);
    }

    private static IEnumerable<string> CodeLines(string path)
    {
        bool inside = false;
        foreach (string line in File.ReadLines(path))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```csharp";
            else if (inside && line.Length > 0)
                yield return line;
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}

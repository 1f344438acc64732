using System.Runtime.CompilerServices;
using Numerics.Tensors;

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

    [Theory]
    [InlineData("README.md", 20)]
    [InlineData("docs/imbalance.md", 10)]
    public void Every_line_of_C_sharp_stands_in_the_compiled_examples(string page, int least)
    {
        string here = Path.GetDirectoryName(ThisFile())!;
        string[] compiled = [.. File.ReadLines(Path.Combine(here, "ReadmeExamples.cs")).Select(line => line.Trim())];
        string[] shown = [.. CodeLines(Path.Combine(here, "..", "..", page)).Select(line => line.Trim())];
        Assert.True(shown.Length > least);
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

    [Fact]
    public void The_guide_to_imbalance_runs()
    {
        NDArray x = NDArray.From([40, 3], [.. Enumerable.Range(0, 120).Select(i => (i % 7) - (i % 11 * 0.5f))]);
        NDArray y = NDArray.From([40, 2], [.. Enumerable.Range(0, 40).SelectMany(i => i % 8 == 0 ? new[] { 0f, 1 } : [1, 0])]);
        Assert.InRange(ReadmeExamples.ImbalanceGuide(x, y), 0, 1);
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

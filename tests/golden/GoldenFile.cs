using System.Text.Json;
using Numerics.Tensors;

namespace Numerics.Golden;

/// <summary>
/// A file of reference cases computed in float64, from the folder of golden files beside the test assembly. A missing file,
/// case or field
/// fails the test that asks for it.
/// </summary>
internal static class GoldenFile
{
    /// <summary>Every case of a file.</summary>
    /// <param name="name">The file's name, such as <c>dense.json</c>.</param>
    public static IReadOnlyList<GoldenCase> Load(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "golden", name)));
        GoldenCase[] cases = [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(element => new GoldenCase(element.Clone()))];
        return cases.Length > 0 ? cases : throw new InvalidDataException($"{name} holds no cases");
    }

    /// <summary>The names of a file's cases, for theories.</summary>
    public static TheoryData<string> Names(string name) => [.. Load(name).Select(golden => golden.Name)];

    /// <summary>One case of a file.</summary>
    public static GoldenCase Case(string file, string name) => Load(file).Single(golden => golden.Name == name);
}

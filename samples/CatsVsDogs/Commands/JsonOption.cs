using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>--json</c>: the results as one JSON document on the output, everything else on the error stream.</summary>
internal static class JsonOption
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The option.</summary>
    /// <param name="what">What is written as JSON.</param>
    public static Option<bool> Create(string what) => new("--json") { Description = $"Write {what} as JSON." };

    /// <summary>Writes the document.</summary>
    public static void Write(Terminal terminal, JsonNode document) => terminal.Out.WriteLine(document.ToJsonString(s_indented));

    /// <summary>A list.</summary>
    public static JsonArray List(IEnumerable<JsonNode?> items)
    {
        var list = new JsonArray();
        foreach (JsonNode? item in items)
            list.Add(item);
        return list;
    }

    /// <summary>A number; null where it is none that JSON has.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}

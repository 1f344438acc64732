using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>Settings that layers of several types have.</summary>
internal static class LayerSettings
{
    /// <summary>Numbers as a list, the unknown ones as null.</summary>
    public static JsonArray Numbers(ReadOnlySpan<int> values)
    {
        var list = new JsonArray();
        foreach (int value in values)
            list.Add(value == Shape.Unknown ? null : (JsonNode)value);
        return list;
    }

    /// <summary>A height and a width.</summary>
    public static JsonArray Pair(Size2D size) => Numbers([size.Height, size.Width]);

    /// <summary>The name of what happens at the edges.</summary>
    public static string Edges(Padding padding) => padding == Padding.Same ? "same" : "valid";

    /// <summary>What happens at the edges.</summary>
    public static Padding Edges(ConfigObject config) => config.Text("padding", "valid") switch
    {
        "valid" => Padding.Valid,
        "same" => Padding.Same,
        var other => throw config.Error($"'padding': expected valid or same, found {other}"),
    };

    /// <summary>An error if one of several settings is there: it would change training or the result, and is not known here.</summary>
    public static void Without(ConfigObject config, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (config.Has(name) && config.Element.GetProperty(name).ValueKind != JsonValueKind.False)
                throw config.Error($"'{name}' is not supported, found {config.Element.GetProperty(name).GetRawText()}");
        }
    }
}

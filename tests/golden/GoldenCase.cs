using System.Text.Json;

namespace Numerics.Golden;

/// <summary>One reference case: named tensors and settings.</summary>
internal sealed class GoldenCase(JsonElement element)
{
    /// <summary>The case's name, unique within its file.</summary>
    public string Name => Text("name")!;

    /// <summary>Whether the case has a field that is not null.</summary>
    public bool Has(string field) => element.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A tensor.</summary>
    public GoldenTensor Tensor(string field) => GoldenTensor.Parse(element.GetProperty(field));

    /// <summary>A list of tensors.</summary>
    public GoldenTensor[] Tensors(string field) => [.. element.GetProperty(field).EnumerateArray().Select(GoldenTensor.Parse)];

    /// <summary>A number.</summary>
    public double Number(string field) => element.GetProperty(field).GetDouble();

    /// <summary>A number, or null where the file says null.</summary>
    public double? OptionalNumber(string field) => Has(field) ? Number(field) : null;

    /// <summary>A whole number.</summary>
    public int Integer(string field) => element.GetProperty(field).GetInt32();

    /// <summary>A list of numbers; a single number is a list of one.</summary>
    public double[] Numbers(string field) => element.GetProperty(field) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Select(number => number.GetDouble())]
        : [Number(field)];

    /// <summary>Two whole numbers, such as strides.</summary>
    public (int H, int W) Pair(string field) => (element.GetProperty(field)[0].GetInt32(), element.GetProperty(field)[1].GetInt32());

    /// <summary>A text, or null where the file says null.</summary>
    public string? Text(string field) => element.GetProperty(field).GetString();

    /// <summary>A switch, false where the file has none.</summary>
    public bool Flag(string field) => element.TryGetProperty(field, out JsonElement value) && value.GetBoolean();

    /// <summary>A group of settings.</summary>
    public GoldenCase Group(string field) => new(element.GetProperty(field));

    /// <summary>A list of groups.</summary>
    public GoldenCase[] Groups(string field) => [.. element.GetProperty(field).EnumerateArray().Select(group => new GoldenCase(group))];
}

using System.Text.Json;
using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>A JSON object of settings. Whatever is missing or of another type is an error that says where it stands.</summary>
/// <param name="element">The object.</param>
/// <param name="place">The file and what the object describes, as messages begin.</param>
internal sealed class ConfigObject(JsonElement element, string place)
{
    /// <summary>The object as it is.</summary>
    public JsonElement Element => element;

    /// <summary>The file and what the object describes.</summary>
    public string Place => place;

    /// <summary>Reads a text that has to be one object.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="place">Where it comes from, for messages.</param>
    /// <exception cref="InvalidDataException">It is not JSON, an object in it has a name twice, or it is no object.</exception>
    public static ConfigObject Parse(ReadOnlyMemory<byte> utf8, string place)
    {
        try
        {
            CheckTexts(utf8.Span);
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Of(document.RootElement.Clone(), place);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{place}: not JSON: {error.Message}", error);
        }
    }

    /// <summary>The same object, described in another way.</summary>
    public ConfigObject At(string where) => new(element, where);

    /// <summary>Whether there is such a value and it is not null.</summary>
    public bool Has(string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What is taken when there is none; an error when this is null.</param>
    public string Text(string name, string? otherwise = null)
    {
        JsonElement value = Find(name, JsonValueKind.String, "a text", otherwise is not null);
        return value.ValueKind == JsonValueKind.Undefined ? otherwise! : value.GetString()!;
    }

    /// <summary>Yes or no.</summary>
    /// <inheritdoc cref="Text"/>
    public bool Flag(string name, bool? otherwise = null)
    {
        if (!Has(name) && otherwise is { } given)
            return given;
        JsonElement value = Find(name, null, "true or false", optional: false);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, "true or false", value),
        };
    }

    /// <summary>A whole number.</summary>
    /// <inheritdoc cref="Text"/>
    public int Whole(string name, int? otherwise = null)
    {
        JsonElement value = Find(name, JsonValueKind.Number, "a whole number", otherwise is not null);
        return value.ValueKind == JsonValueKind.Undefined ? otherwise!.Value : WholeOf(value, name);
    }

    /// <summary>A number.</summary>
    /// <inheritdoc cref="Text"/>
    public float Number(string name, float? otherwise = null)
    {
        JsonElement value = Find(name, JsonValueKind.Number, "a number", otherwise is not null);
        if (value.ValueKind == JsonValueKind.Undefined)
            return otherwise!.Value;
        return value.TryGetSingle(out float number) && float.IsFinite(number) ? number : throw Wrong(name, "a number", value);
    }

    /// <summary>A number in double precision.</summary>
    /// <inheritdoc cref="Text"/>
    public double Real(string name, double? otherwise = null)
    {
        JsonElement value = Find(name, JsonValueKind.Number, "a number", otherwise is not null);
        if (value.ValueKind == JsonValueKind.Undefined)
            return otherwise!.Value;
        return value.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Wrong(name, "a number", value);
    }

    /// <summary>A seed: a whole number of at least 0, or none.</summary>
    public ulong? Seed(string name)
    {
        if (!Has(name))
            return null;

        // Keras 3 keeps generators as objects with a seed in their settings.
        if (element.GetProperty(name).ValueKind == JsonValueKind.Object)
            return Object(name).Optional("config")?.Seed("seed");
        JsonElement value = Find(name, JsonValueKind.Number, "a whole number", optional: false);
        return value.TryGetUInt64(out ulong seed) ? seed : throw Wrong(name, "a whole number of at least 0", value);
    }

    /// <summary>A height and a width: two numbers, or one for both.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="otherwise">What is taken when there is none; an error when this is null.</param>
    public Size2D Size(string name, Size2D? otherwise = null)
    {
        if (!Has(name) && otherwise is { } given)
            return given;
        JsonElement value = Find(name, null, "a number or two", optional: false);
        if (value.ValueKind == JsonValueKind.Number)
            return WholeOf(value, name);
        int[] numbers = Wholes(name);
        return numbers.Length switch
        {
            1 => numbers[0],
            2 => (numbers[0], numbers[1]),
            _ => throw Wrong(name, "a number or two", value),
        };
    }

    /// <summary>A list of whole numbers; null stands for an unknown extent.</summary>
    public int[] Wholes(string name)
    {
        JsonElement value = Find(name, JsonValueKind.Array, "a list of whole numbers", optional: false);
        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Null ? Tensors.Shape.Unknown : WholeOf(item, name))];
    }

    /// <summary>Whether a value is a list.</summary>
    public bool IsList(string name) => Has(name) && element.GetProperty(name).ValueKind == JsonValueKind.Array;

    /// <summary>Whether a value is a list of lists.</summary>
    public bool IsListOfLists(string name) => Has(name) && element.GetProperty(name) is { ValueKind: JsonValueKind.Array } list &&
        list.GetArrayLength() > 0 && list[0].ValueKind == JsonValueKind.Array;

    /// <summary>A list of lists of whole numbers.</summary>
    public int[][] Lists(string name)
    {
        JsonElement value = Find(name, JsonValueKind.Array, "a list of lists", optional: false);
        return [.. value.EnumerateArray().Select(list => list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => WholeOf(item, name)).ToArray()
            : throw Wrong(name, "a list of lists", value))];
    }

    /// <summary>A list of numbers.</summary>
    public float[] Numbers(string name)
    {
        JsonElement value = Find(name, JsonValueKind.Array, "a list of numbers", optional: false);
        return [.. value.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out float number) ? number : throw Wrong(name, "a list of numbers", value))];
    }

    /// <summary>A list of numbers in double precision.</summary>
    public double[] Reals(string name)
    {
        JsonElement value = Find(name, JsonValueKind.Array, "a list of numbers", optional: false);
        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Wrong(name, "a list of numbers", value))];
    }

    /// <summary>A shape, null being an unknown extent.</summary>
    public Shape Shape(string name)
    {
        int[] dims = Wholes(name);
        try
        {
            return new Shape(dims);
        }
        catch (ArgumentException error)
        {
            throw Error($"'{name}': {error.Message}", error);
        }
    }

    /// <summary>An object inside this one.</summary>
    public ConfigObject Object(string name) => Of(Find(name, JsonValueKind.Object, "an object", optional: false), place);

    /// <summary>An object inside this one, or null.</summary>
    public ConfigObject? Optional(string name) => Has(name) ? Object(name) : null;

    /// <summary>The objects of a list.</summary>
    public IEnumerable<ConfigObject> Objects(string name)
    {
        JsonElement value = Find(name, JsonValueKind.Array, "a list of objects", optional: false);
        foreach (JsonElement item in value.EnumerateArray())
            yield return item.ValueKind == JsonValueKind.Object ? Of(item, place) : throw Wrong(name, "a list of objects", value);
    }

    /// <summary>An error about this object.</summary>
    public InvalidDataException Error(string message, Exception? cause = null) => new($"{place}: {message}", cause);

    // Text that is no UTF-8, or half a surrogate pair in an escape, shows itself only when it is read; that is now.
    private static void CheckTexts(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                _ = reader.GetString();
        }
    }

    private static ConfigObject Of(JsonElement value, string place) => value.ValueKind == JsonValueKind.Object
        ? new ConfigObject(value, place)
        : throw new InvalidDataException($"{place}: expected an object, found {value.ValueKind}");

    private JsonElement Find(string name, JsonValueKind? kind, string what, bool optional)
    {
        if (!Has(name))
            return optional ? default : throw Error($"there is no '{name}'; expected {what}");
        JsonElement value = element.GetProperty(name);
        return kind is null || value.ValueKind == kind ? value : throw Wrong(name, what, value);
    }

    private int WholeOf(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            if (value.TryGetInt32(out int number))
                return number;

            // JavaScript and Python write 3.0 where a computation made a float of it.
            if (value.TryGetDouble(out double real) && real == Math.Floor(real) && Math.Abs(real) <= int.MaxValue)
                return (int)real;
        }

        throw Wrong(name, "a whole number", value);
    }

    private InvalidDataException Wrong(string name, string what, JsonElement value)
    {
        string found = value.GetRawText();
        return Error($"'{name}': expected {what}, found {(found.Length > 60 ? string.Concat(found.AsSpan(0, 60), "…") : found)}");
    }
}

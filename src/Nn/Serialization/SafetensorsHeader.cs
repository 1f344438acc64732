using System.Buffers;
using System.Text;
using System.Text.Json;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The JSON header of a safetensors file.</summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataName = "__metadata__";

    // Data that starts at a multiple of 8 can be mapped and read as any type.
    private const int Alignment = 8;

    private readonly string _path;
    private readonly long _offset;
    private readonly long _dataLength;
    private readonly List<SafetensorsEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private readonly bool _anyType;

    private SafetensorsHeader(string path, long offset, long dataLength, bool anyType) =>
        (_path, _offset, _dataLength, _anyType) = (path, offset, dataLength, anyType);

    /// <summary>The tensors, in the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    /// <summary>Free text by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Reads a header and checks that the tensors fill the data exactly.</summary>
    /// <param name="json">The header.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="offset">Where in the file the header starts, for messages.</param>
    /// <param name="dataLength">The number of bytes behind the header.</param>
    /// <param name="anyType">Whether tensors may have every type of the format, not only those that there are here.</param>
    /// <exception cref="InvalidDataException">The header is damaged.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string path, long offset, long dataLength, bool anyType = false)
    {
        var header = new SafetensorsHeader(path, offset, dataLength, anyType);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
        try
        {
            header.ReadObject(ref reader);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not UTF-8.
            throw header.Damaged(reader.TokenStartIndex, "the header is not JSON", error);
        }

        header.CheckPlaces();
        return header;
    }

    /// <summary>Writes a header, padded with blanks so that the data behind it is aligned.</summary>
    public static byte[] Write(IReadOnlyList<KeyValuePair<string, TensorContent>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var names = new HashSet<string>(StringComparer.Ordinal) { MetadataName };
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                writer.WriteStartObject(MetadataName);
                foreach ((string name, string text) in metadata)
                    writer.WriteString(name, text);
                writer.WriteEndObject();
            }

            long end = 0;
            foreach ((string name, TensorContent content) in tensors)
            {
                if (!names.Add(name))
                    throw new ArgumentException($"two tensors are named '{name}'", nameof(tensors));
                long begin = end;
                end += content.Length;
                WriteEntry(writer, name, content, begin, end);
            }

            writer.WriteEndObject();
        }

        int padding = (Alignment - (buffer.WrittenCount % Alignment)) % Alignment;
        return [.. buffer.WrittenSpan, .. Encoding.ASCII.GetBytes(new string(' ', padding))];
    }

    private static void WriteEntry(Utf8JsonWriter writer, string name, TensorContent content, long begin, long end)
    {
        writer.WriteStartObject(name);
        writer.WriteString("dtype", content.DType switch
        {
            DType.Float32 => "F32",
            DType.Int32 => "I32",
            DType.UInt8 => "U8",
            _ => throw new ArgumentException($"tensor '{name}': safetensors has no type {content.DType}"),
        });
        writer.WriteStartArray("shape");
        foreach (int dim in content.Shape)
            writer.WriteNumberValue(dim);
        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(begin);
        writer.WriteNumberValue(end);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "an object");
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!names.Add(name))
                throw Damaged(reader.TokenStartIndex, $"'{name}' occurs twice");
            if (name == MetadataName)
                ReadMetadata(ref reader);
            else
                _entries.Add(ReadEntry(ref reader, name));
        }

        // Reads on behind the object: anything but blanks there is an error of the JSON.
        _ = reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "an object of texts");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, "a text");
            _metadata[name] = reader.GetString()!;
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        long at = reader.TokenStartIndex;
        string? dtype = null;
        List<long>? shape = null, places = null;
        Expect(ref reader, JsonTokenType.StartObject, $"tensor '{name}' as an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (reader.GetString())
            {
                case "dtype" when dtype is null:
                    dtype = ReadType(ref reader, name);
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, name);
                    break;
                case "data_offsets" when places is null:
                    places = ReadNumbers(ref reader, name);
                    break;
                default:
                    throw Damaged(reader.TokenStartIndex, $"tensor '{name}': dtype, shape and data_offsets are expected once each");
            }
        }

        if (dtype is not { } type || shape is null || places is not { Count: 2 })
            throw Damaged(at, $"tensor '{name}' needs a dtype, a shape and two data_offsets");
        if (places[0] > places[1] || places[1] > _dataLength)
            throw Damaged(at, $"tensor '{name}' lies at {places[0]}..{places[1]}, outside of the {_dataLength} bytes of data");
        return new SafetensorsEntry(name, type, CheckedShape(name, shape, type, places[1] - places[0], at), places[0], places[1]);
    }

    private string ReadType(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.String, $"tensor '{name}': a type");
        string type = reader.GetString()!;
        if (_anyType ? SafetensorsEntry.SizeOf(type) is null : type is not ("F32" or "I32" or "U8"))
            throw Damaged(reader.TokenStartIndex, $"tensor '{name}': expected {(_anyType ? "a type of the format" : "type F32, I32 or U8")}, found {type}");
        return type;
    }

    private List<long> ReadNumbers(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.StartArray, $"tensor '{name}': a list of numbers");
        var numbers = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number) || number < 0)
                throw Damaged(reader.TokenStartIndex, $"tensor '{name}': expected a whole number of at least 0");
            numbers.Add(number);
        }

        return numbers;
    }

    private Shape CheckedShape(string name, List<long> dims, string type, long bytes, long at)
    {
        // The extents are multiplied one by one: their product may not fit any integer.
        long count = 1;
        foreach (long dim in dims)
        {
            if (dim > int.MaxValue || (count *= dim) > int.MaxValue)
                throw Damaged(at, $"tensor '{name}': the shape [{string.Join(", ", dims)}] is too large");
        }

        long size = SafetensorsEntry.SizeOf(type)!.Value;
        if (count * size != bytes)
            throw Damaged(at, $"tensor '{name}': {type} [{string.Join(", ", dims)}] takes {count * size} bytes, its place has {bytes}");
        return new Shape([.. dims.Select(dim => (int)dim)]);
    }

    // Without gaps and overlaps: each tensor begins where the one before ends.
    private void CheckPlaces()
    {
        _entries.Sort((a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long end = 0;
        foreach (SafetensorsEntry entry in _entries)
        {
            if (entry.Begin != end)
                throw Damaged(0, $"tensor '{entry.Name}' begins at {entry.Begin}, the one before ends at {end}");
            end = entry.End;
        }

        if (end != _dataLength)
            throw Damaged(0, $"the tensors end at {end}, the file has {_dataLength} bytes of data");
    }

    private void Expect(ref Utf8JsonReader reader, JsonTokenType token, string what)
    {
        if (!reader.Read() || reader.TokenType != token)
            throw Damaged(reader.TokenStartIndex, $"expected {what}");
    }

    private InvalidDataException Damaged(long at, string what, Exception? cause = null) => new($"{_path}: offset {_offset + at}: {what}", cause);
}

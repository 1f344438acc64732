using System.Buffers.Binary;
using System.Text;

namespace Numerics.Data;

/// <summary>
/// A <c>tf.train.Example</c>: features by name, which is what TensorFlow's data sets keep in <see cref="TFRecordFile"/>s.
/// Source: TensorFlow, core/example/example.proto and feature.proto.
/// </summary>
public sealed class TFExample
{
    private readonly Dictionary<string, TFFeature> _features = [];

    /// <summary>The features, by name.</summary>
    public IReadOnlyDictionary<string, TFFeature> Features => _features;

    /// <summary>Gets or sets a feature.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public TFFeature this[string name]
    {
        get => _features[name];
        set => _features[name] = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>Reads an example from a record.</summary>
    /// <param name="record">The encoded message. Byte strings of the result share its memory.</param>
    /// <exception cref="InvalidDataException">The record is no such message; the message names the offset in it.</exception>
    public static TFExample Parse(ReadOnlyMemory<byte> record)
    {
        try
        {
            return ParseRecord(record);
        }
        catch (ProtobufException error)
        {
            throw new InvalidDataException($"{ArchiveFile.Place(error.Offset, error.Message)}: not a tf.train.Example", error);
        }
    }

    /// <summary>The encoded message, features in the order of their names.</summary>
    public byte[] ToArray()
    {
        var features = new MemoryStream();
        foreach ((string name, TFFeature feature) in _features.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var entry = new MemoryStream();
            WriteDelimited(entry, 1, Encoding.UTF8.GetBytes(name));
            WriteDelimited(entry, 2, Encode(feature));
            WriteDelimited(features, 1, Written(entry));
        }

        var example = new MemoryStream();
        WriteDelimited(example, 1, Written(features));
        return example.ToArray();
    }

    internal static TFExample ParseRecord(ReadOnlyMemory<byte> record)
    {
        var example = new TFExample();
        var outer = new ProtobufReader(record.Span, 0);
        while (!outer.IsAtEnd)
        {
            (int number, int type) = outer.ReadTag();
            if (number != 1)
            {
                outer.Skip(type);
                continue;
            }

            outer.Expect(type, ProtobufReader.Delimited, "the features");
            ProtobufReader features = outer.ReadMessage();
            while (!features.IsAtEnd)
            {
                (number, type) = features.ReadTag();
                if (number != 1)
                {
                    features.Skip(type);
                    continue;
                }

                features.Expect(type, ProtobufReader.Delimited, "a feature");
                (string name, TFFeature feature) = ParseEntry(features.ReadMessage(), record);
                example._features[name] = feature;
            }
        }

        return example;
    }

    private static (string Name, TFFeature Feature) ParseEntry(ProtobufReader entry, ReadOnlyMemory<byte> record)
    {
        string name = "";
        TFFeature feature = new TFFeature.Bytes();
        while (!entry.IsAtEnd)
        {
            (int number, int type) = entry.ReadTag();
            switch (number)
            {
                case 1:
                    entry.Expect(type, ProtobufReader.Delimited, "a feature's name");
                    name = Encoding.UTF8.GetString(entry.ReadDelimited(out _));
                    break;
                case 2:
                    entry.Expect(type, ProtobufReader.Delimited, "a feature");
                    feature = ParseFeature(entry.ReadMessage(), record);
                    break;
                default:
                    entry.Skip(type);
                    break;
            }
        }

        return (name, feature);
    }

    private static TFFeature ParseFeature(ProtobufReader reader, ReadOnlyMemory<byte> record)
    {
        TFFeature feature = new TFFeature.Bytes();
        while (!reader.IsAtEnd)
        {
            (int number, int type) = reader.ReadTag();
            if (number is < 1 or > 3)
            {
                reader.Skip(type);
                continue;
            }

            reader.Expect(type, ProtobufReader.Delimited, "a list of values");
            ProtobufReader list = reader.ReadMessage();
            feature = number switch
            {
                1 => ParseBytes(list, record),
                2 => ParseFloats(list),
                _ => ParseIntegers(list),
            };
        }

        return feature;
    }

    private static TFFeature.Bytes ParseBytes(ProtobufReader list, ReadOnlyMemory<byte> record)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        while (!list.IsAtEnd)
        {
            (int number, int type) = list.ReadTag();
            if (number != 1)
            {
                list.Skip(type);
                continue;
            }

            list.Expect(type, ProtobufReader.Delimited, "a byte string");
            int length = list.ReadDelimited(out int start).Length;
            values.Add(record.Slice(start, length));
        }

        return new TFFeature.Bytes(values);
    }

    // Packed, as proto3 writes them, or one by one.
    private static TFFeature.Floats ParseFloats(ProtobufReader list)
    {
        var values = new List<float>();
        while (!list.IsAtEnd)
        {
            (int number, int type) = list.ReadTag();
            if (number == 1 && type == ProtobufReader.Delimited)
            {
                ProtobufReader packed = list.ReadMessage();
                while (!packed.IsAtEnd)
                    values.Add(packed.ReadFloat());
            }
            else if (number == 1 && type == ProtobufReader.Fixed32)
            {
                values.Add(list.ReadFloat());
            }
            else
            {
                list.Skip(type);
            }
        }

        return new TFFeature.Floats(values);
    }

    private static TFFeature.Integers ParseIntegers(ProtobufReader list)
    {
        var values = new List<long>();
        while (!list.IsAtEnd)
        {
            (int number, int type) = list.ReadTag();
            if (number == 1 && type == ProtobufReader.Delimited)
            {
                ProtobufReader packed = list.ReadMessage();
                while (!packed.IsAtEnd)
                    values.Add((long)packed.ReadVarint());
            }
            else if (number == 1 && type == ProtobufReader.Varint)
            {
                values.Add((long)list.ReadVarint());
            }
            else
            {
                list.Skip(type);
            }
        }

        return new TFFeature.Integers(values);
    }

    private static ReadOnlySpan<byte> Encode(TFFeature feature)
    {
        var list = new MemoryStream();
        int kind;
        switch (feature)
        {
            case TFFeature.Bytes bytes:
                kind = 1;
                foreach (ReadOnlyMemory<byte> value in bytes.Values)
                    WriteDelimited(list, 1, value.Span);
                break;
            case TFFeature.Floats floats:
                kind = 2;
                byte[] packed = new byte[floats.Values.Count * sizeof(float)];
                for (int i = 0; i < floats.Values.Count; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(packed.AsSpan(i * sizeof(float)), floats.Values[i]);
                WriteDelimited(list, 1, packed);
                break;
            default:
                kind = 3;
                var numbers = new MemoryStream();
                foreach (long value in ((TFFeature.Integers)feature).Values)
                    WriteVarint(numbers, (ulong)value);
                WriteDelimited(list, 1, Written(numbers));
                break;
        }

        var message = new MemoryStream();
        WriteDelimited(message, kind, Written(list));
        return Written(message);
    }

    private static ReadOnlySpan<byte> Written(MemoryStream stream) => stream.GetBuffer().AsSpan(0, (int)stream.Length);

    private static void WriteDelimited(MemoryStream stream, int number, ReadOnlySpan<byte> content)
    {
        WriteVarint(stream, (ulong)((number << 3) | ProtobufReader.Delimited));
        WriteVarint(stream, (ulong)content.Length);
        stream.Write(content);
    }

    private static void WriteVarint(MemoryStream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            stream.WriteByte((byte)(value | 0x80));
        stream.WriteByte((byte)value);
    }
}

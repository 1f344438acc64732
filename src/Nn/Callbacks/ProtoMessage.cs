using System.Text;

namespace Numerics.Nn;

/// <summary>A message of a protocol buffer: fields with their numbers. Source: protobuf.dev/programming-guides/encoding.</summary>
internal sealed class ProtoMessage
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    public ProtoMessage Add(int field, long value) => Tag(field, Varint).Number((ulong)value);

    public ProtoMessage Add(int field, double value)
    {
        _ = Tag(field, Fixed64);
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public ProtoMessage Add(int field, float value)
    {
        _ = Tag(field, Fixed32);
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public ProtoMessage Add(int field, string text) => Add(field, Encoding.UTF8.GetBytes(text));

    public ProtoMessage Add(int field, ProtoMessage inner) => Add(field, inner.ToArray());

    public ProtoMessage Add(int field, double[] values) => Add(field, (byte[])[.. values.SelectMany(BitConverter.GetBytes)]);

    public ProtoMessage Add(int field, byte[] bytes)
    {
        _ = Tag(field, Delimited).Number((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    private ProtoMessage Tag(int field, int type) => Number((ulong)((field << 3) | type));

    private ProtoMessage Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.Add((byte)(value | 0x80));
        _bytes.Add((byte)value);
        return this;
    }
}

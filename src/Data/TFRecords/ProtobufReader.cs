using System.Buffers.Binary;

namespace Numerics.Data;

/// <summary>Reads the fields of a protocol-buffer message. Source: Protocol Buffers documentation, "Encoding".</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message, int offset)
{
    public const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    /// <summary>Where the reader stands, counted from the start of the outermost message.</summary>
    public readonly int Offset => offset + _position;

    public readonly bool IsAtEnd => _position == _message.Length;

    /// <summary>The number and the wire type of the next field.</summary>
    public (int Number, int Type) ReadTag()
    {
        int at = Offset;
        ulong tag = ReadVarint();
        if (tag >> 3 is 0 or > 0x1FFFFFFF)
            throw Corrupt(at, $"a field with the number {tag >> 3}");
        return ((int)(tag >> 3), (int)(tag & 7));
    }

    public ulong ReadVarint()
    {
        int at = Offset;
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (IsAtEnd)
                throw Corrupt(at, "the message ends within a number");
            byte next = _message[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw Corrupt(at, "a number of more than ten bytes");
    }

    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    /// <summary>A field of a length that stands before it.</summary>
    /// <param name="start">Where it starts, counted from the start of the outermost message.</param>
    public ReadOnlySpan<byte> ReadDelimited(out int start)
    {
        int at = Offset;
        ulong length = ReadVarint();
        if (length > (ulong)(_message.Length - _position))
            throw Corrupt(at, $"a field of {length} bytes where {_message.Length - _position} are left");
        start = Offset;
        return Take((int)length);
    }

    /// <summary>A message within this one.</summary>
    public ProtobufReader ReadMessage()
    {
        ReadOnlySpan<byte> inner = ReadDelimited(out int start);
        return new ProtobufReader(inner, start);
    }

    /// <summary>Passes over a field that is not wanted.</summary>
    public void Skip(int type)
    {
        int at = Offset;
        _ = type switch
        {
            Varint => (int)(ReadVarint() & 1),
            Fixed64 => Take(sizeof(ulong)).Length,
            Delimited => ReadDelimited(out _).Length,
            Fixed32 => Take(sizeof(uint)).Length,
            _ => throw Corrupt(at, $"a field of the unknown type {type}"),
        };
    }

    /// <summary>Throws unless a field has the type that it should have.</summary>
    public readonly void Expect(int type, int expected, string what)
    {
        if (type != expected)
            throw Corrupt(Offset, $"{what} is encoded as type {type}, expected {expected}");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _message.Length - _position)
            throw Corrupt(Offset, $"the message ends within a field of {length} bytes");
        ReadOnlySpan<byte> bytes = _message.Slice(_position, length);
        _position += length;
        return bytes;
    }

    private static ProtobufException Corrupt(int at, string what) => new(at, what);
}

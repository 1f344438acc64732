using System.Buffers.Binary;
using System.Text;

namespace Numerics.Formats;

/// <summary>Reads numbers one behind the other out of a part of an HDF5 file, which are little-endian there.</summary>
/// <param name="bytes">The part.</param>
internal ref struct Hdf5Cursor(ReadOnlySpan<byte> bytes)
{
    /// <summary>The address that stands for none.</summary>
    public const ulong Undefined = ulong.MaxValue;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>How many bytes are left.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>The next bytes.</summary>
    /// <exception cref="InvalidDataException">There are not as many.</exception>
    public ReadOnlySpan<byte> Bytes(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw new InvalidDataException($"{count} bytes were expected where {_rest.Length} are left");
        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    /// <summary>Leaves bytes out.</summary>
    public void Skip(int count) => Bytes((ulong)count);

    /// <summary>A byte.</summary>
    public byte Byte() => Bytes(1)[0];

    /// <summary>A number of 2 bytes.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    /// <summary>A number of 4 bytes.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    /// <summary>A number of 8 bytes: an address or a length.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    /// <summary>A number of as many bytes as it needs.</summary>
    /// <param name="size">1, 2, 4 or 8.</param>
    public ulong Number(int size) => size switch
    {
        1 => Byte(),
        2 => UInt16(),
        4 => UInt32(),
        _ => UInt64(),
    };

    /// <summary>Goes past the four letters that a part begins with.</summary>
    /// <exception cref="InvalidDataException">There are others.</exception>
    public void Signature(ReadOnlySpan<byte> expected)
    {
        if (!Bytes((ulong)expected.Length).SequenceEqual(expected))
            throw new InvalidDataException($"there is no '{Encoding.ASCII.GetString(expected)}' where one is referred to");
    }

    /// <summary>Goes past the version of a part.</summary>
    /// <exception cref="InvalidDataException">It is another.</exception>
    public byte Version(string part, byte least, byte most)
    {
        byte version = Byte();
        return version >= least && version <= most ? version : throw new InvalidDataException($"{part} of version {version} is not supported");
    }

    /// <summary>A text up to its first zero.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

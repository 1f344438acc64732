namespace Numerics.Formats;

/// <summary>An attribute of a group or a data set. Source: HDF5 File Format Specification, IV.A.2.m.</summary>
/// <param name="Type">The type of its elements.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Data">The elements.</param>
internal readonly record struct Hdf5Attribute(Hdf5DataType Type, int Count, ReadOnlyMemory<byte> Data)
{
    private const int Alignment = 8;

    /// <summary>The attribute in a message, or null when it has another name.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static Hdf5Attribute? Parse(ReadOnlyMemory<byte> content, string name)
    {
        var cursor = new Hdf5Cursor(content.Span);
        byte version = cursor.Version("an attribute", 1, 3), flags = cursor.Byte();
        (int nameLength, int typeLength, int spaceLength) = (cursor.UInt16(), cursor.UInt16(), cursor.UInt16());
        cursor.Skip(version == 3 ? 1 : 0);
        if (Hdf5Cursor.Text(cursor.Bytes(Padded(nameLength))) != name)
            return null;
        if (version > 1 && flags != 0)
            throw new InvalidDataException($"attribute '{name}': types and extents that several objects share are not supported");
        var type = Hdf5DataType.Parse(cursor.Bytes(Padded(typeLength)));
        int count = Hdf5DataSpace.Size(Hdf5DataSpace.Parse(cursor.Bytes(Padded(spaceLength))));
        ulong length = (ulong)count * (ulong)type.Size;
        return length <= (ulong)cursor.Left
            ? new Hdf5Attribute(type, count, content[^cursor.Left..][..(int)length])
            : throw new InvalidDataException($"attribute '{name}' of {length} bytes does not fit the {cursor.Left} that it has");

        ulong Padded(int length) => (ulong)(version == 1 ? (length + Alignment - 1) / Alignment * Alignment : length);
    }
}

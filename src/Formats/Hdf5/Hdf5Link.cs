namespace Numerics.Formats;

/// <summary>
/// A name in a group. Links by name, within the file or to other files, can lead in circles or out of the file; they are seen but
/// not followed.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="Address">Where the object is; undefined for a link that is not followed.</param>
/// <param name="Refusal">Why the link is not followed, or null.</param>
internal readonly record struct Hdf5Link(string Name, ulong Address, string? Refusal)
{
    private const int Soft = 1;
    private const int External = 64;

    /// <summary>A link to a name in the file.</summary>
    public static Hdf5Link ToName(string name, string target) =>
        new(name, Hdf5Cursor.Undefined, $"it is a soft link to '{target}', and links by name are not followed");

    /// <summary>The link in a message.</summary>
    public static Hdf5Link Parse(ReadOnlySpan<byte> content)
    {
        var cursor = new Hdf5Cursor(content);
        _ = cursor.Version("a link", 1, 1);
        byte flags = cursor.Byte();
        int type = (flags & 8) != 0 ? cursor.Byte() : 0;
        cursor.Skip(((flags & 4) != 0 ? 8 : 0) + ((flags & 16) != 0 ? 1 : 0));
        string name = Hdf5Cursor.Text(cursor.Bytes(cursor.Number(1 << (flags & 3))));
        return type switch
        {
            0 => new Hdf5Link(name, cursor.UInt64(), null),
            Soft => ToName(name, Hdf5Cursor.Text(cursor.Bytes(cursor.UInt16()))),
            External => new Hdf5Link(name, Hdf5Cursor.Undefined, "it is a link to another file, which is not followed"),
            _ => new Hdf5Link(name, Hdf5Cursor.Undefined, $"it is a link of the unknown kind {type}"),
        };
    }
}

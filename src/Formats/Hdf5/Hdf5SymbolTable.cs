namespace Numerics.Formats;

/// <summary>
/// The links of a group as every HDF5 reads them: a tree whose leaves list them by name, and a heap with the names. Source: HDF5
/// File Format Specification, III.A to III.D.
/// </summary>
/// <param name="source">The file.</param>
internal sealed class Hdf5SymbolTable(Hdf5Source source)
{
    private const int NodeLength = 8;
    private const int EntryLength = 40;
    private const int HeapLength = 32;
    private const uint SoftLink = 2;

    /// <summary>Reads the links.</summary>
    /// <param name="message">The message that says where they are.</param>
    public List<Hdf5Link> Read(ReadOnlyMemory<byte> message)
    {
        var cursor = new Hdf5Cursor(message.Span);
        ulong tree = cursor.UInt64();
        cursor = new Hdf5Cursor(source.Read(cursor.UInt64(), HeapLength));
        cursor.Signature("HEAP"u8);
        _ = cursor.Version("a heap", 0, 0);
        cursor.Skip(3);
        ulong length = cursor.UInt64();
        cursor.Skip(8);
        byte[] names = source.Read(cursor.UInt64(), length);
        var links = new List<Hdf5Link>();
        foreach (Hdf5TreeEntry entry in new Hdf5Tree(source, Hdf5Tree.Group, keyLength: 8).Entries(tree))
            AddNode(entry.Address, names, links);
        return links;
    }

    private void AddNode(ulong address, byte[] names, List<Hdf5Link> links)
    {
        var cursor = new Hdf5Cursor(source.Read(address, NodeLength));
        cursor.Signature("SNOD"u8);
        _ = cursor.Version("a list of links", 1, 1);
        cursor.Skip(1);
        int count = cursor.UInt16();
        cursor = new Hdf5Cursor(source.Read(address + NodeLength, (ulong)(count * EntryLength)));
        for (int i = 0; i < count; i++)
        {
            string name = Name(cursor.UInt64(), names);
            (ulong target, uint kind) = (cursor.UInt64(), cursor.UInt32());
            cursor.Skip(4);
            var scratch = new Hdf5Cursor(cursor.Bytes(16));
            links.Add(kind == SoftLink ? Hdf5Link.ToName(name, Name(scratch.UInt32(), names)) : new Hdf5Link(name, target, null));
        }
    }

    private string Name(ulong offset, byte[] names)
    {
        if (offset >= (ulong)names.Length)
            throw new InvalidDataException($"a name at {offset} of a heap of {names.Length} bytes");
        string name = Hdf5Cursor.Text(names.AsSpan((int)offset));
        source.Spend(name.Length);
        return name;
    }
}

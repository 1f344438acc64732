namespace Numerics.Formats;

/// <summary>What a leaf of a tree refers to.</summary>
/// <param name="Key">The key in front of it.</param>
/// <param name="Address">Where it is.</param>
internal readonly record struct Hdf5TreeEntry(ReadOnlyMemory<byte> Key, ulong Address);

/// <summary>The B-trees, version 1, that list the links of a group and the pieces of a data set. Source: HDF5 File Format
/// Specification, III.A.1.</summary>
/// <param name="source">The file.</param>
/// <param name="type">What the tree lists.</param>
/// <param name="keyLength">The length of a key in bytes.</param>
internal sealed class Hdf5Tree(Hdf5Source source, byte type, int keyLength)
{
    /// <summary>A tree of links.</summary>
    public const byte Group = 0;

    /// <summary>A tree of pieces.</summary>
    public const byte Chunks = 1;

    private const int HeaderLength = 24;
    private const int AddressLength = 8;

    /// <summary>What the leaves refer to, in their order. No node is visited twice, so a circle is an error.</summary>
    /// <param name="root">Where the root is.</param>
    public List<Hdf5TreeEntry> Entries(ulong root)
    {
        var entries = new List<Hdf5TreeEntry>();
        var seen = new HashSet<ulong>();
        var waiting = new Stack<(ulong Address, int? Level)>([(root, null)]);
        while (waiting.TryPop(out (ulong Address, int? Level) node))
        {
            if (!seen.Add(node.Address))
                throw new InvalidDataException("two places of a tree refer to one");
            var cursor = new Hdf5Cursor(source.Read(node.Address, HeaderLength));
            cursor.Signature("TREE"u8);
            (byte kind, int level, int count) = (cursor.Byte(), cursor.Byte(), cursor.UInt16());
            if (kind != type || (node.Level is { } expected && level != expected))
                throw new InvalidDataException("a tree has nodes that do not belong to it");
            ReadOnlyMemory<byte> bytes = source.Read(node.Address + HeaderLength, (ulong)(count * (keyLength + AddressLength)));
            Hdf5TreeEntry[] children = new Hdf5TreeEntry[count];
            for (int i = 0; i < count; i++)
            {
                ReadOnlyMemory<byte> child = bytes[(i * (keyLength + AddressLength))..];
                children[i] = new Hdf5TreeEntry(child[..keyLength], new Hdf5Cursor(child.Span[keyLength..]).UInt64());
            }

            if (level == 0)
                entries.AddRange(children);
            for (int i = count - 1; i >= 0 && level > 0; i--)
                waiting.Push((children[i].Address, level - 1));
        }

        return entries;
    }
}

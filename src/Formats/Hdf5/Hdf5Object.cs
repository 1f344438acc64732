namespace Numerics.Formats;

/// <summary>A group or a data set of an HDF5 file: its messages. Source: HDF5 File Format Specification, IV.A.</summary>
internal sealed class Hdf5Object
{
    private const int FirstVersionPrefix = 16;
    private const byte SharedFlag = 0x2;

    private readonly Hdf5Source _source;
    private readonly List<Hdf5Message> _messages = [];
    private IReadOnlyList<Hdf5Link>? _links;

    /// <summary>Reads an object's header.</summary>
    /// <param name="source">The file.</param>
    /// <param name="address">Where the header is.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public Hdf5Object(Hdf5Source source, ulong address)
    {
        _source = source;
        if (source.Read(address, 4).AsSpan().SequenceEqual("OHDR"u8))
            ReadNew(address);
        else
            ReadOld(address);
    }

    /// <summary>Whether it is a group.</summary>
    public bool IsGroup => _messages.Any(message => message.Type is Hdf5Message.SymbolTable or Hdf5Message.LinkInfo);

    /// <summary>The links of a group.</summary>
    /// <exception cref="InvalidDataException">It is no group, or damaged.</exception>
    public IReadOnlyList<Hdf5Link> Links => _links ??= ReadLinks();

    /// <summary>The content of the one message of a type, or null.</summary>
    /// <exception cref="InvalidDataException">There are two, or its content stands elsewhere.</exception>
    public ReadOnlyMemory<byte>? Find(int type)
    {
        ReadOnlyMemory<byte>? found = null;
        foreach (Hdf5Message message in _messages.Where(message => message.Type == type))
        {
            if (message.IsShared)
                throw new InvalidDataException("types and extents that several objects share are not supported");
            found = found is null ? message.Content : throw new InvalidDataException($"there are two messages of type {type}");
        }

        return found;
    }

    /// <summary>An attribute, or null.</summary>
    /// <exception cref="InvalidDataException">It may be where attributes are not read from.</exception>
    public Hdf5Attribute? Attribute(string name)
    {
        foreach (Hdf5Message message in _messages.Where(message => message.Type == Hdf5Message.Attribute && !message.IsShared))
        {
            if (Hdf5Attribute.Parse(message.Content, name) is { } attribute)
                return attribute;
        }

        if (Find(Hdf5Message.AttributeInfo) is { } info)
        {
            var cursor = new Hdf5Cursor(info.Span);
            cursor.Skip(1);
            bool ordered = (cursor.Byte() & 1) != 0;
            cursor.Skip(ordered ? 2 : 0);
            if (cursor.UInt64() != Hdf5Cursor.Undefined)
                throw new InvalidDataException("attributes in HDF5's newest layout are not supported; write the file with libver='earliest', h5py's default");
        }

        return null;
    }

    // Version 1: aligned messages, in files that any HDF5 reads.
    private void ReadOld(ulong address)
    {
        var cursor = new Hdf5Cursor(_source.Read(address, FirstVersionPrefix));
        _ = cursor.Version("an object header", 1, 1);
        cursor.Skip(7);
        var blocks = new Queue<(ulong Address, ulong Length)>([(address + FirstVersionPrefix, cursor.UInt32())]);
        while (blocks.TryDequeue(out (ulong Address, ulong Length) block))
        {
            ReadOnlyMemory<byte> bytes = _source.Read(block.Address, block.Length);
            while (bytes.Length >= 8)
            {
                cursor = new Hdf5Cursor(bytes.Span);
                (int type, int size, byte flags) = (cursor.UInt16(), cursor.UInt16(), cursor.Byte());
                bytes = bytes[8..];
                Add(type, size, flags, ref bytes, blocks);
            }
        }
    }

    private void ReadNew(ulong address)
    {
        var cursor = new Hdf5Cursor(_source.Read(address, 6));
        cursor.Signature("OHDR"u8);
        _ = cursor.Version("an object header", 2, 2);
        byte flags = cursor.Byte();
        int size = 1 << (flags & 3), skipped = ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        ulong start = address + 6 + (ulong)(skipped + size);
        cursor = new Hdf5Cursor(_source.Read(address + 6, (ulong)(skipped + size)));
        cursor.Skip(skipped);
        ReadMessages(_source.Read(start, cursor.Number(size)), flags);
    }

    private void ReadMessages(ReadOnlyMemory<byte> first, byte headerFlags)
    {
        int prefix = (headerFlags & 4) != 0 ? 6 : 4;
        var blocks = new Queue<(ulong Address, ulong Length)>();
        ReadOnlyMemory<byte> bytes = first;
        while (true)
        {
            // A rest that is too short for a message is a gap.
            while (bytes.Length >= prefix)
            {
                var cursor = new Hdf5Cursor(bytes.Span);
                (int type, int size, byte flags) = (cursor.Byte(), cursor.UInt16(), cursor.Byte());
                bytes = bytes[prefix..];
                Add(type, size, flags, ref bytes, blocks);
            }

            if (!blocks.TryDequeue(out (ulong Address, ulong Length) block))
                return;
            bytes = _source.Read(block.Address, block.Length);
            new Hdf5Cursor(bytes.Span).Signature("OCHK"u8);
            if (bytes.Length < 8)
                throw new InvalidDataException($"a continuation of {bytes.Length} bytes");
            bytes = bytes[4..^4];
        }
    }

    private void Add(int type, int size, byte flags, ref ReadOnlyMemory<byte> bytes, Queue<(ulong Address, ulong Length)> blocks)
    {
        if (size > bytes.Length)
            throw new InvalidDataException($"a message of {size} bytes where {bytes.Length} are left");
        ReadOnlyMemory<byte> content = bytes[..size];
        bytes = bytes[size..];
        if (type == Hdf5Message.Continuation)
        {
            var cursor = new Hdf5Cursor(content.Span);
            blocks.Enqueue((cursor.UInt64(), cursor.UInt64()));
        }
        else
        {
            _messages.Add(new Hdf5Message(type, (flags & SharedFlag) != 0, content));
        }
    }

    private List<Hdf5Link> ReadLinks()
    {
        if (Find(Hdf5Message.SymbolTable) is { } table)
            return new Hdf5SymbolTable(_source).Read(table);
        if (Find(Hdf5Message.LinkInfo) is not { } info)
            throw new InvalidDataException("expected a group, found a data set");
        var cursor = new Hdf5Cursor(info.Span);
        cursor.Skip(1);
        cursor.Skip((cursor.Byte() & 1) != 0 ? 8 : 0);
        if (cursor.UInt64() != Hdf5Cursor.Undefined)
            throw new InvalidDataException("groups in HDF5's newest layout are not supported; write the file with libver='earliest', h5py's default");
        return [.. _messages.Where(message => message.Type == Hdf5Message.Link).Select(message => Hdf5Link.Parse(message.Content.Span))];
    }
}

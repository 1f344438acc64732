using System.Text;
using Numerics.Tensors;

namespace Numerics.Formats;

/// <summary>
/// An HDF5 file that is put together in memory and then written: groups, attributes of texts, data sets in one piece, which is what
/// Keras' files hold. A writer of our own, because the one there is for .NET calls methods that it finds by reflection, which a program
/// that was compiled ahead of time does not have. Source: HDF5 File Format Specification, version 3.0: a superblock of version 2, object
/// headers of version 2, links in messages, which HDF5 1.8 and later read.
/// </summary>
internal sealed class Hdf5Writer
{
    private const int SuperblockLength = 48;
    private const int Alignment = 8;

    // A message has at most 65,535 bytes, and a text in it takes 16: Keras, too, cuts longer lists into several.
    private const int MaxTexts = 4000;

    private readonly Node _root = new();

    /// <summary>Makes a group, and those that it stands in, unless they are there.</summary>
    /// <param name="path">Names with '/' between them; <c>/</c> is the file itself.</param>
    public void AddGroup(string path) => _ = Group(path);

    /// <summary>Adds a data set of floats.</summary>
    /// <param name="path">Where it stands.</param>
    /// <param name="array">Its values, Float32; read when the file is written.</param>
    public void Add(string path, NDArray array) => Put(path, new Node { Floats = array });

    /// <summary>Adds a whole number.</summary>
    public void Add(string path, long value) => Put(path, new Node { Whole = value });

    /// <summary>Adds a text to a group.</summary>
    public void AddAttribute(string path, string name, string text) => Group(path).Attributes.Add(new Attribute(name, [text], IsList: false));

    /// <summary>Adds a list of texts to a group; an empty one is left out, which readers of Keras' files take for the same, and a very long
    /// one becomes several with numbers behind the name, as in Keras.</summary>
    public void AddAttribute(string path, string name, IReadOnlyCollection<string> texts)
    {
        string[][] parts = [.. texts.Chunk(MaxTexts)];
        for (int i = 0; i < parts.Length; i++)
            Group(path).Attributes.Add(new Attribute(parts.Length == 1 ? name : $"{name}{i}", parts[i], IsList: true));
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Where to; empty, writable and seekable.</param>
    public void Save(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(new byte[SuperblockLength]);
        var heap = new Hdf5HeapWriter(writer);
        Dictionary<string, int> texts = [];
        TakeTexts(_root, heap, texts);
        heap.Flush();
        long root = Write(_root, writer, text => heap.PlaceOf(texts[text])), end = stream.Position;
        stream.Position = 0;
        writer.Write(Superblock(root, end));
        stream.Position = end;
    }

    private static void TakeTexts(Node node, Hdf5HeapWriter heap, Dictionary<string, int> texts)
    {
        foreach (string text in node.Attributes.SelectMany(attribute => attribute.Texts))
        {
            if (!texts.ContainsKey(text))
                texts.Add(text, heap.Add(text));
        }

        foreach (Node child in node.Children.Values)
            TakeTexts(child, heap, texts);
    }

    // Members before what holds them, so that addresses are known. Returns the address of the node's header.
    private static long Write(Node node, BinaryWriter writer, Func<string, Hdf5HeapWriter.Place> find)
    {
        var messages = new List<(byte Type, byte[] Content)>();
        if (node.Floats is { } floats)
            AddData(messages, FloatType, [.. floats.Shape.Select(extent => (long)extent)], floats.Bytes, writer);
        else if (node.Whole is { } whole)
            AddData(messages, WholeType, [], BitConverter.GetBytes(whole), writer);
        else
            AddGroup(messages, node, writer, find);
        foreach (Attribute attribute in node.Attributes)
            messages.Add((Hdf5Message.Attribute, AttributeContent(attribute, find)));
        Align(writer);
        long address = writer.BaseStream.Position;
        writer.Write(ObjectHeader(messages));
        return address;
    }

    private static void AddGroup(List<(byte Type, byte[] Content)> messages, Node group, BinaryWriter writer, Func<string, Hdf5HeapWriter.Place> find)
    {
        messages.Add((Hdf5Message.LinkInfo, Content(content =>
        {
            content.Write((short)0);
            content.Write(Hdf5Cursor.Undefined);
            content.Write(Hdf5Cursor.Undefined);
        })));
        messages.Add((Hdf5Message.GroupInfo, [0, 0]));
        foreach ((string name, Node child) in group.Children)
        {
            long address = Write(child, writer, find);
            messages.Add((Hdf5Message.Link, Content(content =>
            {
                // Version 1; a name in UTF-8 whose length takes two bytes.
                content.Write([1, 0x11, 1]);
                byte[] bytes = Encoding.UTF8.GetBytes(name);
                content.Write(checked((ushort)bytes.Length));
                content.Write(bytes);
                content.Write(address);
            })));
        }
    }

    private static void AddData(
        List<(byte Type, byte[] Content)> messages, ReadOnlySpan<byte> type, long[] extents, ReadOnlySpan<byte> data, BinaryWriter writer)
    {
        Align(writer);
        ulong address = data.IsEmpty ? Hdf5Cursor.Undefined : (ulong)writer.BaseStream.Position;
        long length = data.Length;
        writer.Write(data);
        messages.Add((Hdf5Message.DataSpace, Extents(extents)));
        messages.Add((Hdf5Message.DataType, type.ToArray()));

        // Version 3: space is taken late, no value fills it.
        messages.Add((Hdf5Message.FillValue, [3, 0x0A]));
        messages.Add((Hdf5Message.Layout, Content(content =>
        {
            // Version 3: in one piece.
            content.Write([3, 1]);
            content.Write(address);
            content.Write(length);
        })));
    }

    private static byte[] Extents(params ReadOnlySpan<long> extents)
    {
        long[] all = [.. extents];
        return Content(content =>
        {
            // Version 2; without greatest extents; one element where there are none.
            content.Write([2, (byte)all.Length, 0, (byte)(all.Length == 0 ? 0 : 1)]);
            foreach (long extent in all)
                content.Write(extent);
        });
    }

    private static byte[] AttributeContent(Attribute attribute, Func<string, Hdf5HeapWriter.Place> find) => Content(content =>
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(attribute.Name), 0];
        byte[] extents = attribute.IsList ? Extents(attribute.Texts.Length) : Extents();
        content.Write([3, 0]);
        content.Write((ushort)name.Length);
        content.Write((ushort)TextType.Length);
        content.Write((ushort)extents.Length);
        content.Write((byte)1);
        content.Write(name);
        content.Write(TextType);
        content.Write(extents);
        foreach (string text in attribute.Texts)
        {
            Hdf5HeapWriter.Place place = find(text);
            content.Write(place.Length);
            content.Write(place.Address);
            content.Write(place.Index);
        }
    });

    private static byte[] ObjectHeader(List<(byte Type, byte[] Content)> messages) => Checked(content =>
    {
        content.Write("OHDR"u8);

        // Version 2, with a size of four bytes.
        content.Write([2, 2]);
        content.Write(messages.Sum(message => message.Content.Length + 4));
        foreach ((byte type, byte[] bytes) in messages)
        {
            content.Write(type);
            content.Write(checked((ushort)bytes.Length));
            content.Write((byte)0);
            content.Write(bytes);
        }
    });

    private static byte[] Superblock(long root, long end) => Checked(content =>
    {
        content.Write(Hdf5Reader.Signature);

        // Version 2; addresses and lengths of 8 bytes.
        content.Write([2, 8, 8, 0]);
        content.Write(0L);
        content.Write(Hdf5Cursor.Undefined);
        content.Write(end);
        content.Write(root);
    });

    private static byte[] Checked(Action<BinaryWriter> write) => Content(content =>
    {
        byte[] bytes = Content(write);
        content.Write(bytes);
        content.Write(Hdf5Checksum.Of(bytes));
    });

    private static byte[] Content(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        write(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private static void Align(BinaryWriter writer)
    {
        long over = writer.BaseStream.Position % Alignment;
        if (over > 0)
            writer.Write(new byte[Alignment - over]);
    }

    // Class and version, bits, size; then offset, precision, place and size of exponent and mantissa, bias. Section IV.A.2.d.
    private static ReadOnlySpan<byte> FloatType => [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];

    // Signed, of 8 bytes.
    private static ReadOnlySpan<byte> WholeType => [0x10, 0x08, 0, 0, 8, 0, 0, 0, 0, 0, 64, 0];

    // Of variable length, text in UTF-8; made of whole numbers of one byte.
    private static ReadOnlySpan<byte> TextType => [0x19, 1, 1, 0, 16, 0, 0, 0, 0x10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0];

    private Node Group(string path)
    {
        Node group = _root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!group.Children.TryGetValue(name, out Node? child))
                group.Children.Add(name, child = new Node());
            group = child;
        }

        return group;
    }

    private void Put(string path, Node data)
    {
        int at = path.LastIndexOf('/');
        Group(at < 0 ? "/" : path[..at]).Children[path[(at + 1)..]] = data;
    }

    /// <summary>A group, or a data set where it holds data.</summary>
    private sealed class Node
    {
        public OrderedDictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

        public List<Attribute> Attributes { get; } = [];

        public NDArray? Floats { get; init; }

        public long? Whole { get; init; }
    }

    private sealed record Attribute(string Name, string[] Texts, bool IsList);
}

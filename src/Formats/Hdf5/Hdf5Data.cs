namespace Numerics.Formats;

/// <summary>
/// A data set: its extents, its type and where its data are, in one part or in pieces. Source: HDF5 File Format Specification,
/// IV.A.2.i.
/// </summary>
internal sealed class Hdf5Data
{
    private const int Compact = 0;
    private const int Contiguous = 1;
    private const int Chunked = 2;

    private readonly Hdf5Source _source;
    private readonly ReadOnlyMemory<byte> _layout;
    private readonly ReadOnlyMemory<byte>? _filters;

    /// <summary>Looks at a data set.</summary>
    /// <exception cref="InvalidDataException">It is none, its type is not known, or its data are in other files.</exception>
    public Hdf5Data(Hdf5Source source, Hdf5Object item)
    {
        if (item.Find(Hdf5Message.Layout) is not { } layout || item.Find(Hdf5Message.DataSpace) is not { } space || item.Find(Hdf5Message.DataType) is not { } type)
            throw new InvalidDataException(item.IsGroup ? "expected a data set, found a group" : "there is nothing that says what its data are");
        if (item.Find(Hdf5Message.ExternalFiles) is not null)
            throw new InvalidDataException("its data are not in this file");
        _source = source;
        _layout = layout;
        _filters = item.Find(Hdf5Message.Filters);
        Dims = Hdf5DataSpace.Parse(space.Span);
        Type = Hdf5DataType.Parse(type.Span);
    }

    /// <summary>The extents.</summary>
    public int[] Dims { get; }

    /// <summary>The type of the numbers.</summary>
    public Hdf5DataType Type { get; }

    /// <summary>Reads the data.</summary>
    /// <param name="target">Memory for all of them.</param>
    /// <exception cref="InvalidDataException">The file does not have as many.</exception>
    public void Read(Span<byte> target)
    {
        if (target.IsEmpty)
            return;
        var cursor = new Hdf5Cursor(_layout.Span);
        _ = cursor.Version("a layout of data", 3, 4);
        switch (cursor.Byte())
        {
            case Compact:
                ulong size = cursor.UInt16();
                Check(size, target);
                cursor.Bytes(size).CopyTo(target);
                break;
            case Contiguous:
                ulong address = cursor.UInt64();
                Check(cursor.UInt64(), target);
                if (address == Hdf5Cursor.Undefined)
                    throw new InvalidDataException("its data are not in this file");
                _source.Read(address, target);
                break;
            case Chunked when _layout.Span[0] == 3:
                ReadChunks(ref cursor, target);
                break;
            case Chunked:
                throw new InvalidDataException("data sets in HDF5's newest layout are not supported; write the file with libver='earliest', h5py's default");
            case var other:
                throw new InvalidDataException(other == 3 ? "its data are not in this file" : $"a layout of the unknown kind {other}");
        }
    }

    private static void Check(ulong size, Span<byte> target)
    {
        if (size != (ulong)target.Length)
            throw new InvalidDataException($"its data should take {target.Length} bytes, they take {size}");
    }

    private void ReadChunks(ref Hdf5Cursor cursor, Span<byte> target)
    {
        int rank = cursor.Byte() - 1;
        ulong tree = cursor.UInt64();
        if (rank != Dims.Length || rank == 0)
            throw new InvalidDataException($"its pieces have {rank} dimensions, it has {Dims.Length}");
        int[] piece = new int[rank];
        long bytes = Type.Size, expected = 1;
        for (int i = 0; i < rank; i++)
        {
            uint dim = cursor.UInt32();
            if (dim is 0 or > int.MaxValue || (bytes *= dim) > Array.MaxLength / 2)
                throw new InvalidDataException($"a piece of {dim} in dimension {i} is more than an array can have");
            piece[i] = (int)dim;
            expected *= (Dims[i] + (long)dim - 1) / dim;
        }

        if (cursor.UInt32() != Type.Size)
            throw new InvalidDataException("its pieces have elements of another size");
        if (tree == Hdf5Cursor.Undefined)
            throw new InvalidDataException("its data are not in this file");

        // A key: the length in the file, the filters left out, the first element's place.
        List<Hdf5TreeEntry> entries = new Hdf5Tree(_source, Hdf5Tree.Chunks, keyLength: 8 + (8 * (rank + 1))).Entries(tree);
        if (entries.Count != expected)
            throw new InvalidDataException($"its data should be in {expected} pieces, there are {entries.Count}");
        var filters = _filters is { } content ? new Hdf5Filters(content.Span) : null;
        var places = new HashSet<long>();
        foreach (Hdf5TreeEntry entry in entries)
        {
            var key = new Hdf5Cursor(entry.Key.Span);
            (uint length, uint mask) = (key.UInt32(), key.UInt32());
            int[] start = new int[rank];
            long place = 0;
            for (int i = 0; i < rank; i++)
            {
                ulong at = key.UInt64();
                if (at >= (ulong)Dims[i] || at % (ulong)piece[i] != 0)
                    throw new InvalidDataException($"a piece at {at} in dimension {i} of {Dims[i]}");
                start[i] = (int)at;
                place = (place * Dims[i]) + start[i];
            }

            if (!places.Add(place))
                throw new InvalidDataException("two of its pieces are for one place");
            byte[] data = _source.Read(entry.Address, length);
            data = filters?.Undo(data, (int)bytes, Type.Size, mask) ?? data;
            if (data.Length != bytes)
                throw new InvalidDataException($"a piece of {bytes} bytes has {data.Length}");
            Copy(data, piece, start, target);
        }
    }

    // The rows of a piece, as far as they are not beyond the end.
    private void Copy(ReadOnlySpan<byte> data, int[] piece, int[] start, Span<byte> target)
    {
        int rank = piece.Length, last = rank - 1, row = Math.Min(piece[last], Dims[last] - start[last]) * Type.Size;
        int[] index = new int[rank];
        for (int from = 0; from < data.Length; from += piece[last] * Type.Size)
        {
            long to = 0;
            bool inside = true;
            for (int i = 0; i < rank; i++)
            {
                int at = start[i] + index[i];
                inside &= at < Dims[i];
                to = (to * Dims[i]) + at;
            }

            if (inside)
                data.Slice(from, row).CopyTo(target[(int)(to * Type.Size)..]);
            for (int i = last - 1; i >= 0 && ++index[i] == piece[i]; i--)
                index[i] = 0;
        }
    }
}

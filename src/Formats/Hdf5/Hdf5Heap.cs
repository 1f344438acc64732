namespace Numerics.Formats;

/// <summary>Texts of any length, which an HDF5 file keeps in collections. Source: HDF5 File Format Specification, III.E.</summary>
/// <param name="source">The file.</param>
internal sealed class Hdf5Heap(Hdf5Source source)
{
    private const int HeaderLength = 16;
    private const int ObjectHeaderLength = 16;
    private const int Alignment = 8;

    private readonly Dictionary<ulong, byte[]> _collections = [];

    /// <summary>The text that 16 bytes refer to; null when they refer to none.</summary>
    public string? Text(ReadOnlySpan<byte> reference)
    {
        var cursor = new Hdf5Cursor(reference);
        (uint length, ulong address, uint index) = (cursor.UInt32(), cursor.UInt64(), cursor.UInt32());
        if (address is 0 or Hdf5Cursor.Undefined)
            return length == 0 ? "" : null;
        if (!_collections.TryGetValue(address, out byte[]? collection))
            _collections.Add(address, collection = Read(address));
        cursor = new Hdf5Cursor(collection);
        while (cursor.Left >= ObjectHeaderLength)
        {
            uint number = cursor.UInt16();
            cursor.Skip(6);
            ulong size = cursor.UInt64();

            // What stands under the number 0 is free.
            if (number == 0)
                break;
            if (number != index)
            {
                _ = cursor.Bytes(Math.Min((ulong)cursor.Left, size > int.MaxValue ? size : (size + Alignment - 1) / Alignment * Alignment));
                continue;
            }

            if (length > size)
                throw new InvalidDataException($"a text of {length} bytes where {size} are");
            source.Spend(length);
            return Hdf5Cursor.Text(cursor.Bytes(length));
        }

        throw new InvalidDataException($"there is no text {index} in the heap at {address}");
    }

    private byte[] Read(ulong address)
    {
        var cursor = new Hdf5Cursor(source.Read(address, HeaderLength));
        cursor.Signature("GCOL"u8);
        _ = cursor.Version("a heap of texts", 1, 1);
        cursor.Skip(3);
        ulong length = cursor.UInt64();
        return length >= HeaderLength
            ? source.Read(address + HeaderLength, length - HeaderLength)
            : throw new InvalidDataException($"a heap of texts of {length} bytes");
    }
}

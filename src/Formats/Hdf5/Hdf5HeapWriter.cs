using System.Text;

namespace Numerics.Formats;

/// <summary>Writes texts of any length into the collections that <see cref="Hdf5Heap"/> reads. Source: HDF5 File Format Specification, III.E.</summary>
/// <param name="writer">The file, at a multiple of 8 bytes.</param>
internal sealed class Hdf5HeapWriter(BinaryWriter writer)
{
    private const int HeaderLength = 16;
    private const int ObjectHeaderLength = 16;
    private const int Alignment = 8;

    // The HDF5 library takes none that is smaller. A longer text has a collection of its own.
    private const int CollectionLength = 4096;

    private readonly List<byte[]> _waiting = [];
    private readonly List<Place> _places = [];
    private int _taken = HeaderLength;

    /// <summary>Takes a text in.</summary>
    /// <returns>The number under which <see cref="PlaceOf"/> knows it once all is written.</returns>
    public int Add(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length == 0)
        {
            _places.Add(new Place(0, 0, 0));
            return _places.Count - 1;
        }

        if (_waiting.Count > 0 && _taken + Needed(bytes) > CollectionLength)
            Flush();
        _waiting.Add(bytes);
        _taken += Needed(bytes);

        // Known when the collection is written: it begins where the file ends then, which is now, for nothing else is written meanwhile.
        _places.Add(new Place((uint)bytes.Length, (ulong)writer.BaseStream.Position, (uint)_waiting.Count));
        return _places.Count - 1;
    }

    /// <summary>Writes what waits.</summary>
    public void Flush()
    {
        if (_waiting.Count == 0)
            return;
        int length = Math.Max(CollectionLength, _taken);
        writer.Write("GCOL"u8);
        writer.Write(1);
        writer.Write((long)length);
        for (int i = 0; i < _waiting.Count; i++)
        {
            byte[] bytes = _waiting[i];
            writer.Write((ushort)(i + 1));
            writer.Write(new byte[6]);
            writer.Write((long)bytes.Length);
            writer.Write(bytes);
            writer.Write(new byte[Needed(bytes) - ObjectHeaderLength - bytes.Length]);
        }

        // What is free stands under the number 0, with its own header counted; a rest that is too short for one is a gap.
        int free = length - _taken;
        if (free >= ObjectHeaderLength)
        {
            writer.Write(0L);
            writer.Write((long)free);
            free -= ObjectHeaderLength;
        }

        writer.Write(new byte[free]);
        _waiting.Clear();
        _taken = HeaderLength;
    }

    /// <summary>Where a text is.</summary>
    public Place PlaceOf(int number) => _places[number];

    private static int Needed(byte[] bytes) => ObjectHeaderLength + ((bytes.Length + Alignment - 1) / Alignment * Alignment);

    /// <summary>What stands in an attribute for a text.</summary>
    /// <param name="Length">Its bytes.</param>
    /// <param name="Address">Where the collection begins; 0 for a text of none.</param>
    /// <param name="Index">Its number there.</param>
    public readonly record struct Place(uint Length, ulong Address, uint Index);
}

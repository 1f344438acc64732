namespace Numerics.Formats;

/// <summary>
/// The bytes of an HDF5 file. Nothing is allocated that the file does not have the bytes for, and nothing is read again and
/// again: parts of a damaged file that refer to one another in circles, or overlap, come to an end here.
/// </summary>
/// <param name="stream">The file, seekable; closed with this.</param>
internal sealed class Hdf5Source(Stream stream) : IDisposable
{
    // A reader remembers what it has seen, so a sound file is read once, some of it twice.
    private const int Rereading = 4;
    private const long Slack = 1 << 20;

    private long _left = (stream.Length * Rereading) + Slack;

    /// <summary>The number of bytes of the file.</summary>
    public long Length => stream.Length;

    /// <summary>Reads a part of the file.</summary>
    /// <param name="address">Where it begins.</param>
    /// <param name="count">Its length.</param>
    /// <exception cref="InvalidDataException">The file does not have it.</exception>
    public byte[] Read(ulong address, ulong count)
    {
        Seek(address, count);
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Reads a part of the file into memory that is there.</summary>
    /// <inheritdoc cref="Read(ulong, ulong)"/>
    public void Read(ulong address, Span<byte> bytes)
    {
        Seek(address, (ulong)bytes.Length);
        stream.ReadExactly(bytes);
    }

    /// <summary>Says that memory is taken for something that stands in the file, maybe in several places at once.</summary>
    /// <param name="count">How many bytes.</param>
    /// <exception cref="InvalidDataException">It has been more than the file can justify.</exception>
    public void Spend(long count)
    {
        if ((_left -= count) < 0)
            throw new InvalidDataException("its parts refer to one another in a circle, or overlap");
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private void Seek(ulong address, ulong count)
    {
        ulong length = (ulong)stream.Length;
        if (address > length || count > length - address || count > (ulong)Array.MaxLength)
            throw new InvalidDataException($"{count} bytes at {address} are not in the file of {length}");
        Spend((long)count);
        stream.Position = (long)address;
    }
}

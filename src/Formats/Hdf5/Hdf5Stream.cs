using System.Runtime.CompilerServices;

namespace Numerics.Formats;

/// <summary>
/// A file under the hands of the HDF5 library. A damaged file can send a reader in circles or ever deeper; each ends here, for
/// whatever it does it has to read. What was read also tells whether data came from this file or from another that it refers to.
/// </summary>
/// <param name="inner">The file.</param>
internal sealed class Hdf5Stream(Stream inner) : Stream
{
    // One look-up goes through the file once or twice, in pieces of a few bytes at the least.
    private const int Rereading = 4;
    private const long Slack = 1 << 20;
    private const int BytesARead = 16;
    private const int ReadsSlack = 20_000;

    private long _readsLeft;
    private long _bytesLeft;

    /// <summary>The number of bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => inner.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value >= 0 && value <= inner.Length
            ? value
            : throw new InvalidDataException($"offset {value} is outside of the file of {inner.Length} bytes");
    }

    /// <summary>To be called before each look-up: begins to count anew.</summary>
    public void Begin() => (_bytesLeft, _readsLeft) = ((Length * Rereading) + Slack, (Length / BytesARead) + ReadsSlack);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        int count = inner.Read(buffer);
        if (count == 0 && buffer.Length > 0)
            throw new EndOfStreamException($"the file ends at {inner.Length}, {buffer.Length} bytes more were expected");
        BytesRead += count;
        if ((_bytesLeft -= count) < 0 || --_readsLeft < 0)
            throw new InvalidDataException("its parts refer to one another in a circle");
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}

using System.Buffers;

namespace Numerics.Data;

/// <summary>Bytes in an array of the shared pool, which gets it back on <see cref="Dispose"/>.</summary>
/// <param name="length">How many.</param>
internal sealed class RentedBytes(int length) : IDisposable
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(length);

    public Span<byte> Span => Array.AsSpan(0, length);

    /// <summary>The array, which may be longer.</summary>
    public byte[] Array
    {
        get
        {
            ObjectDisposedException.ThrowIf(_array is null, this);
            return _array;
        }
    }

    public int Length => length;

    public void Dispose()
    {
        if (_array is { } array)
            ArrayPool<byte>.Shared.Return(array);
        _array = null;
    }
}

using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>
/// A tensor's memory. An op that rounds its result to bfloat16 may leave it there narrow, in a block of half the size, for ops that read
/// it so; to all others it is in single precision as ever, from when one of them first asks for it.
/// </summary>
internal sealed class DeviceBuffer : TensorBuffer
{
    private readonly DevicePool _pool;
    private readonly Lock _lock = new();
    private DeviceBlock? _wide;
    private DeviceBlock? _narrow;

    // Whether the narrow block holds what counts; the wide one, if there is one, is then a copy of some moment.
    private volatile bool _isNarrow;

    // Whether captured work writes the narrow block whenever it is repeated: a wide copy is never good for long.
    private bool _isRewritten;

    public DeviceBuffer(DevicePool pool, long byteLength)
        : base(byteLength)
    {
        _pool = pool;
        _wide = pool.Rent(byteLength);
    }

    /// <summary>The first byte of the elements in their own type, at a multiple of 256.</summary>
    public ulong Address => _isNarrow ? Widen() : _wide!.Value.Address;

    /// <summary>The first byte of the elements in bfloat16, or 0 if they are not stored so.</summary>
    public ulong NarrowAddress => _isNarrow ? _narrow!.Value.Address : 0;

    /// <summary>Makes room for a result in bfloat16 instead of one in single precision.</summary>
    /// <returns>Where to write it.</returns>
    public ulong Narrow()
    {
        lock (_lock)
        {
            if (_narrow is null)
                _narrow = _pool.Rent(ByteLength / 2);
            else
                _isRewritten |= !_pool.IsCurrent(_narrow.Value);
            if (_wide is { } wide && _pool.IsCurrent(wide))
            {
                _pool.Return(wide);
                _wide = null;
            }

            _isNarrow = true;
            return _narrow.Value.Address;
        }
    }

    protected override void ReturnMemory()
    {
        if (_wide is { } wide)
            _pool.Return(wide);
        if (_narrow is { } narrow)
            _pool.Return(narrow);
    }

    // The narrow block stays: another thread may have its address in hand.
    private ulong Widen()
    {
        lock (_lock)
        {
            _wide ??= _pool.Rent(ByteLength);
            if (_isNarrow)
            {
                _pool.Widen(_narrow!.Value.Address, _wide.Value.Address, checked((int)(ByteLength / sizeof(float))));

                // Work that is being captured does nothing yet, and what was captured will be done again.
                _isNarrow = _isRewritten || !_pool.IsCurrent(_narrow.Value);
            }

            return _wide.Value.Address;
        }
    }
}

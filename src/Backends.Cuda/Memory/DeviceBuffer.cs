using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>
/// A tensor's memory, which it gets when it is first asked where that is. An op that rounds its result to bfloat16 may leave it there narrow,
/// in a block of half the size, for ops that read it so; all others find single precision, from when one of them first asks for it.
/// </summary>
internal sealed class DeviceBuffer(DevicePool pool, long byteLength) : TensorBuffer(byteLength)
{
    private readonly Lock _lock = new();

    // Its blocks are those of the work during which it was made, whenever it gets them.
    private readonly FreeBlocks _home = pool.Current;
    private DeviceBlock? _wide;
    private DeviceBlock? _narrow;

    // The block that holds what counts has its address here, the other one 0.
    private ulong _address;
    private ulong _narrowAddress;

    // The work that writes the narrow block. If it is not that of the moment, or has not always been the same, captured work may write it
    // again at any time, and a wide copy is not good for long.
    private FreeBlocks? _writer;
    private bool _hasSeveralWriters;

    /// <summary>The first byte of the elements in their own type, at a multiple of 256.</summary>
    public ulong Address => Volatile.Read(ref _address) is var address and not 0 ? address : Widen();

    /// <summary>The first byte of the elements in bfloat16, or 0 if they are not stored so.</summary>
    public ulong NarrowAddress => Volatile.Read(ref _narrowAddress);

    /// <summary>Makes room for a result in bfloat16 instead of one in single precision.</summary>
    /// <returns>Where to write it.</returns>
    public ulong Narrow()
    {
        lock (_lock)
        {
            FreeBlocks current = pool.Current;
            _narrow ??= pool.Rent(ByteLength / 2, _home);
            _hasSeveralWriters |= _writer is not null && _writer != current;
            _writer = current;

            // Captured work may have written an earlier one.
            if (_wide is { } wide && wide.Home == current)
            {
                pool.Return(wide);
                _wide = null;
            }

            Volatile.Write(ref _address, 0);
            Volatile.Write(ref _narrowAddress, _narrow.Value.Address);
            return _narrow.Value.Address;
        }
    }

    protected override void ReturnMemory()
    {
        if (_wide is { } wide)
            pool.Return(wide);
        if (_narrow is { } narrow)
            pool.Return(narrow);
    }

    private ulong Widen()
    {
        lock (_lock)
        {
            _wide ??= pool.Rent(ByteLength, _home);
            ulong address = _wide.Value.Address;
            bool stays = true;
            if (_narrowAddress != 0)
            {
                pool.Widen(_narrowAddress, address, checked((int)(ByteLength / sizeof(float))));

                stays = !_hasSeveralWriters && _writer == pool.Current;
            }

            if (stays)
            {
                // The narrow block is kept: another thread may have its address in hand.
                Volatile.Write(ref _address, address);
                Volatile.Write(ref _narrowAddress, 0);
            }

            return address;
        }
    }
}

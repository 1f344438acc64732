using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>
/// A tensor's memory, which it gets when it is first asked where that is. An op that rounds its result to bfloat16 leaves it there narrow,
/// in a block of half the size, for ops that read it so; all others find a copy in single precision, from when one of them first asks for
/// it. That it is rounded does not depend on who reads it: it stays so until something else is written there.
/// </summary>
/// <param name="pool">Where its blocks are from.</param>
/// <param name="byteLength">The size of the elements in their own type.</param>
/// <param name="isToBeRounded">Whether ops that can tell shall round what they write there, or shall not; null where that is up to them.</param>
internal sealed class DeviceBuffer(DevicePool pool, long byteLength, bool? isToBeRounded = null) : TensorBuffer(byteLength)
{
    private readonly Lock _lock = new();

    // Its blocks are those of the work during which it was made, whenever it gets them.
    private readonly FreeBlocks _home = pool.Current;
    private DeviceBlock? _wide;
    private DeviceBlock? _narrow;

    // 0 while the wide block does not hold what counts, and no copy of it.
    private ulong _address;

    // 0 while the narrow block does not hold what counts.
    private ulong _narrowAddress;

    // The work that writes the narrow block. If it is not that of the moment, or has not always been the same, captured work may write it
    // again at any time, and a wide copy is not good for long.
    private FreeBlocks? _writer;
    private bool _hasSeveralWriters;

    /// <summary>Where to read the elements in their own type, at a multiple of 256.</summary>
    public ulong Address => Volatile.Read(ref _address) is var address and not 0 ? address : Widen();

    /// <summary>Where to read the elements in bfloat16, or 0 if they are not rounded to it.</summary>
    public ulong NarrowAddress => Volatile.Read(ref _narrowAddress);

    /// <summary>Whether ops that can tell shall round what they write there, or shall not; null where that is up to them.</summary>
    public bool? IsToBeRounded => isToBeRounded;

    /// <summary>Whether nothing has been written there yet.</summary>
    public bool IsEmpty => _wide is null && _narrow is null;

    /// <summary>Whether it was filled with zeros, and nothing written since.</summary>
    public bool HoldsZeros { get; set; }

    /// <summary>Where to write elements in their own type, which then are not rounded, and those that are not written neither.</summary>
    public ulong Overwrite()
    {
        HoldsZeros = false;
        if (NarrowAddress == 0)
            return Address;
        lock (_lock)
        {
            ulong address = Address;
            Volatile.Write(ref _address, address);
            Volatile.Write(ref _narrowAddress, 0);
            return address;
        }
    }

    /// <summary>Where to write all elements in bfloat16, which then are rounded.</summary>
    public ulong Narrow()
    {
        lock (_lock)
        {
            HoldsZeros = false;
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
            if (_address != 0)
                return _address;
            _wide ??= pool.Rent(ByteLength, _home);
            ulong address = _wide.Value.Address;
            bool stays = true;
            if (_narrowAddress != 0)
            {
                pool.Widen(_narrowAddress, address, checked((int)(ByteLength / sizeof(float))));
                stays = !_hasSeveralWriters && _writer == pool.Current;
            }

            if (stays)
                Volatile.Write(ref _address, address);
            return address;
        }
    }
}

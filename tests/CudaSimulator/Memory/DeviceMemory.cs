using System.Runtime.InteropServices;

namespace Numerics.CudaSimulator.Memory;

/// <summary>
/// The memory of a simulated device. Its addresses are no host's, so that host code that follows one crashes; every allocation
/// is filled with NaN, has guard zones on both sides that are looked at when it is freed, and is kept for a while after that, so
/// that late uses are told apart from wild ones.
/// </summary>
public sealed unsafe class DeviceMemory : IDisposable
{
    private const ulong AddressOffset = 0x5A00_0000_0000_0000;
    private const int Alignment = 256;
    private const int GuardBytes = 256;
    private const byte GuardPattern = 0xA5;
    private const int KeptFreed = 64;

    private readonly Lock _lock = new();
    private readonly SortedList<ulong, DeviceAllocation> _live = [];
    private readonly Queue<DeviceAllocation> _freed = [];

    /// <summary>Bytes in live allocations.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>The allocations that nobody has freed.</summary>
    public IReadOnlyList<DeviceAllocation> Live
    {
        get
        {
            lock (_lock)
                return [.. _live.Values];
        }
    }

    /// <summary>Reserves memory at a multiple of 256.</summary>
    public DeviceAllocation Allocate(long length)
    {
        nuint whole = checked((nuint)length + (2 * GuardBytes));
        byte* block = (byte*)NativeMemory.AlignedAlloc(whole, Alignment);
        NativeMemory.Fill(block, whole, GuardPattern);
        NativeMemory.Fill(block + GuardBytes, (nuint)length, 0xFF);
        var allocation = new DeviceAllocation((ulong)(block + GuardBytes) + AddressOffset, length, block + GuardBytes);
        lock (_lock)
        {
            _live.Add(allocation.Start, allocation);
            UsedBytes += length;
        }

        return allocation;
    }

    /// <summary>Frees memory.</summary>
    /// <exception cref="DeviceMemoryException">The address starts no live allocation, or something was written beside it.</exception>
    public void Free(ulong address)
    {
        lock (_lock)
        {
            if (!_live.Remove(address, out DeviceAllocation? allocation))
                throw new DeviceMemoryException(Describe(address, 1) + ": not the start of a live allocation");
            UsedBytes -= allocation.Length;
            allocation.IsFreed = true;
            CheckGuards(allocation);
            NativeMemory.Fill(allocation.Host, (nuint)allocation.Length, 0xFE);
            _freed.Enqueue(allocation);
            if (_freed.Count > KeptFreed)
                Release(_freed.Dequeue());
        }
    }

    /// <summary>The allocation that holds some bytes.</summary>
    /// <param name="guess">Where the bytes before them were, if known.</param>
    /// <param name="address">The first byte, a multiple of the size of what is read.</param>
    /// <param name="bytes">How many.</param>
    /// <exception cref="DeviceMemoryException">No live allocation holds them all, or the address is misaligned.</exception>
    public DeviceAllocation Check(DeviceAllocation? guess, ulong address, int bytes)
    {
        if ((address & (ulong)(bytes - 1)) != 0)
            throw new DeviceMemoryException($"misaligned address {address:X} of {bytes} bytes");
        return guess is not null && !guess.IsFreed && guess.Holds(address, bytes) ? guess : Find(address, bytes);
    }

    /// <summary>The allocation that holds a range.</summary>
    /// <exception cref="DeviceMemoryException">No live allocation holds it all.</exception>
    public DeviceAllocation Find(ulong address, long bytes)
    {
        lock (_lock)
        {
            IList<ulong> starts = _live.Keys;
            int low = 0, high = starts.Count - 1;
            while (low <= high)
            {
                int middle = (low + high) / 2;
                if (starts[middle] <= address)
                    low = middle + 1;
                else
                    high = middle - 1;
            }

            if (high >= 0 && _live.Values[high].Holds(address, bytes))
                return _live.Values[high];
            throw new DeviceMemoryException(Describe(address, bytes));
        }
    }

    /// <summary>The bytes of a range, for the host's own computations.</summary>
    public byte* Pointer(ulong address, long bytes) => Find(address, bytes).At(address);

    /// <summary>Reads one value.</summary>
    public T Read<T>(ulong address)
        where T : unmanaged => *(T*)Pointer(address, sizeof(T));

    /// <summary>Looks at the guard zones of all live allocations.</summary>
    public void CheckGuards()
    {
        foreach (DeviceAllocation allocation in Live)
            CheckGuards(allocation);
    }

    /// <summary>Gives everything back to the operating system.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (DeviceAllocation allocation in _live.Values)
                Release(allocation);
            while (_freed.TryDequeue(out DeviceAllocation? allocation))
                Release(allocation);
            _live.Clear();
        }
    }

    private static void Release(DeviceAllocation allocation) => NativeMemory.AlignedFree(allocation.Host - GuardBytes);

    private static void CheckGuards(DeviceAllocation allocation)
    {
        for (int i = 1; i <= GuardBytes; i++)
        {
            if (allocation.Host[-i] != GuardPattern)
                throw new DeviceMemoryException($"something was written {i} bytes before the allocation at {allocation.Start:X} of {allocation.Length} bytes");
            if (allocation.Host[allocation.Length + i - 1] != GuardPattern)
                throw new DeviceMemoryException($"something was written {i - 1} bytes behind the allocation at {allocation.Start:X} of {allocation.Length} bytes");
        }
    }

    private string Describe(ulong address, long bytes)
    {
        foreach (DeviceAllocation allocation in _freed)
        {
            if (allocation.Holds(address, 1))
                return $"address {address:X} lies in an allocation of {allocation.Length} bytes that was freed";
        }

        foreach (DeviceAllocation allocation in _live.Values)
        {
            if (address + (ulong)bytes > allocation.Start && address <= allocation.Start + (ulong)allocation.Length)
                return $"{bytes} bytes at {address:X} reach over the end of the allocation at {allocation.Start:X} of {allocation.Length} bytes";
        }

        return $"address {address:X} lies in no allocation";
    }
}

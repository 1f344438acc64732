using System.Numerics;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>
/// Keeps returned blocks by size, so that a training step that makes the same tensors as the one before asks the driver for
/// nothing. All work runs in order on one stream: a block can be handed out again while the work that used it is still waiting.
/// </summary>
internal sealed class DevicePool(CudaBackend backend) : IDisposable
{
    private const int Alignment = 256;

    // Plain collections under a plain lock: a forgotten tensor returns its block from a finaliser.
    private readonly object _lock = new();
    private readonly FreeBlocks _free = new();
    private readonly List<FreeBlocks> _ofCaptures = [];
    private FreeBlocks? _captured;
    private long _reservedBytes;
    private long _usedBytes;
    private long _widenedElements;
    private bool _disposed;

    /// <summary>Bytes held from the driver, in use or free.</summary>
    public long ReservedBytes => Interlocked.Read(ref _reservedBytes);

    /// <summary>Bytes in use.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <summary>How many elements in bfloat16 were copied because single precision was asked for.</summary>
    public long WidenedElements => Interlocked.Read(ref _widenedElements);

    /// <summary>Where the blocks are from that the work of the moment gets: the work that is being captured, or all other.</summary>
    public FreeBlocks Current
    {
        get
        {
            lock (_lock)
                return _captured ?? _free;
        }
    }

    public DeviceBlock Rent(long byteLength, FreeBlocks home)
    {
        long size = SizeClass(byteLength);
        ulong address;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(CudaBackend));
            if (!home.TryTake(size, out address))
            {
                address = Reserve(size);
                _reservedBytes += size;
            }

            _usedBytes += size;
        }

        return new DeviceBlock(home, address, size);
    }

    public void Return(DeviceBlock block)
    {
        lock (_lock)
        {
            _usedBytes -= block.Size;

            // The context is gone, and the memory with it.
            if (!_disposed)
                block.Home.Add(block.Size, block.Address);
        }
    }

    /// <summary>Copies numbers in bfloat16 to where there is room for them in single precision.</summary>
    public void Widen(ulong narrow, ulong wide, int count)
    {
        _ = Interlocked.Add(ref _widenedElements, count);
        backend.Widen(narrow, wide, count);
    }

    /// <summary>From now on blocks are new ones, or such as were returned since: those of work that is being captured.</summary>
    public FreeBlocks BeginCapture()
    {
        lock (_lock)
        {
            _captured = new FreeBlocks();
            _ofCaptures.Add(_captured);
            return _captured;
        }
    }

    /// <summary>Ordinary blocks again; those of the capture stay with it.</summary>
    public void EndCapture()
    {
        lock (_lock)
            _captured = null;
    }

    /// <summary>Makes a capture's blocks ordinary ones.</summary>
    public void Forget(FreeBlocks ofCapture)
    {
        lock (_lock)
        {
            _ = _ofCaptures.Remove(ofCapture);
            ofCapture.HandOverTo(_free);
        }
    }

    /// <summary>Frees what no tensor uses. The stream is idle.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (FreeBlocks blocks in _ofCaptures)
                blocks.HandOverTo(_free);
            FreeUnused();
        }
    }

    private ulong Reserve(long size)
    {
        backend.Activate();
        try
        {
            return backend.Api.AllocateMemory(size);
        }
        catch (CudaException error) when (error.Status == CudaException.OutOfMemory)
        {
            // Blocks of other sizes wait for tensors that may never come again.
            backend.Synchronize();
            FreeUnused();
        }

        try
        {
            return backend.Api.AllocateMemory(size);
        }
        catch (CudaException error) when (error.Status == CudaException.OutOfMemory)
        {
            (long free, long total) = backend.Api.GetMemoryInfo();
            throw new CudaException(
                $"{backend.Name}: no {size >> 20} MiB for a tensor: {_usedBytes >> 20} MiB in use, {free >> 20} of {total >> 20} MiB free; a smaller batch needs less",
                error);
        }
    }

    private void FreeUnused()
    {
        foreach ((long size, ulong address) in _free.TakeAll())
        {
            backend.Api.FreeMemory(address);
            _reservedBytes -= size;
        }
    }

    // Four classes an octave waste at most a quarter, an eighth on average.
    private static long SizeClass(long byteLength)
    {
        long bytes = Math.Max(byteLength, Alignment);
        long step = Math.Max((long)BitOperations.RoundUpToPowerOf2((ulong)bytes) / 8, Alignment);
        return (bytes + step - 1) / step * step;
    }
}

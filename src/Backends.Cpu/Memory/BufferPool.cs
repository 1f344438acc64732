using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Keeps returned blocks by size, so that a training step that makes the same tensors as the one before asks the operating
/// system for nothing. Blocks start at 64-byte boundaries and their sizes are rounded up to a few classes an octave.
/// </summary>
internal sealed unsafe class BufferPool : IDisposable
{
    /// <summary>A cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    private readonly ConcurrentDictionary<long, ConcurrentBag<nint>> _free = new();
    private long _reservedBytes;
    private long _usedBytes;
    private volatile bool _disposed;

    /// <summary>Bytes held from the operating system, in use or free.</summary>
    public long ReservedBytes => Interlocked.Read(ref _reservedBytes);

    /// <summary>Bytes in use by tensors and scratch memory.</summary>
    public long UsedBytes => Interlocked.Read(ref _usedBytes);

    public CpuBuffer Rent(long byteLength)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(CpuBackend));
        long size = SizeClass(byteLength);
        if (!Free(size).TryTake(out nint block))
        {
            block = (nint)NativeMemory.AlignedAlloc(checked((nuint)size), Alignment);
            _ = Interlocked.Add(ref _reservedBytes, size);
        }

        _ = Interlocked.Add(ref _usedBytes, size);
        return new CpuBuffer(this, (byte*)block, byteLength, size);
    }

    public void Return(CpuBuffer buffer)
    {
        _ = Interlocked.Add(ref _usedBytes, -buffer.BlockSize);
        Free(buffer.BlockSize).Add((nint)buffer.Pointer);
        if (_disposed)
            FreeAll();
    }

    public void Dispose()
    {
        _disposed = true;
        FreeAll();
    }

    // Four classes an octave waste at most a quarter, an eighth on average.
    private static long SizeClass(long byteLength)
    {
        long bytes = Math.Max(byteLength, Alignment);
        long step = Math.Max((long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes) / 8, Alignment);
        return (bytes + step - 1) / step * step;
    }

    private ConcurrentBag<nint> Free(long size) => _free.GetOrAdd(size, static _ => []);

    private void FreeAll()
    {
        foreach ((long size, ConcurrentBag<nint> blocks) in _free)
        {
            while (blocks.TryTake(out nint block))
            {
                NativeMemory.AlignedFree((void*)block);
                _ = Interlocked.Add(ref _reservedBytes, -size);
            }
        }
    }
}

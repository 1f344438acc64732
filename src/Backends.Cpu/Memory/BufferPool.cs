using System.Runtime.InteropServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Keeps returned blocks by size, so that a training step that makes the same tensors as the one before asks the operating
/// system for nothing. Blocks start at 64-byte boundaries and their sizes are rounded up to a few classes an octave.
/// </summary>
internal sealed unsafe class BufferPool : CpuMemory
{
    // A load waits for an earlier store for as long as the last 12 bits of their addresses agree, though it is another place. Tensors whose
    // pixels or rows are a power of two apart meet like that all the time if all of them start at the same place of a page, and depthwise
    // convolutions of 512 channels took twice as long. So large blocks start in turn at other places of a page, no two of 19
    // neighbours less than three lines apart.
    private const int PageSize = 4096;
    private const int StartStep = 27 * Alignment;
    private const int SmallestSpreadBlock = 32 * PageSize;

    // Plain collections under a plain lock: a forgotten tensor returns its block from a finaliser, where anything that has a
    // finaliser of its own (a thread-local, a wait handle) may be gone already.
    private readonly object _lock = new();
    private readonly Dictionary<long, Stack<nint>> _free = [];
    private long _reservedBytes;
    private long _usedBytes;
    private bool _disposed;
    private int _start;

    /// <inheritdoc/>
    public override long ReservedBytes => Interlocked.Read(ref _reservedBytes);

    /// <inheritdoc/>
    public override long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <inheritdoc/>
    public override CpuBuffer Rent(long byteLength)
    {
        long size = SizeClass(byteLength);
        nint block;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(CpuBackend));
            if (!_free.TryGetValue(size, out Stack<nint>? blocks) || !blocks.TryPop(out block))
                block = Allocate(size);

            _usedBytes += size;
        }

        return new CpuBuffer(this, (byte*)block, byteLength, size);
    }

    /// <inheritdoc/>
    public override void Return(CpuBuffer buffer)
    {
        lock (_lock)
        {
            _usedBytes -= buffer.BlockSize;
            if (_disposed)
            {
                Free((nint)buffer.Pointer, buffer.BlockSize);
                return;
            }

            if (!_free.TryGetValue(buffer.BlockSize, out Stack<nint>? blocks))
                _free[buffer.BlockSize] = blocks = new Stack<nint>();
            blocks.Push((nint)buffer.Pointer);
        }
    }

    /// <summary>Frees what no tensor uses; blocks in use are freed when they come back.</summary>
    public override void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach ((long size, Stack<nint> blocks) in _free)
            {
                while (blocks.TryPop(out nint block))
                    Free(block, size);
            }
        }
    }

    private nint Allocate(long size)
    {
        _reservedBytes += size;
        if (size < SmallestSpreadBlock)
            return (nint)NativeMemory.AlignedAlloc(checked((nuint)size), Alignment);
        _start = (_start + StartStep) % PageSize;
        return (nint)HugePages.Allocate(checked((nuint)size + PageSize), PageSize) + _start;
    }

    private void Free(nint block, long size)
    {
        NativeMemory.AlignedFree((void*)(size < SmallestSpreadBlock ? block : block & -PageSize));
        _reservedBytes -= size;
    }

    // Four classes an octave waste at most a quarter, an eighth on average.
    private static long SizeClass(long byteLength)
    {
        long bytes = Math.Max(byteLength, Alignment);
        long step = Math.Max((long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes) / 8, Alignment);
        return (bytes + step - 1) / step * step;
    }
}

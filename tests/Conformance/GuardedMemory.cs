using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Numerics.Backends.Cpu;

namespace Numerics.Tests.Conformance;

/// <summary>
/// Memory that finds out what kernels must not do. Every block is new, holds signalling NaN, and lies against an unreadable page: an
/// access beyond that edge ends the process with the kernel's stack trace. What is left between the other edge and the next
/// unreadable page is NaN, too, and looked at when the block comes back. A block that came back is unreadable for a long time.
/// Linux only; elsewhere <see cref="Create"/> makes a pool.
/// </summary>
/// <param name="atEnd">Whether blocks lie against the page after them, at no alignment but a float's; else against the one before them.</param>
internal sealed unsafe partial class GuardedMemory(bool atEnd) : CpuMemory
{
    private const int BlocksKept = 4096;
    private const uint Nan = 0x7FA0_0000;
    private const int None = 0, ReadWrite = 3, PrivateAnonymous = 0x22, DontNeed = 4;

    private static readonly long s_page = Environment.SystemPageSize;

    private readonly ConcurrentQueue<(nint Start, long Length)> _returned = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private long _reservedBytes;
    private long _usedBytes;

    /// <summary>Guarded memory, or a plain pool where the system has none.</summary>
    public static CpuMemory Create(bool atEnd) => OperatingSystem.IsLinux() ? new GuardedMemory(atEnd) : new BufferPool();

    /// <inheritdoc/>
    public override long ReservedBytes => Interlocked.Read(ref _reservedBytes);

    /// <inheritdoc/>
    public override long UsedBytes => Interlocked.Read(ref _usedBytes);

    /// <inheritdoc/>
    public override CpuBuffer Rent(long byteLength)
    {
        long size = Inner(byteLength), length = size + (2 * s_page);
        byte* start = (byte*)Map(0, (nuint)length, None, PrivateAnonymous, -1, 0);
        if ((nint)start == -1 || Protect(start + s_page, (nuint)size, ReadWrite) != 0)
            throw new InsufficientMemoryException($"no {length} bytes of guarded memory");
        new Span<uint>(start + s_page, checked((int)(size / sizeof(uint)))).Fill(Nan);
        _ = Interlocked.Add(ref _reservedBytes, length);
        _ = Interlocked.Add(ref _usedBytes, byteLength);
        return new CpuBuffer(this, start + s_page + (atEnd ? Before(byteLength) : 0), byteLength, byteLength);
    }

    /// <inheritdoc/>
    public override void Return(CpuBuffer buffer)
    {
        long size = Inner(buffer.ByteLength), before = atEnd ? Before(buffer.ByteLength) : 0;
        byte* inner = buffer.Pointer - before;
        CheckRest(inner, 0, before, buffer.ByteLength);
        CheckRest(inner, before + buffer.ByteLength, size, buffer.ByteLength);
        _ = Interlocked.Add(ref _usedBytes, -buffer.ByteLength);
        _ = Advise(inner, (nuint)size, DontNeed);
        _ = Protect(inner, (nuint)size, None);
        _returned.Enqueue(((nint)(inner - s_page), size + (2 * s_page)));
        while (_returned.Count > BlocksKept && _returned.TryDequeue(out (nint Start, long Length) block))
            Free(block);
    }

    /// <summary>Frees the blocks that came back.</summary>
    /// <exception cref="InvalidOperationException">Something wrote beside a block.</exception>
    public override void Dispose()
    {
        while (_returned.TryDequeue(out (nint Start, long Length) block))
            Free(block);
        if (!_violations.IsEmpty)
            throw new InvalidOperationException(string.Join(Environment.NewLine, _violations));
    }

    // What is readable: whole pages, one at least, so that both edges exist for an empty block.
    private static long Inner(long byteLength) => Math.Max(s_page, (byteLength + s_page - 1) / s_page * s_page);

    private static long Before(long byteLength) => Inner(byteLength) - ((byteLength + sizeof(float) - 1) / sizeof(float) * sizeof(float));

    private void CheckRest(byte* inner, long from, long to, long byteLength)
    {
        for (long i = from; i < to; i++)
        {
            if (inner[i] == (byte)(Nan >> (int)(8 * (i % sizeof(uint)))))
                continue;
            _violations.Enqueue($"a block of {byteLength} bytes was written at byte {i - (atEnd ? Before(byteLength) : 0)}; it came back in\n{new StackTrace(2)}");
            return;
        }
    }

    private void Free((nint Start, long Length) block)
    {
        _ = Unmap((void*)block.Start, (nuint)block.Length);
        _ = Interlocked.Add(ref _reservedBytes, -block.Length);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}

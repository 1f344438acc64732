using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The CPU backend: vectorised kernels over pooled memory, shared out over a few long-lived threads. Every op gives the same
/// bits for any number of threads.
/// </summary>
public sealed unsafe partial class CpuBackend : Backend
{
    /// <summary>The environment variable that sets the number of threads of a backend that is made without naming one.</summary>
    public const string ThreadsVariable = "NUMERICS_NUM_THREADS";

    /// <summary>
    /// The environment variable that limits the vectors of the micro-kernels: avx512, avx2, vector128 or scalar. Read once, when
    /// the process makes its first backend.
    /// </summary>
    public const string SimdVariable = "NUMERICS_SIMD";

    private readonly CpuMemory _memory;
    private readonly ThreadTeam _team;

    /// <summary>A backend with as many threads as <see cref="ThreadsVariable"/> says, or one for each processor.</summary>
    /// <exception cref="ArgumentException">
    /// <see cref="ThreadsVariable"/> is not a positive number, or <see cref="SimdVariable"/> not a level that machine and runtime have.
    /// </exception>
    public CpuBackend()
        : this(DefaultThreads())
    {
    }

    /// <summary>A backend with its own threads and memory.</summary>
    /// <param name="threads">How many threads compute, the caller's included; at least 1.</param>
    /// <exception cref="ArgumentException"><see cref="SimdVariable"/> is not a level that machine and runtime have.</exception>
    public CpuBackend(int threads)
        : this(threads, new BufferPool())
    {
    }

    /// <summary>A backend with its own threads and memory from somewhere else; it disposes of the memory.</summary>
    internal CpuBackend(int threads, CpuMemory memory)
    {
        Simd.ThrowIfNotAvailable();
        _memory = memory;
        _team = new ThreadTeam(threads);
    }

    /// <inheritdoc/>
    public override string Name => "cpu";

    /// <inheritdoc/>
    public override string Description =>
        $"{RuntimeInformation.ProcessArchitecture}, {Threads} thread{(Threads == 1 ? "" : "s")}, {Simd.Name(Simd.Level)}";

    /// <summary>How many threads compute, the caller's included.</summary>
    public int Threads => _team.Threads;

    /// <summary>The widest vectors of the micro-kernels, in bits; 0 without any.</summary>
    public static int VectorBits => Simd.Level switch
    {
        SimdLevel.Avx512 => 512,
        SimdLevel.Avx2 => 256,
        SimdLevel.Vector128 => 128,
        _ => 0,
    };

    /// <summary>Memory held from the operating system, in bytes, whether a tensor uses it or it waits for the next one.</summary>
    public long ReservedBytes => _memory.ReservedBytes;

    /// <summary>Memory that live tensors use, in bytes, rounded up to the pool's block sizes.</summary>
    public long UsedBytes => _memory.UsedBytes;

    /// <inheritdoc/>
    public override TensorBuffer Allocate(long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        return _memory.Rent(byteLength);
    }

    /// <inheritdoc/>
    public override void Upload(ReadOnlySpan<byte> source, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(target);
        fixed (byte* from = source)
            CopyRun(from, Pointer<byte>(target), source.Length);
        GC.KeepAlive(target);
    }

    /// <inheritdoc/>
    public override void Download(Tensor source, long offset, Span<byte> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        fixed (byte* to = target)
            CopyRun(Pointer<byte>(source) + offset, to, target.Length);
        GC.KeepAlive(source);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _team.Dispose();
        _memory.Dispose();
    }

    /// <summary>The first element; the caller keeps the tensor alive while it uses the pointer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* Pointer<T>(Tensor tensor)
        where T : unmanaged => (T*)(((CpuBuffer)tensor.Buffer).Pointer + tensor.ByteOffset);

    private void CopyRun(byte* source, byte* target, int length)
    {
        var work = new CopyRunsWork(source, 0, target, 0, length, 1);
        _team.Run(work, work.Count);
    }

    private static int DefaultThreads()
    {
        string? text = Environment.GetEnvironmentVariable(ThreadsVariable);
        if (string.IsNullOrWhiteSpace(text))
            return Environment.ProcessorCount;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads > 0
            ? threads
            : throw new ArgumentException($"{ThreadsVariable}: expected a positive number of threads, got '{text}'");
    }
}

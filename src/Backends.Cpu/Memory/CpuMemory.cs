namespace Numerics.Backends.Cpu;

/// <summary>Where a backend's blocks come from: its pool, or in tests memory that finds out what is read and written beyond them.</summary>
internal abstract class CpuMemory : IDisposable
{
    /// <summary>A cache line, and the widest vector: where blocks start for speed. No kernel relies on it.</summary>
    public const int Alignment = 64;

    /// <summary>Bytes held from the operating system, in use or free.</summary>
    public abstract long ReservedBytes { get; }

    /// <summary>Bytes in use by tensors and scratch memory.</summary>
    public abstract long UsedBytes { get; }

    /// <summary>A block whose content is not set. Nothing beyond <see cref="Numerics.Tensors.TensorBuffer.ByteLength"/> may be touched.</summary>
    public abstract CpuBuffer Rent(long byteLength);

    /// <summary>Takes a block back, possibly on the finaliser's thread.</summary>
    public abstract void Return(CpuBuffer buffer);

    /// <summary>Frees what no tensor uses; blocks in use are freed when they come back.</summary>
    public abstract void Dispose();
}

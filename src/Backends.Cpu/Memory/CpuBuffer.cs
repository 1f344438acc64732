using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>A block of a <see cref="BufferPool"/>.</summary>
internal sealed unsafe class CpuBuffer(BufferPool pool, byte* pointer, long byteLength, long blockSize) : TensorBuffer(byteLength)
{
    /// <summary>The first byte, at a multiple of <see cref="BufferPool.Alignment"/>.</summary>
    public byte* Pointer => pointer;

    /// <summary>The block's full size in bytes.</summary>
    public long BlockSize => blockSize;

    public override nint HostAddress => (nint)pointer;

    protected override void ReturnMemory() => pool.Return(this);
}

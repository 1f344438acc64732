using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>A block of a backend's memory.</summary>
internal sealed unsafe class CpuBuffer(CpuMemory memory, byte* pointer, long byteLength, long blockSize) : TensorBuffer(byteLength)
{
    /// <summary>The first byte, as a rule at a multiple of <see cref="CpuMemory.Alignment"/>.</summary>
    public byte* Pointer => pointer;

    /// <summary>The block's full size in bytes.</summary>
    public long BlockSize => blockSize;

    public override nint HostAddress => (nint)pointer;

    protected override void ReturnMemory() => memory.Return(this);
}

using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>A block of a <see cref="DevicePool"/>.</summary>
internal sealed class DeviceBuffer(DevicePool pool, FreeBlocks home, ulong address, long byteLength, long blockSize) : TensorBuffer(byteLength)
{
    /// <summary>The first byte, at a multiple of 256.</summary>
    public ulong Address => address;

    /// <summary>Where the block waits when it is returned.</summary>
    public FreeBlocks Home => home;

    /// <summary>The block's full size in bytes.</summary>
    public long BlockSize => blockSize;

    protected override void ReturnMemory() => pool.Return(this);
}

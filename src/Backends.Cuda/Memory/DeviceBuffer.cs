using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>A block of a <see cref="DevicePool"/>.</summary>
internal sealed class DeviceBuffer(DevicePool pool, ulong address, long byteLength, long blockSize) : TensorBuffer(byteLength)
{
    /// <summary>The first byte, at a multiple of 256.</summary>
    public ulong Address => address;

    /// <summary>The block's full size in bytes.</summary>
    public long BlockSize => blockSize;

    protected override void ReturnMemory() => pool.Return(this);
}

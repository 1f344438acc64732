namespace Numerics.Backends.Cuda;

/// <summary>A block of a <see cref="DevicePool"/>.</summary>
/// <param name="Home">Where it waits when it is returned.</param>
/// <param name="Address">The first byte, at a multiple of 256.</param>
/// <param name="Size">The full size in bytes.</param>
internal readonly record struct DeviceBlock(FreeBlocks Home, ulong Address, long Size);

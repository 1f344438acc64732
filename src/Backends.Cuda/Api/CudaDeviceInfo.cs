namespace Numerics.Backends.Cuda;

/// <summary>Facts about a device.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ComputeCapability">10·major + minor: 75 for Turing, 90 for Hopper.</param>
/// <param name="Multiprocessors">The number of streaming multiprocessors.</param>
/// <param name="MemoryBytes">Its memory.</param>
public sealed record CudaDeviceInfo(string Name, int ComputeCapability, int Multiprocessors, long MemoryBytes);

namespace Numerics.CudaSimulator.Memory;

/// <summary>A wrong use of device memory: outside an allocation, after it was freed, misaligned, or over its end.</summary>
public sealed class DeviceMemoryException(string message) : Exception(message);

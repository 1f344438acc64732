namespace Numerics.Backends.Cuda;

/// <summary>The element types of operands that NVIDIA's libraries multiply.</summary>
public enum CudaDataType
{
    /// <summary>IEEE 754 single precision.</summary>
    Float32,

    /// <summary>The upper half of a single: 8 bits of exponent, 8 of precision.</summary>
    BFloat16,
}

namespace Numerics.Backends.Cuda;

/// <summary>The arithmetic of matrix products and convolutions. Everything else is Float32 throughout.</summary>
public enum CudaPrecision
{
    /// <summary>IEEE 754 single precision.</summary>
    Float32,

    /// <summary>Operands rounded to 10 bits of mantissa on the tensor cores (TF32), from Ampere on.</summary>
    TensorFloat32,

    /// <summary>
    /// Operands, and the outputs of convolutions, rounded to bfloat16, and what goes from one block of convolution and pooling to the next
    /// stored in it; weights and sums stay Float32.
    /// </summary>
    BFloat16,
}

namespace Numerics.Backends.Cuda;

/// <summary>NVIDIA's libraries.</summary>
public enum CudaLibrary
{
    /// <summary>The driver's own library: libcuda.</summary>
    Driver,

    /// <summary>Matrix products.</summary>
    Blas,

    /// <summary>Matrix products with epilogues.</summary>
    BlasLt,

    /// <summary>Convolutions.</summary>
    Dnn,

    /// <summary>Communication between GPUs.</summary>
    Nccl,
}

namespace Numerics.Backends.Cuda;

/// <summary>
/// The one seam to NVIDIA's libraries: what the backend calls of the driver, of cuBLAS and of cuDNN. Calls that NVIDIA's
/// libraries answer with a status throw <see cref="CudaException"/> when it is not success. Addresses of device memory are the
/// driver's (CUdeviceptr); handles are opaque. Work is enqueued on streams unless a member says that it waits.
/// </summary>
public partial interface ICudaApi : IDisposable
{
    /// <summary>One line about the libraries and their versions, or why cuBLAS or cuDNN is missing, for <c>info</c> commands.</summary>
    string Description { get; }
}

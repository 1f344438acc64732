using Numerics.Backends.Cuda;

namespace Numerics.Distributed;

/// <summary>NCCL's library, found as the CUDA backend finds its own.</summary>
internal static class NcclLibrary
{
    public const string Name = "numerics-nccl";

    private static readonly Lazy<nint> s_handle = new(() => CudaLibraries.Load(CudaLibrary.Nccl));

    /// <summary>The library.</summary>
    /// <exception cref="Tensors.BackendUnavailableException">It was not found; the message says what was tried.</exception>
    public static nint Handle => s_handle.Value;
}

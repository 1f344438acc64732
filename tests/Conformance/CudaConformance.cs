using Numerics.Backends.Cuda;
using Numerics.CudaSimulator;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>
/// The CUDA backend, over simulated libraries unless told otherwise: its own kernels are interpreted from the PTX that is shipped.
/// </summary>
public sealed class CudaConformance : BackendConformance
{
    protected override bool ChecksIndices => false;

    protected override Backend CreateBackend() => new CudaBackend(TestedLibraries.Create(), ownsApi: true);
}

using Numerics.CudaSimulator;
using Numerics.Tensors;
using Numerics.Tests.Conformance;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>Tests with a simulated device of their own as the default backend, which has to have got everything back at the end.</summary>
public abstract class SimulatedDefault : IDisposable
{
    private protected SimulatedDefault()
    {
        SimulatedBackend = new CudaBackend(Api);
        Backend.Default = SimulatedBackend;
    }

    private protected SimulatedCudaApi Api { get; } = new();

    private protected CudaBackend SimulatedBackend { get; }

    public void Dispose()
    {
        // The other tests of the assembly want their default backend back.
        SimulatedBackend.Dispose();
        Backend.Default = DefaultIsCuda.Backend;
        Assert.Empty(Api.Leaks);
        Api.Dispose();
        GC.SuppressFinalize(this);
    }
}

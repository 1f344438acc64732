using Numerics.CudaSimulator;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>A backend that stores activations in bfloat16, the default one during a test.</summary>
public abstract class BrainFloatTests : IDisposable
{
    protected BrainFloatTests()
    {
        Api = Open();
        Brain = new CudaBackend(Api, options: new CudaOptions(CudaPrecision.BFloat16));
        Backend.Default = Brain;
    }

    private protected ICudaApi Api { get; }

    private protected CudaBackend Brain { get; }

    public virtual void Dispose()
    {
        Brain.Dispose();
        Backend.Default = DefaultIsCuda.Backend;
        if (Api is SimulatedCudaApi simulator)
            Assert.Empty(simulator.Leaks);
        Api.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static ICudaApi Open() => TestedLibraries.AreReal ? new NativeCudaApi() : new SimulatedCudaApi { ComputeCapability = 80 };
}

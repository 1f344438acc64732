using Numerics.Backends.Cuda;

namespace Numerics.CudaSimulator;

/// <summary>What the suites of the CUDA backend run on.</summary>
public static class TestedLibraries
{
    /// <summary>Set to 1, the real libraries and the first device are tested instead of the simulator.</summary>
    public const string Variable = "NUMERICS_TEST_GPU";

    /// <summary>Whether the real libraries are tested.</summary>
    public static bool AreReal => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>The libraries.</summary>
    public static ICudaApi Create() => AreReal ? new NativeCudaApi() : new SimulatedCudaApi();
}

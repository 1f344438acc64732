using System.Runtime.CompilerServices;
using Numerics.CudaSimulator;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

internal static class DefaultIsCuda
{
    /// <summary>The backend of every test that names none.</summary>
    public static CudaBackend Backend { get; } = new(TestedLibraries.Create());

    [ModuleInitializer]
    internal static void Initialize() => Tensors.Backend.Default = Backend;
}

using Numerics.CudaSimulator.Ptx;

namespace Numerics.CudaSimulator;

/// <summary>A kernel of a module that was loaded; the same text loaded twice makes two modules.</summary>
/// <param name="Module">The module's handle.</param>
/// <param name="Kernel">The kernel.</param>
internal sealed record LoadedFunction(nint Module, PtxKernel Kernel);

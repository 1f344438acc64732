using Numerics.Backends.Cpu;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>The CPU backend on one thread.</summary>
public sealed class CpuConformance : BackendConformance
{
    protected override Backend CreateBackend() => new CpuBackend(threads: 1);
}

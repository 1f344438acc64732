using Numerics.Backends.Cpu;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>The CPU backend on several threads, more than the machine may have cores.</summary>
public sealed class CpuThreadedConformance : BackendConformance
{
    protected override Backend CreateBackend() => new CpuBackend(threads: 3);
}

using Numerics.Backends.Cpu;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <summary>The CPU backend in memory where an access behind a block is fatal, and what nobody wrote is NaN.</summary>
public sealed class CpuGuardedConformance : BackendConformance
{
    protected override bool StartsWithNaN => OperatingSystem.IsLinux();

    protected override Backend CreateBackend() => new CpuBackend(2, GuardedMemory.Create(atEnd: true));
}

namespace Numerics.Backends.Cpu;

/// <summary>A tile's height as a type, so that the JIT compiles a kernel for each height without the rows it lacks.</summary>
internal interface IRowCount
{
    static abstract int Count { get; }
}

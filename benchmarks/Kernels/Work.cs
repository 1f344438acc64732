namespace Numerics.Benchmarks.Kernels;

/// <summary>What a call has to do at least.</summary>
/// <param name="Flops">Floating-point operations as the textbook counts them; 0 where memory decides.</param>
/// <param name="Bytes">Bytes read and written; 0 where arithmetic decides.</param>
public readonly record struct Work(double Flops, double Bytes)
{
    /// <summary>Work that arithmetic bounds.</summary>
    public static Work OfFlops(double flops) => new(flops, 0);

    /// <summary>Work that memory bounds.</summary>
    /// <param name="floats">How many floats are read or written.</param>
    public static Work OfFloats(double floats) => new(0, sizeof(float) * floats);
}

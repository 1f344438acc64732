namespace Numerics.Benchmarks.Kernels;

/// <summary>What a call has to do at least.</summary>
/// <param name="Flops">Floating-point operations as the textbook counts them; 0 where they do not matter.</param>
/// <param name="Floats">Floats read or written, each once; other types count by their size.</param>
public readonly record struct Work(double Flops, double Floats)
{
    /// <summary>Bytes read or written.</summary>
    public double Bytes => sizeof(float) * Floats;

    /// <summary>Work that memory alone bounds.</summary>
    public static Work OfFloats(double floats) => new(0, floats);
}

namespace Numerics.Backends.Cuda;

/// <summary>The extents of a grid of blocks or of a block of threads.</summary>
/// <param name="X">Along x, at least 1.</param>
/// <param name="Y">Along y, at least 1.</param>
/// <param name="Z">Along z, at least 1.</param>
public readonly record struct CudaDim(int X, int Y = 1, int Z = 1)
{
    /// <summary>One dimension.</summary>
    public static implicit operator CudaDim(int x) => new(x);
}

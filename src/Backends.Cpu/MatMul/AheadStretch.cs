namespace Numerics.Backends.Cpu;

/// <summary>Memory that will be read or written soon: tiles ask for it while they compute, see <see cref="TileOperands.Ahead"/>.</summary>
/// <param name="start">Where it starts.</param>
/// <param name="length">Its bytes.</param>
internal readonly unsafe struct AheadStretch(void* start, nint length)
{
    private const int LineBytes = Prefetching.Line * sizeof(float);

    /// <summary>Its first line.</summary>
    public float* Start => (float*)((nint)start & -LineBytes);

    /// <summary>Lines of the cache that it touches.</summary>
    public int Lines => length <= 0 ? 0 : (int)(((nint)start + length - (nint)Start + LineBytes - 1) / LineBytes);
}

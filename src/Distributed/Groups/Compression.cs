namespace Numerics.Distributed;

/// <summary>What numbers are rounded to on their way between processes.</summary>
public enum Compression
{
    /// <summary>Nothing: they travel as Float32.</summary>
    None,

    /// <summary>
    /// bfloat16, 8 significant bits: half the bytes. Each process's numbers are rounded to nearest, sums are formed in Float32 and
    /// rounded once more; a rounding changes a number by at most 2^-8 of it. All processes get the same bits.
    /// </summary>
    BFloat16,
}

namespace Numerics.Data;

/// <summary>A named value of a <see cref="TFExample"/>: a list of byte strings, of floats or of integers.</summary>
public abstract record TFFeature
{
    private TFFeature()
    {
    }

    /// <summary>Byte strings.</summary>
    /// <param name="Values">The strings.</param>
    public sealed record Bytes(params IReadOnlyList<ReadOnlyMemory<byte>> Values) : TFFeature;

    /// <summary>Floats.</summary>
    /// <param name="Values">The numbers.</param>
    public sealed record Floats(params IReadOnlyList<float> Values) : TFFeature;

    /// <summary>64-bit integers.</summary>
    /// <param name="Values">The numbers.</param>
    public sealed record Integers(params IReadOnlyList<long> Values) : TFFeature;
}

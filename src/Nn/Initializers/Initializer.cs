using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Gives a weight its first values. With a seed every call gives the same values for one shape; without, each call takes the
/// next stream of <see cref="RandomGenerator.Default"/>.
/// </summary>
public abstract class Initializer
{
    /// <summary>Creates an initializer.</summary>
    /// <param name="seed">The seed, for those that draw random numbers.</param>
    protected Initializer(ulong? seed = null) => Seed = seed;

    /// <summary>The seed, or null.</summary>
    public ulong? Seed { get; }

    /// <summary>A tensor of first values.</summary>
    /// <param name="shape">Its extents, all known.</param>
    /// <returns>Float32, of the innermost scope.</returns>
    public abstract Tensor Call(Shape shape);

    /// <summary>The stream of random numbers for one tensor.</summary>
    protected RandomKey NextKey() => Seed is { } seed ? new RandomKey(seed, 0) : RandomGenerator.Default.Next();
}

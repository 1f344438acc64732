using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A layer that draws random numbers in training: from a stream of its own, whose place a checkpoint holds, or from
/// <see cref="RandomGenerator.Default"/>.
/// </summary>
public abstract class RandomLayer : Layer
{
    private RandomGenerator? _random;

    /// <summary>Creates the layer.</summary>
    /// <param name="seed">The seed of its own random numbers; those of <see cref="RandomGenerator.Default"/> are used when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    private protected RandomLayer(ulong? seed, string? name)
        : base(name)
    {
        Seed = seed;
        _random = seed is { } value ? new RandomGenerator(value) : null;
    }

    /// <summary>The seed of the layer's own random numbers, or null.</summary>
    public ulong? Seed { get; }

    internal sealed override RandomGenerator? OwnRandom
    {
        get => _random;
        set => _random = value;
    }

    /// <summary>The next stream to draw from.</summary>
    private protected RandomKey NextKey() => (_random ?? RandomGenerator.Default).Next();
}

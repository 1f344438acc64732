using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>In training, adds a random number to each picture.</summary>
public sealed class RandomBrightness : RandomAugmentation
{
    /// <summary>Creates the layer.</summary>
    /// <param name="factor">The range of the number, as a part of the range of values.</param>
    /// <param name="valueRange">The range of values, and what they are limited to; [0, 1] when null, where Keras has 0 to 255.</param>
    /// <param name="seed">The seed; null draws from <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within -1..1, or not one.</exception>
    public RandomBrightness(FactorRange factor, (float Lowest, float Highest)? valueRange = null, ulong? seed = null, string? name = null)
        : base(seed, name) => (Factor, ValueRange) = (factor.Within(-1, 1, nameof(factor)), valueRange ?? (0, 1));

    /// <summary>The range of the number, as a part of the range of values.</summary>
    public FactorRange Factor { get; }

    /// <summary>The range of values, and what they are limited to.</summary>
    public (float Lowest, float Highest) ValueRange { get; }

    private protected override Tensor Augment(Tensor x, RandomKey key)
    {
        float range = ValueRange.Highest - ValueRange.Lowest;
        float[] added = [.. Draw(key, x.Shape[0]).Select(u => range * Factor.At(u))];
        return (x + Tensor.From((x.Shape[0], 1, 1, 1), added, x.Backend)).Clip(ValueRange.Lowest, ValueRange.Highest);
    }
}

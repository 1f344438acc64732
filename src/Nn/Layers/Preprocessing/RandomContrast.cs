using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>In training, takes each channel of each picture further from its mean, or nearer to it, by a random factor.</summary>
public sealed class RandomContrast : RandomAugmentation
{
    /// <summary>Creates the layer.</summary>
    /// <param name="factor">What is added to 1 for the factor is drawn from this range: 0.2f is a factor of 0.8 to 1.2.</param>
    /// <param name="valueRange">What values are limited to; [0, 1] when null, as pictures here have it, where Keras has 0 to 255.</param>
    /// <param name="seed">The seed; null draws from <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range goes below -1, or is not one.</exception>
    public RandomContrast(FactorRange factor, (float Lowest, float Highest)? valueRange = null, ulong? seed = null, string? name = null)
        : base(seed, name) => (Factor, ValueRange) = (factor.Within(-1, float.MaxValue, nameof(factor)), valueRange ?? (0, 1));

    /// <summary>The range of what is added to 1 for the factor.</summary>
    public FactorRange Factor { get; }

    /// <summary>What values are limited to.</summary>
    public (float Lowest, float Highest) ValueRange { get; }

    private protected override Tensor Augment(Tensor x, RandomKey key)
    {
        float[] factors = [.. Draw(key, x.Shape[0]).Select(u => 1 + Factor.At(u))];
        Tensor mean = x.Mean([1, 2], keepDims: true);
        Tensor changed = ((x - mean) * Tensor.From((x.Shape[0], 1, 1, 1), factors, x.Backend)) + mean;
        return changed.Clip(ValueRange.Lowest, ValueRange.Highest);
    }
}

using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>In training, turns each picture about its middle by a random angle.</summary>
public sealed class RandomRotation : RandomTransform
{
    /// <summary>Creates the layer.</summary>
    /// <param name="factor">
    /// The range of the angle as a part of a whole turn, positive against the clock: 0.1f is -36 to 36 degrees, (0.25f, 0.25f) a quarter turn.
    /// </param>
    /// <param name="fillMode">What lies beyond the edges.</param>
    /// <param name="interpolation">How values between pixels are found.</param>
    /// <param name="fillValue">The constant of <see cref="FillMode.Constant"/>.</param>
    /// <param name="seed">The seed; null draws from <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not within -1..1, or not one.</exception>
    public RandomRotation(
        FactorRange factor, FillMode fillMode = FillMode.Reflect, SampleInterpolation interpolation = SampleInterpolation.Bilinear,
        float fillValue = 0, ulong? seed = null, string? name = null)
        : base(interpolation, fillMode, fillValue, seed, name) => Factor = factor.Within(-1, 1, nameof(factor));

    /// <summary>The range of the angle as a part of a whole turn, positive against the clock.</summary>
    public FactorRange Factor { get; }

    private protected override void Choose(int height, int width, ReadOnlySpan<float> draws, Span<float> transform)
    {
        (double sin, double cos) = Math.SinCos(2 * Math.PI * Factor.At(draws[0]));
        double w = width - 1, h = height - 1;
        ReadOnlySpan<float> chosen =
        [
            (float)cos, (float)-sin, (float)((w - ((cos * w) - (sin * h))) / 2),
            (float)sin, (float)cos, (float)((h - ((sin * w) + (cos * h))) / 2),
        ];
        chosen.CopyTo(transform);
    }
}

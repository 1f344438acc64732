using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>In training, scales each picture about its middle by random factors.</summary>
public sealed class RandomZoom : RandomTransform
{
    /// <summary>Creates the layer.</summary>
    /// <param name="heightFactor">
    /// The range of what is added to 1 for the height that is seen: positive shows more, (-0.3f, -0.2f) zooms in by 20 to 30 %.
    /// </param>
    /// <param name="widthFactor">The same for the width; null takes the height's factor and keeps the proportions.</param>
    /// <param name="fillMode">What lies beyond the edges.</param>
    /// <param name="interpolation">How values between pixels are found.</param>
    /// <param name="fillValue">The constant of <see cref="FillMode.Constant"/>.</param>
    /// <param name="seed">The seed; null draws from <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A range reaches -1 or below, where nothing is left to see.</exception>
    public RandomZoom(
        FactorRange heightFactor, FactorRange? widthFactor = null, FillMode fillMode = FillMode.Reflect,
        SampleInterpolation interpolation = SampleInterpolation.Bilinear, float fillValue = 0, ulong? seed = null, string? name = null)
        : base(interpolation, fillMode, fillValue, seed, name)
    {
        HeightFactor = heightFactor.Within(MathF.BitIncrement(-1), float.MaxValue, nameof(heightFactor));
        WidthFactor = widthFactor?.Within(MathF.BitIncrement(-1), float.MaxValue, nameof(widthFactor));
    }

    /// <summary>The range of what is added to 1 for the height that is seen.</summary>
    public FactorRange HeightFactor { get; }

    /// <summary>The same for the width; null keeps the proportions.</summary>
    public FactorRange? WidthFactor { get; }

    private protected override void Choose(int height, int width, ReadOnlySpan<float> draws, Span<float> transform)
    {
        float tall = 1 + HeightFactor.At(draws[0]), wide = WidthFactor is { } factor ? 1 + factor.At(draws[1]) : tall;
        ReadOnlySpan<float> chosen = [wide, 0, (width - 1) / 2f * (1 - wide), 0, tall, (height - 1) / 2f * (1 - tall)];
        chosen.CopyTo(transform);
    }
}

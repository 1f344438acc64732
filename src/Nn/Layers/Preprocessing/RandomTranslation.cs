using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>In training, shifts each picture by random distances.</summary>
public sealed class RandomTranslation : RandomTransform
{
    /// <summary>Creates the layer.</summary>
    /// <param name="heightFactor">The range of the shift as a part of the height, positive downwards.</param>
    /// <param name="widthFactor">The range of the shift as a part of the width, positive to the right.</param>
    /// <param name="fillMode">What lies beyond the edges.</param>
    /// <param name="interpolation">How values between pixels are found.</param>
    /// <param name="fillValue">The constant of <see cref="FillMode.Constant"/>.</param>
    /// <param name="seed">The seed; null draws from <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A range is not within -1..1, or not one.</exception>
    public RandomTranslation(
        FactorRange heightFactor, FactorRange widthFactor, FillMode fillMode = FillMode.Reflect,
        SampleInterpolation interpolation = SampleInterpolation.Bilinear, float fillValue = 0, ulong? seed = null, string? name = null)
        : base(interpolation, fillMode, fillValue, seed, name) =>
        (HeightFactor, WidthFactor) = (heightFactor.Within(-1, 1, nameof(heightFactor)), widthFactor.Within(-1, 1, nameof(widthFactor)));

    /// <summary>The range of the shift as a part of the height, positive downwards.</summary>
    public FactorRange HeightFactor { get; }

    /// <summary>The range of the shift as a part of the width, positive to the right.</summary>
    public FactorRange WidthFactor { get; }

    private protected override void Choose(int height, int width, ReadOnlySpan<float> draws, Span<float> transform)
    {
        ReadOnlySpan<float> chosen = [1, 0, -WidthFactor.At(draws[1]) * width, 0, 1, -HeightFactor.At(draws[0]) * height];
        chosen.CopyTo(transform);
    }
}

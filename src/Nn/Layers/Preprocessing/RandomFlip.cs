using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Which way <see cref="RandomFlip"/> mirrors.</summary>
public enum FlipMode
{
    /// <summary>Left to right.</summary>
    Horizontal,

    /// <summary>Top to bottom.</summary>
    Vertical,

    /// <summary>Either, both or neither.</summary>
    HorizontalAndVertical,
}

/// <summary>In training, mirrors each picture with a probability of one half, each way by itself.</summary>
/// <param name="mode">Which way.</param>
/// <param name="seed">The seed; null draws from <see cref="RandomGenerator.Default"/>.</param>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class RandomFlip(FlipMode mode = FlipMode.HorizontalAndVertical, ulong? seed = null, string? name = null)
    : RandomTransform(SampleInterpolation.Nearest, FillMode.Nearest, 0, seed, name)
{
    /// <summary>Which way pictures are mirrored.</summary>
    public FlipMode Mode { get; } = mode;

    private protected override void Choose(int height, int width, ReadOnlySpan<float> draws, Span<float> transform)
    {
        bool isMirrored = Mode != FlipMode.Vertical && draws[0] < 0.5f, isTurnedOver = Mode != FlipMode.Horizontal && draws[1] < 0.5f;
        ReadOnlySpan<float> chosen =
            [isMirrored ? -1 : 1, 0, isMirrored ? width - 1 : 0, 0, isTurnedOver ? -1 : 1, isTurnedOver ? height - 1 : 0];
        chosen.CopyTo(transform);
    }
}

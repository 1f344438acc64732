using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A part of each picture: at a random place in training, in the middle otherwise. Of pictures that are smaller than the size, the largest part
/// with its proportions, resized.
/// </summary>
public sealed class RandomCrop : RandomAugmentation
{
    /// <summary>Creates the layer.</summary>
    /// <param name="height">The output's height.</param>
    /// <param name="width">The output's width.</param>
    /// <param name="seed">The seed; null draws from <see cref="RandomGenerator.Default"/>.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 × 1.</exception>
    public RandomCrop(int height, int width, ulong? seed = null, string? name = null)
        : base(seed, name) => Size = new Size2D(height, width).Positive("size");

    /// <summary>The output's height and width.</summary>
    public Size2D Size { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => PictureSampling.WithSize(inputShape, Size);

    private protected override Tensor AtRest(Tensor x) => PictureSampling.CropMiddle(x, Size);

    private protected override Tensor Augment(Tensor x, RandomKey key)
    {
        int batch = x.Shape[0], spareHeight = x.Shape[1] - Size.Height, spareWidth = x.Shape[2] - Size.Width;
        if (spareHeight < 0 || spareWidth < 0)
            return PictureSampling.CropMiddle(x, Size);
        float[] draws = Draw(key, batch * 2), transforms = new float[batch * 6];
        for (int i = 0; i < batch; i++)
        {
            ReadOnlySpan<float> shift = [1, 0, MathF.Floor(draws[2 * i] * (spareWidth + 1)), 0, 1, MathF.Floor(draws[(2 * i) + 1] * (spareHeight + 1))];
            shift.CopyTo(transforms.AsSpan(i * 6));
        }

        return x.AffineSample(Tensor.From((batch, 6), transforms, x.Backend), Size, SampleInterpolation.Nearest, FillMode.Nearest);
    }
}

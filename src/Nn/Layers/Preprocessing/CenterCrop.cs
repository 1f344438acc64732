using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The middle of pictures [batch, h, w, channels], in training and otherwise; of those that are smaller than the size, the largest part with
/// its proportions, resized.
/// </summary>
public sealed class CenterCrop : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="height">The output's height.</param>
    /// <param name="width">The output's width.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 × 1.</exception>
    public CenterCrop(int height, int width, string? name = null)
        : base(name) => Size = new Size2D(height, width).Positive("size");

    /// <summary>The output's height and width.</summary>
    public Size2D Size { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => PictureSampling.WithSize(inputShape, Size);

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Windows.CheckPictures(x.Shape);
        return PictureSampling.CropMiddle(x, Size);
    }
}

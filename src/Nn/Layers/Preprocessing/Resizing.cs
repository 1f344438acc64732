using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Brings pictures [batch, h, w, channels] to a size, in training and otherwise.</summary>
public sealed class Resizing : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="height">The output's height.</param>
    /// <param name="width">The output's width.</param>
    /// <param name="interpolation">
    /// How values between pixels are found, without antialiasing; data sets know more ways (<c>ImageOptions</c>).
    /// </param>
    /// <param name="cropToAspectRatio">Whether the largest part in the middle with the size's proportions is taken, so that nothing is stretched.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1 × 1.</exception>
    public Resizing(
        int height, int width, SampleInterpolation interpolation = SampleInterpolation.Bilinear, bool cropToAspectRatio = false, string? name = null)
        : base(name)
    {
        Size = new Size2D(height, width).Positive("size");
        (Interpolation, CropToAspectRatio) = (interpolation, cropToAspectRatio);
    }

    /// <summary>The output's height and width.</summary>
    public Size2D Size { get; }

    /// <summary>How values between pixels are found.</summary>
    public SampleInterpolation Interpolation { get; }

    /// <summary>Whether the largest part in the middle with the size's proportions is taken.</summary>
    public bool CropToAspectRatio { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => PictureSampling.WithSize(inputShape, Size);

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Windows.CheckPictures(x.Shape);
        return CropToAspectRatio ? PictureSampling.ResizeCropped(x, Size, Interpolation) : PictureSampling.Resize(x, Size, Interpolation);
    }
}

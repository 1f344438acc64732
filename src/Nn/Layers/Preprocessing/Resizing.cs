using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Brings pictures [batch, h, w, channels] to a size, in training and otherwise.</summary>
public sealed class Resizing : Layer
{
    private readonly Size2D _size;
    private readonly SampleInterpolation _interpolation;
    private readonly bool _cropToAspectRatio;

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
        _size = new Size2D(height, width).Positive("size");
        (_interpolation, _cropToAspectRatio) = (interpolation, cropToAspectRatio);
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => PictureSampling.WithSize(inputShape, _size);

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Windows.CheckPictures(x.Shape);
        return _cropToAspectRatio ? PictureSampling.ResizeCropped(x, _size, _interpolation) : PictureSampling.Resize(x, _size, _interpolation);
    }
}

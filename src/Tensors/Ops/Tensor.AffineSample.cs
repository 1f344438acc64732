namespace Numerics.Tensors;

/// <content>Turning, scaling and shifting pictures.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// Pictures seen through affine coordinates: pixel (i, j) of the output is what lies at row d·j + e·i + f and column a·j + b·i + c
    /// of the input. This is <c>affine_transform</c> of Keras' backends with its last two numbers 0. Differentiable with respect to the pictures.
    /// </summary>
    /// <param name="transforms">a, b, c, d, e, f of every picture, finite: [batch, 6].</param>
    /// <param name="size">The output's height and width; the input's when null.</param>
    /// <param name="interpolation">How values between pixels are found.</param>
    /// <param name="fillMode">What lies beyond the edges.</param>
    /// <param name="fillValue">The constant of <see cref="FillMode.Constant"/>.</param>
    /// <returns>[batch, height, width, channels] for an input [batch, h, w, channels].</returns>
    /// <exception cref="ShapeMismatchException">The input is not a batch of pictures with pixels, or the transforms do not fit it.</exception>
    public Tensor AffineSample(
        Tensor transforms,
        (int Height, int Width)? size = null,
        SampleInterpolation interpolation = SampleInterpolation.Bilinear,
        FillMode fillMode = FillMode.Reflect,
        float fillValue = 0)
    {
        _ = SameBackend(this, transforms);
        CheckFloat(this);
        CheckFloat(transforms);
        CheckRank(this, 4, "pictures [batch, h, w, channels]");
        CheckShape(transforms, (Shape[0], 6), "transforms");
        (int height, int width) = size ?? (Shape[1], Shape[2]);
        var geometry = new AffineGeometry(Shape, height, width, interpolation, fillMode, fillValue);
        Tensor y = Empty(Backend, geometry.OutputShape);
        if (y.Count > 0)
            Backend.AffineSample(this, transforms, geometry, y);
        GradientTape.Record(y, [this], [transforms], (dy, _) =>
        {
            Tensor dx = Empty(Backend, Shape);
            if (dx.Count > 0)
                Backend.AffineSampleGradient(dy, transforms, geometry, dx);
            return [dx];
        });
        return y;
    }
}

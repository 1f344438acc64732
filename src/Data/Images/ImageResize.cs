using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Resizing of pictures as <c>tf.image.resize</c> defines it, with half-pixel centres.</summary>
public static class ImageResize
{
    /// <summary>Resizes a picture.</summary>
    /// <param name="image">
    /// The picture [height, width, channels], of any element type; <see cref="DType.UNorm8"/> counts as 0..1, the others as the
    /// numbers they are.
    /// </param>
    /// <param name="size">The height and width of the result, at least 1 each.</param>
    /// <param name="interpolation">How values between pixels are found.</param>
    /// <param name="antialias">
    /// Whether the kernel widens where the picture shrinks. <see cref="Interpolation.Nearest"/> and <see cref="Interpolation.Area"/>
    /// are the same with and without.
    /// </param>
    /// <returns>The resized picture, Float32 [height, width, channels], in the units of the input.</returns>
    /// <exception cref="ShapeMismatchException"><paramref name="image"/> has not three axes, or no pixels.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1 × 1.</exception>
    /// <remarks>
    /// Bilinear without antialiasing takes exactly four input pixels an output pixel, computed in TensorFlow's order. TensorFlow
    /// rounds bicubic weights to a table of 1,024 positions; here they are exact, which differs by up to a thousandth.
    /// </remarks>
    public static NDArray Apply(
        NDArray image, (int Height, int Width) size, Interpolation interpolation = Interpolation.Bilinear, bool antialias = false)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        if (image.Shape.Rank != 3 || image.Shape[0] == 0 || image.Shape[1] == 0)
            throw new ShapeMismatchException($"expected a picture [height, width, channels], got {image.Shape}");
        if (interpolation == Interpolation.Bilinear && !antialias)
            return BilinearResize.Apply(image, size);
        return KernelResize.Apply(
            image.ToFloats(), image.Shape[2], image.Shape[1],
            new KernelAxis(image.Shape[0], size.Height, interpolation, antialias),
            new KernelAxis(image.Shape[1], size.Width, interpolation, antialias));
    }
}

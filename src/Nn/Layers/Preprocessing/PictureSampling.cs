using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Resizing and cropping of batches of pictures.</summary>
internal static class PictureSampling
{
    /// <summary>
    /// Part of the pictures, resized: half-pixel centres, the edge pixels beyond the edges. Bilinear is <c>tf.image.resize</c>'s without
    /// antialiasing.
    /// </summary>
    public static Tensor Resize(
        Tensor x, Size2D size, SampleInterpolation interpolation, (float Top, float Left, float Height, float Width)? part = null)
    {
        (float top, float left, float height, float width) = part ?? (0, 0, x.Shape[1], x.Shape[2]);
        float down = height / size.Height, right = width / size.Width;
        ReadOnlySpan<float> one = [right, 0, left + (right / 2) - 0.5f, 0, down, top + (down / 2) - 0.5f];
        float[] all = new float[x.Shape[0] * 6];
        for (int i = 0; i < x.Shape[0]; i++)
            one.CopyTo(all.AsSpan(i * 6));
        return x.AffineSample(Tensor.From((x.Shape[0], 6), all, x.Backend), size, interpolation, FillMode.Nearest);
    }

    /// <summary>The largest part in the middle with the proportions of a size, resized to it: Keras' <c>smart_resize</c>.</summary>
    public static Tensor ResizeCropped(Tensor x, Size2D size, SampleInterpolation interpolation)
    {
        int height = x.Shape[1], width = x.Shape[2];
        int cropHeight = Math.Clamp((int)((long)width * size.Height / size.Width), 1, height);
        int cropWidth = Math.Clamp((int)((long)height * size.Width / size.Height), 1, width);
        Tensor part = x.Slice(1, (height - cropHeight) / 2, cropHeight).Slice(2, (width - cropWidth) / 2, cropWidth);
        return Resize(part, size, interpolation);
    }

    /// <summary>The middle of the pictures; where they are smaller, the resized middle.</summary>
    public static Tensor CropMiddle(Tensor x, Size2D size)
    {
        int height = x.Shape[1], width = x.Shape[2];
        if (height < size.Height || width < size.Width)
            return ResizeCropped(x, size, SampleInterpolation.Bilinear);
        return x.Slice(1, (height - size.Height) / 2, size.Height).Slice(2, (width - size.Width) / 2, size.Width);
    }

    /// <summary>The output's shape of a layer that brings pictures to a size.</summary>
    public static Shape WithSize(Shape inputShape, Size2D size)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Windows.CheckPictures(inputShape);
        return new Shape(inputShape[0], size.Height, size.Width, inputShape[3]);
    }
}

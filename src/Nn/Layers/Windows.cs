using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The output extents of layers that slide a window over pictures, some extents being unknown.</summary>
internal static class Windows
{
    /// <summary>The shape [batch, out h, out w, channels].</summary>
    /// <param name="input">[batch, h, w, channels].</param>
    /// <param name="window">The window's size.</param>
    /// <param name="strides">Step down and across.</param>
    /// <param name="dilation">Distance between the window's taps.</param>
    /// <param name="padding">What happens at the edges.</param>
    /// <param name="channels">The output's channels.</param>
    /// <exception cref="ShapeMismatchException">Not a batch of pictures, or a picture smaller than the window.</exception>
    public static Shape OutputShape(Shape input, Size2D window, Size2D strides, Size2D dilation, Padding padding, int channels)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckPictures(input);
        return new Shape(
            input[0],
            Extent(input[1], window.Height, strides.Height, dilation.Height, padding, input),
            Extent(input[2], window.Width, strides.Width, dilation.Width, padding, input),
            channels);
    }

    /// <summary>The channels of a batch of pictures.</summary>
    /// <exception cref="ShapeMismatchException">Not a batch of pictures, or the channels are unknown.</exception>
    public static int Channels(Shape input)
    {
        CheckPictures(input);
        return input[3] != Shape.Unknown
            ? input[3]
            : throw new ShapeMismatchException($"the number of channels must be known to build the kernel, got {input}");
    }

    /// <summary>Throws unless a shape is a batch of pictures.</summary>
    public static void CheckPictures(Shape input)
    {
        if (input.Rank != 4)
            throw new ShapeMismatchException($"expected input [batch, h, w, channels], got {input}");
    }

    private static int Extent(int size, int window, int stride, int dilation, Padding padding, Shape input)
    {
        if (size == Shape.Unknown)
            return Shape.Unknown;
        if (padding == Padding.Same)
            return (size + stride - 1) / stride;
        int covered = ((window - 1) * dilation) + 1;
        return size >= covered
            ? ((size - covered) / stride) + 1
            : throw new ShapeMismatchException($"a window of {covered} pixels is larger than the input {input}");
    }
}

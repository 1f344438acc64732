namespace Numerics.Tensors;

/// <summary>Where a sliding window stops along one axis of a picture.</summary>
internal static class WindowAxis
{
    /// <summary>The number of stops and the padding before and after, by TensorFlow's rules.</summary>
    public static (int Out, int Before, int After) Place(int size, int window, int stride, int dilation, Padding padding, string what, Shape input)
    {
        int extent = ((window - 1) * dilation) + 1;
        if (padding == Padding.Same)
        {
            int stops = (size + stride - 1) / stride;
            int pad = Math.Max(((stops - 1) * stride) + extent - size, 0);
            return (stops, pad / 2, pad - (pad / 2));
        }

        if (size < extent)
            throw new ShapeMismatchException($"the {what}'s window of {extent} pixels is larger than its input {input}");
        return (((size - extent) / stride) + 1, 0, 0);
    }
}

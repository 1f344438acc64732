namespace Numerics.Data;

/// <summary>Brings decoded pixels to the proportions of a size, as Keras' <c>smart_resize</c> and <c>pad_to_aspect_ratio</c> do.</summary>
internal static class PixelProportions
{
    /// <summary>Moves the middle part with the proportions to the front of the pixels.</summary>
    /// <returns>The part's height and width.</returns>
    public static (int Height, int Width) Crop(Span<byte> pixels, int height, int width, (int Height, int Width) size)
    {
        int cropHeight = Math.Clamp((int)((long)width * size.Height / size.Width), 1, height);
        int cropWidth = Math.Clamp((int)((long)height * size.Width / size.Height), 1, width);
        int top = (height - cropHeight) / 2, left = (width - cropWidth) / 2;
        for (int y = 0; y < cropHeight; y++)
            pixels.Slice((((top + y) * width) + left) * 4, cropWidth * 4).CopyTo(pixels[(y * cropWidth * 4)..]);
        return (cropHeight, cropWidth);
    }

    /// <summary>The picture in the middle of a black one with the proportions.</summary>
    public static RentedBytes Pad(ReadOnlySpan<byte> pixels, ref int height, ref int width, (int Height, int Width) size)
    {
        int paddedHeight = Math.Max((int)Math.Min((long)width * size.Height / size.Width, int.MaxValue), height);
        int paddedWidth = Math.Max((int)Math.Min((long)height * size.Width / size.Height, int.MaxValue), width);
        int top = (paddedHeight - height) / 2, left = (paddedWidth - width) / 2;
        var padded = new RentedBytes(checked(paddedHeight * paddedWidth * 4));
        padded.Span.Clear();
        for (int y = 0; y < height; y++)
            pixels.Slice(y * width * 4, width * 4).CopyTo(padded.Span[((((top + y) * paddedWidth) + left) * 4)..]);
        (height, width) = (paddedHeight, paddedWidth);
        return padded;
    }
}

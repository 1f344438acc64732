using System.Runtime.InteropServices;
using SkiaSharp;

namespace Numerics.Data;

/// <summary>Turns and mirrors decoded pixels. Source: EXIF 2.32, tag 0x0112.</summary>
internal static class PixelOrientation
{
    /// <summary>The picture upright.</summary>
    /// <param name="pixels">The picture [height, width, 4] as it is stored.</param>
    /// <param name="height">Its height; becomes that of the result.</param>
    /// <param name="width">Its width; becomes that of the result.</param>
    /// <param name="origin">Which corner of the upright picture is stored first, and which follows.</param>
    public static RentedBytes Apply(ReadOnlySpan<byte> pixels, ref int height, ref int width, SKEncodedOrigin origin)
    {
        var result = new RentedBytes(height * width * 4);
        ReadOnlySpan<uint> source = MemoryMarshal.Cast<byte, uint>(pixels[..(height * width * 4)]);
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(result.Span);

        // Where the stored row and column lead to in the upright picture.
        bool isTurned = origin >= SKEncodedOrigin.LeftTop;
        bool flipsRows = origin is SKEncodedOrigin.BottomRight or SKEncodedOrigin.BottomLeft or SKEncodedOrigin.RightBottom or SKEncodedOrigin.RightTop;
        bool flipsColumns = origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomRight or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        int targetWidth = isTurned ? height : width;
        for (int y = 0; y < height; y++)
        {
            int row = flipsRows ? height - 1 - y : y;
            for (int x = 0; x < width; x++)
            {
                int column = flipsColumns ? width - 1 - x : x;
                target[isTurned ? (column * targetWidth) + row : (row * targetWidth) + column] = source[(y * width) + x];
            }
        }

        if (isTurned)
            (height, width) = (width, height);
        return result;
    }
}

using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Report;

/// <summary>A picture of a batch as the network sees it, a frame around each example in the colour of its class.</summary>
internal static class ContactSheet
{
    private const int Frame = 6, Gap = 4;

    /// <summary>The colours of the frames, by class.</summary>
    public static readonly (string Name, SKColor Colour)[] Frames = [("orange", new SKColor(0xE6, 0x7E, 0x22)), ("blue", new SKColor(0x29, 0x80, 0xB9))];

    /// <summary>Draws a batch and encodes it as PNG.</summary>
    /// <param name="batch">X [batch, h, w, 3], Y one-hot.</param>
    /// <param name="columns">How many stand side by side.</param>
    public static byte[] Draw(DataItem batch, int columns)
    {
        (int count, int height, int width) = (batch.X.Shape[0], batch.X.Shape[1], batch.X.Shape[2]);
        int cellHeight = height + (2 * Frame) + Gap, cellWidth = width + (2 * Frame) + Gap, rows = (count + columns - 1) / columns;
        using var sheet = new SKBitmap(new SKImageInfo((Math.Min(columns, count) * cellWidth) + Gap, (rows * cellHeight) + Gap, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(sheet);
        canvas.Clear(SKColors.White);
        for (int i = 0; i < count; i++)
        {
            int left = Gap + (i % columns * cellWidth), top = Gap + (i / columns * cellHeight);
            int label = batch.Y.Slice(i, 1).AsSpan<float>().IndexOf(1f);
            using var paint = new SKPaint { Color = Frames[label % PictureFolder.ClassNames.Length].Colour };
            canvas.DrawRect(left, top, width + (2 * Frame), height + (2 * Frame), paint);
            using SKBitmap picture = ToBitmap(batch.X.Slice(i, 1), height, width);
            canvas.DrawBitmap(picture, left + Frame, top + Frame);
        }

        using SKData data = sheet.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static SKBitmap ToBitmap(NDArray picture, int height, int width)
    {
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> pixels = bitmap.GetPixelSpan();
        ReadOnlySpan<byte> values = picture.Bytes;
        for (int i = 0; i < width * height; i++)
            (pixels[4 * i], pixels[(4 * i) + 1], pixels[(4 * i) + 2], pixels[(4 * i) + 3]) = (values[3 * i], values[(3 * i) + 1], values[(3 * i) + 2], 255);
        return bitmap;
    }
}

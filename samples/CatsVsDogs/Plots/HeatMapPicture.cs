using System.Globalization;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>A picture beside itself with a heat map over it.</summary>
internal static class HeatMapPicture
{
    private const int Side = 336;
    private const int TextHeight = 34;
    private const int Gap = 12;

    /// <summary>Draws the picture into a file.</summary>
    /// <param name="picture">[h, w, 3].</param>
    /// <param name="heat">[rows, columns] from 0 to 1.</param>
    /// <param name="text">What stands below.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(NDArray picture, NDArray heat, string text, string path)
    {
        using SKBitmap plain = PictureBitmap.Of(picture);
        using SKBitmap hot = HeatOf(heat);
        using SKImage image = SKImage.FromBitmap(plain), map = SKImage.FromBitmap(hot);
        using var drawn = new SKBitmap((2 * Side) + (3 * Gap), Side + (2 * Gap) + TextHeight);
        using (var canvas = new SKCanvas(drawn))
        using (SKTypeface typeface = PlotFont.Typeface())
        using (var font = new SKFont(typeface, 15))
        using (var paint = new SKPaint { Color = new SKColor(0x30, 0x30, 0x30), IsAntialias = true })
        {
            canvas.Clear(SKColors.White);
            SKRect left = SKRect.Create(Gap, Gap, Side, Side), right = SKRect.Create((2 * Gap) + Side, Gap, Side, Side);
            var smooth = new SKSamplingOptions(SKCubicResampler.Mitchell);
            canvas.DrawImage(image, left, smooth);
            canvas.DrawImage(image, right, smooth);
            canvas.DrawImage(map, right, new SKSamplingOptions(SKFilterMode.Linear));
            canvas.DrawText(text, Gap, Gap + Side + 24, font, paint);
        }

        using SKData png = drawn.Encode(SKEncodedImageFormat.Png, 100);
        WholeFile.Write(path, png.AsSpan());
    }

    /// <summary>Where a heat map of a file goes.</summary>
    public static string PathFor(string folder, string file, int number) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:D2}-{Path.GetFileNameWithoutExtension(file)}-heat.png"));

    // From clear over blue-green and yellow to orange: brighter is more, also without colours.
    private static SKBitmap HeatOf(NDArray heat)
    {
        (int rows, int columns) = (heat.Shape[0], heat.Shape[1]);
        ReadOnlySpan<float> values = heat.AsSpan<float>();
        var bitmap = new SKBitmap(columns, rows, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                float value = values[(y * columns) + x];
                SKColor color = value < 0.5f
                    ? Blend(new SKColor(0x00, 0x72, 0xB2), new SKColor(0xF0, 0xE4, 0x42), value * 2)
                    : Blend(new SKColor(0xF0, 0xE4, 0x42), new SKColor(0xD5, 0x5E, 0x00), (value * 2) - 1);
                bitmap.SetPixel(x, y, color.WithAlpha((byte)(170 * Math.Min(1, value * 1.5f))));
            }
        }

        return bitmap;
    }

    private static SKColor Blend(SKColor from, SKColor to, float share)
    {
        byte Mix(byte a, byte b) => (byte)(a + ((b - a) * share));
        return new SKColor(Mix(from.Red, to.Red), Mix(from.Green, to.Green), Mix(from.Blue, to.Blue));
    }
}

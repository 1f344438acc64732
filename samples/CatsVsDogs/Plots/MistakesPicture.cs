using System.Globalization;
using Numerics.Samples.CatsVsDogs.Runs;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>The most confidently wrong pictures with what the network says of them, as one picture.</summary>
internal static class MistakesPicture
{
    private const int Side = 224;
    private const int Gap = 12;
    private const int TextHeight = 34;
    private const int Columns = 4;

    /// <summary>Draws the picture into a file.</summary>
    /// <param name="mistakes">The mistakes, the worst first; may be none.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(IReadOnlyList<Mistake> mistakes, IReadOnlyList<string> classNames, string path)
    {
        int rows = Math.Max(1, (mistakes.Count + Columns - 1) / Columns), columns = Math.Clamp(mistakes.Count, 2, Columns);
        using var picture = new SKBitmap(Gap + (columns * (Side + Gap)), mistakes.Count == 0 ? TextHeight + (2 * Gap) : Gap + (rows * (Side + TextHeight + Gap)));
        using (var canvas = new SKCanvas(picture))
        using (SKTypeface typeface = PlotFont.Typeface())
        using (var font = new SKFont(typeface, 15))
        using (var paint = new SKPaint { Color = new SKColor(0x30, 0x30, 0x30), IsAntialias = true })
        {
            canvas.Clear(SKColors.White);
            if (mistakes.Count == 0)
                canvas.DrawText("no mistakes on the held-out pictures", Gap, Gap + 20, font, paint);
            for (int i = 0; i < mistakes.Count; i++)
            {
                Mistake mistake = mistakes[i];
                int left = Gap + (i % Columns * (Side + Gap)), top = Gap + (i / Columns * (Side + TextHeight + Gap));
                using SKBitmap bitmap = PictureBitmap.Of(mistake.Picture);
                using SKImage image = SKImage.FromBitmap(bitmap);
                canvas.DrawImage(image, SKRect.Create(left, top, Side, Side), new SKSamplingOptions(SKCubicResampler.Mitchell));
                string text = string.Create(
                    CultureInfo.InvariantCulture, $"{classNames[mistake.Label]}, said {classNames[mistake.Said]} {100 * mistake.Probability:F1} %");
                canvas.DrawText(text, left, top + Side + 21, font, paint);
            }
        }

        using SKData png = picture.Encode(SKEncodedImageFormat.Png, 100);
        WholeFile.Write(path, png.AsSpan());
    }
}

using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>A tile of short light and dark hairs, made once, that coats lay over themselves.</summary>
internal static class FurTexture
{
    private const int Size = 192;
    private const int Hairs = 2600;

    private static readonly Lazy<SKImage> s_tile = new(Paint);

    /// <summary>The hairs as a paint that repeats in all directions.</summary>
    /// <param name="matrix">Where and how large the tile lies in the animal's coordinates.</param>
    public static SKShader Shader(SKMatrix matrix) =>
        s_tile.Value.ToShader(SKShaderTileMode.Mirror, SKShaderTileMode.Mirror, new SKSamplingOptions(SKFilterMode.Linear), matrix);

    private static SKImage Paint()
    {
        var random = new RandomStream(new RandomKey(Seed: 0, Stream: 0));
        using var surface = SKSurface.Create(new SKImageInfo(Size, Size, SKColorType.Rgba8888, SKAlphaType.Premul));
        using var hair = new SKPaint { IsAntialias = true, StrokeCap = SKStrokeCap.Round };
        for (int i = 0; i < Hairs; i++)
        {
            float x = random.Range(0, Size), y = random.Range(0, Size), angle = random.Range(1.1f, 2.0f), length = random.Range(5, 13);
            hair.Color = random.Pick([SKColors.White, SKColors.Black]).Faded(random.Range(0.05f, 0.3f));
            hair.StrokeWidth = random.Range(0.7f, 1.8f);
            surface.Canvas.DrawLine(x, y, x + (length * MathF.Cos(angle)), y + (length * MathF.Sin(angle)), hair);
        }

        return surface.Snapshot();
    }
}

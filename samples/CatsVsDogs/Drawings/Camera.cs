using System.Runtime.InteropServices;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>What a camera does to a scene: light, focus, sensor noise, JPEG compression.</summary>
internal sealed class Camera(RandomStream random, RandomKey noise)
{
    private const float Grey = 0.03f;

    /// <summary>Takes the picture.</summary>
    /// <param name="scene">What is drawn; its pixels are changed.</param>
    /// <returns>A JPEG file.</returns>
    public byte[] Shoot(SKBitmap scene)
    {
        using var film = new SKBitmap(scene.Info);
        using (var canvas = new SKCanvas(film))
        using (SKColorFilter light = Light())
        using (SKImageFilter? blur = random.Chance(0.5f) ? SKImageFilter.CreateBlur(random.Range(0.3f, 1.4f), random.Range(0.3f, 1.4f)) : null)
        using (var paint = new SKPaint { ColorFilter = light, ImageFilter = blur })
            canvas.DrawBitmap(scene, 0, 0, paint);
        AddNoise(MemoryMarshal.Cast<byte, uint>(film.GetPixelSpan()));
        using SKData jpeg = film.Encode(SKEncodedImageFormat.Jpeg, 55 + random.Next(41));
        return jpeg.ToArray();
    }

    // Brightness, contrast and a tint; a few pictures are grey.
    private SKColorFilter Light()
    {
        float contrast = random.Range(0.75f, 1.2f), brightness = random.Range(-0.12f, 0.12f), warm = random.Range(-0.06f, 0.06f);
        float offset = (0.5f * (1 - contrast)) + brightness;
        if (random.Chance(Grey))
        {
            float r = 0.299f * contrast, g = 0.587f * contrast, b = 0.114f * contrast;
            return SKColorFilter.CreateColorMatrix([r, g, b, 0, offset, r, g, b, 0, offset, r, g, b, 0, offset, 0, 0, 0, 1, 0]);
        }

        return SKColorFilter.CreateColorMatrix(
        [
            contrast * (1 + warm), 0, 0, 0, offset,
            0, contrast, 0, 0, offset,
            0, 0, contrast * (1 - warm), 0, offset,
            0, 0, 0, 1, 0,
        ]);
    }

    private void AddNoise(Span<uint> pixels)
    {
        float strength = random.Range(0, 10);
        var row = new float[4096];
        for (int start = 0; start < pixels.Length; start += row.Length)
        {
            Span<uint> part = pixels[start..Math.Min(start + row.Length, pixels.Length)];
            Philox.FillUniform(noise, start, row.AsSpan(0, part.Length));
            for (int i = 0; i < part.Length; i++)
                part[i] = Add(part[i], (int)MathF.Round((row[i] - 0.5f) * 2 * strength));
        }
    }

    // The same grain on all three colours, as film has it.
    private static uint Add(uint pixel, int grain)
    {
        uint a = (uint)Math.Clamp((int)(pixel & 0xFF) + grain, 0, 255);
        uint b = (uint)Math.Clamp((int)((pixel >> 8) & 0xFF) + grain, 0, 255);
        uint c = (uint)Math.Clamp((int)((pixel >> 16) & 0xFF) + grain, 0, 255);
        return a | (b << 8) | (c << 16) | (pixel & 0xFF000000);
    }
}

using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>What is behind the animal. It is chosen without knowing the species.</summary>
internal sealed class Scenery(RandomStream random)
{
    /// <summary>Paints the whole picture.</summary>
    public void Draw(SKCanvas canvas, int width, int height)
    {
        switch (random.Next(5))
        {
            case 0:
                DrawStudio(canvas, width, height);
                break;
            case 1:
                DrawMeadow(canvas, width, height);
                break;
            case 2:
            case 3:
                DrawRoom(canvas, width, height);
                break;
            default:
                DrawLights(canvas, width, height);
                break;
        }
    }

    private SKColor Colour(float minSaturation, float maxSaturation, float minValue, float maxValue) => SKColor.FromHsv(
        random.Range(0, 360), random.Range(minSaturation, maxSaturation), random.Range(minValue, maxValue));

    private static void FillGradient(SKCanvas canvas, SKRect area, SKColor top, SKColor bottom)
    {
        using SKShader gradient = SKShader.CreateLinearGradient(
            new SKPoint(area.Left, area.Top), new SKPoint(area.Left, area.Bottom), [top, bottom], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = gradient };
        canvas.DrawRect(area, paint);
    }

    // A plain wall with a light on it.
    private void DrawStudio(SKCanvas canvas, int width, int height)
    {
        SKColor colour = Colour(5, 55, 35, 90);
        using SKShader gradient = SKShader.CreateRadialGradient(
            new SKPoint(width * random.Uniform(), height * random.Uniform()), Math.Max(width, height),
            [colour.Lighter(0.35f), colour.Darker(random.Range(0.15f, 0.6f))], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = gradient };
        canvas.DrawRect(0, 0, width, height, paint);
    }

    private void DrawMeadow(SKCanvas canvas, int width, int height)
    {
        float horizon = height * random.Range(0.25f, 0.7f);
        var sky = SKColor.FromHsv(random.Range(195, 225), random.Range(10, 55), random.Range(65, 100));
        FillGradient(canvas, new SKRect(0, 0, width, horizon), sky, sky.Lighter(0.5f));
        using var paint = new SKPaint { IsAntialias = true };
        paint.Color = SKColors.White.Faded(0.6f);
        for (int i = random.Next(4); i > 0; i--)
        {
            float x = random.Range(0, width), y = random.Range(0, horizon * 0.7f), size = width * random.Range(0.05f, 0.12f);
            canvas.DrawOval(x, y, size * 1.6f, size * 0.6f, paint);
            canvas.DrawOval(x + size, y + (size * 0.2f), size * 1.2f, size * 0.5f, paint);
        }

        var grass = SKColor.FromHsv(random.Range(60, 130), random.Range(25, 65), random.Range(35, 75));
        paint.Color = grass.Darker(0.25f).Towards(sky, 0.25f);
        for (int i = 0; i < 3; i++)
            canvas.DrawOval(random.Range(0, width), horizon, width * random.Range(0.3f, 0.6f), height * random.Range(0.05f, 0.18f), paint);
        for (int i = random.Next(4); i > 0; i--)
            DrawTree(canvas, random.Range(0, width), horizon, height * random.Range(0.15f, 0.4f), paint);
        FillGradient(canvas, new SKRect(0, horizon, width, height), grass.Lighter(0.1f), grass.Darker(0.3f));
        for (int i = 0; i < 250; i++)
        {
            float x = random.Range(0, width), y = random.Range(horizon, height), length = 3 + ((y - horizon) * 0.06f);
            paint.Color = (random.Chance(0.5f) ? grass.Lighter(0.25f) : grass.Darker(0.3f)).Faded(0.6f);
            paint.StrokeWidth = random.Range(1, 2.5f);
            canvas.DrawLine(x, y, x + random.Range(-3, 3), y - length, paint);
        }
    }

    private void DrawTree(SKCanvas canvas, float x, float ground, float size, SKPaint paint)
    {
        paint.Color = new SKColor(0x6A, 0x4C, 0x36);
        canvas.DrawRect(x - (size * 0.06f), ground - (size * 0.6f), size * 0.12f, size * 0.62f, paint);
        paint.Color = SKColor.FromHsv(random.Range(50, 140), random.Range(30, 60), random.Range(30, 60));
        for (int i = 0; i < 4; i++)
            canvas.DrawCircle(x + (size * random.Range(-0.22f, 0.22f)), ground - (size * random.Range(0.55f, 0.95f)), size * random.Range(0.18f, 0.28f), paint);
    }

    private void DrawRoom(SKCanvas canvas, int width, int height)
    {
        float floor = height * random.Range(0.55f, 0.85f);
        SKColor wall = Colour(5, 40, 55, 95), boards = Colour(15, 55, 30, 75);
        FillGradient(canvas, new SKRect(0, 0, width, floor), wall, wall.Darker(random.Range(0.05f, 0.3f)));
        using var paint = new SKPaint { IsAntialias = true };
        DrawWallpaper(canvas, width, floor, wall, paint);
        if (random.Chance(0.5f))
            DrawFrame(canvas, width, floor, paint);
        FillGradient(canvas, new SKRect(0, floor, width, height), boards.Lighter(0.15f), boards.Darker(0.3f));
        paint.Color = wall.Lighter(0.45f);
        canvas.DrawRect(0, floor - (height * 0.02f), width, height * 0.025f, paint);
        if (random.Chance(0.45f))
        {
            paint.Color = Colour(20, 65, 35, 85);
            canvas.DrawOval(width * random.Range(0.2f, 0.8f), (floor + height) / 2, width * 0.5f, (height - floor) * 0.4f, paint);
        }

        if (random.Chance(0.45f))
            DrawSofa(canvas, width, height, floor, paint);
    }

    private void DrawWallpaper(SKCanvas canvas, int width, float floor, SKColor wall, SKPaint paint)
    {
        paint.Color = (random.Chance(0.5f) ? wall.Darker(0.25f) : wall.Lighter(0.4f)).Faded(0.6f);
        float step = width * random.Range(0.06f, 0.16f);
        switch (random.Next(3))
        {
            case 0:
                for (float x = 0; x < width; x += step)
                    canvas.DrawRect(x, 0, step * 0.4f, floor, paint);
                break;
            case 1:
                for (float y = step / 2; y < floor; y += step)
                {
                    for (float x = step / 2; x < width; x += step)
                        canvas.DrawCircle(x, y, step * 0.16f, paint);
                }

                break;
        }
    }

    private void DrawFrame(SKCanvas canvas, int width, float floor, SKPaint paint)
    {
        float w = width * random.Range(0.2f, 0.4f), h = floor * random.Range(0.3f, 0.55f);
        var outer = SKRect.Create(random.Range(0, width - w), floor * random.Range(0.03f, 0.25f), w, h);
        paint.Color = Colour(0, 40, 30, 100);
        canvas.DrawRect(outer, paint);
        outer.Inflate(-w * 0.08f, -w * 0.08f);
        SKColor view = Colour(10, 50, 60, 100);
        FillGradient(canvas, outer, view, view.Lighter(0.5f));
    }

    private void DrawSofa(SKCanvas canvas, int width, int height, float floor, SKPaint paint)
    {
        SKColor cloth = Colour(15, 60, 30, 80);
        float left = width * random.Range(-0.3f, 0.2f), w = width * random.Range(0.8f, 1.2f), top = floor - (height * random.Range(0.15f, 0.35f));
        paint.Color = cloth;
        canvas.DrawRoundRect(left, top, w, height - top, width * 0.06f, width * 0.06f, paint);
        paint.Color = cloth.Darker(0.2f);
        canvas.DrawRoundRect(left - (w * 0.04f), floor - (height * 0.03f), w * 1.08f, height, width * 0.04f, width * 0.04f, paint);
    }

    // Lights out of focus.
    private void DrawLights(SKCanvas canvas, int width, int height)
    {
        SKColor colour = Colour(20, 60, 25, 75);
        FillGradient(canvas, new SKRect(0, 0, width, height), colour, Colour(20, 60, 25, 75).Towards(colour, 0.5f));
        using var paint = new SKPaint { IsAntialias = true };
        for (int i = 10 + random.Next(25); i > 0; i--)
        {
            paint.Color = colour.Towards(Colour(20, 70, 60, 100), 0.7f).Faded(random.Range(0.15f, 0.6f));
            canvas.DrawCircle(random.Range(0, width), random.Range(0, height), Math.Min(width, height) * random.Range(0.02f, 0.16f), paint);
        }
    }
}

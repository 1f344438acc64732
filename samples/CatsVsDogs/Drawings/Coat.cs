using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>
/// The colours of an animal and how they are put on. Cats and dogs draw their coats from the same distribution, so that
/// colour and pattern say nothing about the species.
/// </summary>
internal sealed class Coat
{
    private static readonly SKColor[] Furs =
    [
        new(0xE0, 0x9A, 0x50), new(0xC4, 0x74, 0x33), new(0xEF, 0xD3, 0xA2), new(0x8A, 0x5A, 0x36), new(0x5B, 0x3A, 0x26),
        new(0x34, 0x2F, 0x2D), new(0x8D, 0x92, 0x98), new(0x5F, 0x67, 0x70), new(0xF3, 0xEF, 0xE6), new(0xC9, 0xA9, 0x7C),
    ];

    private static readonly SKColor[] EyeColours =
    [
        new(0xD8, 0xA0, 0x2E), new(0x8F, 0xB0, 0x45), new(0x7A, 0x4A, 0x22), new(0x5F, 0xA5, 0xC9), new(0xA8, 0x6A, 0x2C),
    ];

    private readonly RandomStream _random;
    private readonly SKMatrix _fur;
    private readonly float _furStrength;
    private readonly float _outline;
    private readonly float _light;

    public Coat(RandomStream random)
    {
        _random = random;
        Base = Vary(random.Pick<SKColor>(Furs));
        Pattern = (CoatPattern)random.Next(6);
        SKColor other = Vary(random.Pick<SKColor>(Furs));
        bool alike = Math.Abs(other.Luma() - Base.Luma()) < 0.2f;
        Marking = !alike ? other : Base.Luma() > 0.45f ? Base.Darker(0.5f) : Base.Lighter(0.45f);
        Light = Pattern == CoatPattern.Tuxedo || random.Chance(0.35f)
            ? new SKColor(0xF7, 0xF3, 0xEA) : Base.Lighter(random.Range(0.15f, 0.5f));
        Points = Pattern == CoatPattern.Pointed ? Base.Darker(random.Range(0.45f, 0.7f)) : Base;
        Eyes = Vary(random.Pick<SKColor>(EyeColours));
        Skin = random.Chance(0.3f) ? new SKColor(0xD8, 0x8A, 0x8C) : new SKColor(0x35, 0x2A, 0x2A);
        _outline = random.Chance(0.3f) ? 0 : random.Range(0.015f, 0.05f);
        _light = random.Range(-0.5f, 0.5f);
        _furStrength = random.Range(0.2f, 1);
        float scale = random.Range(0.006f, 0.011f);
        _fur = SKMatrix.CreateRotation(random.Range(-0.5f, 0.5f)).PreConcat(SKMatrix.CreateScale(scale, scale));
    }

    /// <summary>The main colour.</summary>
    public SKColor Base { get; }

    /// <summary>The colour of stripes, patches and spots.</summary>
    public SKColor Marking { get; }

    /// <summary>The colour of muzzle and chest.</summary>
    public SKColor Light { get; }

    /// <summary>The colour of ears, face and paws.</summary>
    public SKColor Points { get; }

    /// <summary>The colour of the iris.</summary>
    public SKColor Eyes { get; }

    /// <summary>The colour of the nose.</summary>
    public SKColor Skin { get; }

    /// <summary>How the second colour lies on the first.</summary>
    public CoatPattern Pattern { get; }

    /// <summary>The colour of paws.</summary>
    public SKColor Paws => Pattern == CoatPattern.Tuxedo ? Light : Points;

    /// <summary>The colour of lines such as the mouth: dark, or light on a dark coat.</summary>
    public SKColor Line => Light.Luma() > 0.3f ? new SKColor(0x2A, 0x20, 0x1C) : new SKColor(0xC8, 0xC0, 0xB8);

    /// <summary>Paints a part of the animal: colour, pattern, hairs, shading, outline.</summary>
    /// <param name="canvas">Where to.</param>
    /// <param name="part">The part's outline.</param>
    /// <param name="colour">Its colour; the base colour when null.</param>
    /// <param name="marked">Whether the pattern runs over it.</param>
    public void Paint(SKCanvas canvas, SKPath part, SKColor? colour = null, bool marked = false)
    {
        SKColor fill = colour ?? Base;
        SKRect bounds = part.TightBounds;
        using var paint = new SKPaint { IsAntialias = true, Color = fill };
        canvas.DrawPath(part, paint);

        int state = canvas.Save();
        canvas.ClipPath(part, antialias: true);
        if (marked)
            PaintPattern(canvas, bounds, paint);
        using (SKShader fur = FurTexture.Shader(_fur))
        using (var hairs = new SKPaint { Shader = fur, Color = SKColors.White.Faded(_furStrength) })
            canvas.DrawRect(bounds, hairs);
        float slant = _light * bounds.Width;
        using (SKShader shading = SKShader.CreateLinearGradient(
            new SKPoint(bounds.MidX + slant, bounds.Top), new SKPoint(bounds.MidX - slant, bounds.Bottom),
            [SKColors.White.Faded(0.22f), SKColors.White.Faded(0), SKColors.Black.Faded(0.28f)], [0, 0.45f, 1], SKShaderTileMode.Clamp))
        using (var shade = new SKPaint { Shader = shading })
            canvas.DrawRect(bounds, shade);
        canvas.RestoreToCount(state);

        if (_outline == 0)
            return;
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = _outline;
        paint.StrokeJoin = SKStrokeJoin.Round;
        paint.Color = fill.Darker(0.65f);
        canvas.DrawPath(part, paint);
    }

    private void PaintPattern(SKCanvas canvas, SKRect bounds, SKPaint paint)
    {
        paint.Color = Marking.Faded(0.9f);
        switch (Pattern)
        {
            case CoatPattern.Striped:
                PaintStripes(canvas, bounds, paint);
                break;
            case CoatPattern.Patched:
                PaintBlots(canvas, bounds, paint, count: 2 + _random.Next(3), 0.18f, 0.42f);
                break;
            case CoatPattern.Spotted:
                PaintBlots(canvas, bounds, paint, count: 14 + _random.Next(18), 0.025f, 0.07f);
                break;
        }
    }

    // Bent stripes that come in from both sides and down from the top.
    private void PaintStripes(SKCanvas canvas, SKRect bounds, SKPaint paint)
    {
        using var stripes = new SKPath();
        int count = 4 + _random.Next(4);
        for (int i = 0; i < count; i++)
        {
            float y = bounds.Top + (bounds.Height * (i + 0.6f + _random.Range(-0.2f, 0.2f)) / count);
            float thickness = bounds.Height * _random.Range(0.025f, 0.05f);
            foreach (float side in (ReadOnlySpan<float>)[-1, 1])
            {
                float edge = bounds.MidX + (side * bounds.Width * 0.55f), tip = bounds.MidX + (side * bounds.Width * _random.Range(0.16f, 0.32f));
                stripes.MoveTo(edge, y - thickness);
                stripes.QuadTo((edge + tip) / 2, y - thickness - (bounds.Height * 0.04f), tip, y + (bounds.Height * 0.03f));
                stripes.QuadTo((edge + tip) / 2, y + thickness, edge, y + thickness);
                stripes.Close();
            }
        }

        for (int i = -1; i <= 1; i++)
        {
            float x = bounds.MidX + (i * bounds.Width * 0.13f), width = bounds.Width * 0.028f;
            stripes.MoveTo(x - width, bounds.Top);
            stripes.LineTo(x + width, bounds.Top);
            stripes.LineTo(x + (i * width * 0.5f), bounds.Top + (bounds.Height * _random.Range(0.18f, 0.3f)));
            stripes.Close();
        }

        canvas.DrawPath(stripes, paint);
    }

    private void PaintBlots(SKCanvas canvas, SKRect bounds, SKPaint paint, int count, float smallest, float largest)
    {
        float size = Math.Max(bounds.Width, bounds.Height);
        for (int i = 0; i < count; i++)
        {
            float radius = size * _random.Range(smallest, largest);
            canvas.DrawOval(
                _random.Range(bounds.Left, bounds.Right), _random.Range(bounds.Top, bounds.Bottom), radius, radius * _random.Range(0.6f, 1.2f), paint);
        }
    }

    private SKColor Vary(SKColor colour)
    {
        colour.ToHsv(out float hue, out float saturation, out float value);
        return SKColor.FromHsv(
            (hue + _random.Range(-6, 6) + 360) % 360,
            Math.Clamp(saturation * _random.Range(0.75f, 1.2f), 0, 100),
            Math.Clamp(value * _random.Range(0.8f, 1.12f), 0, 100));
    }
}

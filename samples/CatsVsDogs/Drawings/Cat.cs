using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>A cat: a wide head with pointed ears, slit pupils in almond eyes, a short muzzle, whiskers, a long tail.</summary>
internal sealed class Cat : Animal
{
    private readonly float _width;
    private readonly float _height;
    private readonly float _earLength;
    private readonly float _earSpread;
    private readonly float _eyeSize;
    private readonly float _pupil;
    private readonly bool _sleepy;

    public Cat(RandomStream random, Coat coat)
        : base(random, coat)
    {
        _width = random.Range(0.95f, 1.1f);
        _height = random.Range(0.78f, 0.92f);
        _earLength = random.Range(0.55f, 0.85f);
        _earSpread = random.Range(0.55f, 0.85f);
        _eyeSize = random.Range(0.2f, 0.29f);
        _pupil = random.Range(0.18f, 0.5f);
        _sleepy = random.Chance(0.1f);
    }

    protected override void DrawFace(SKCanvas canvas)
    {
        float w = _width, h = _height;
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
            DrawEar(canvas, side);
        Paint(canvas, Outlines.Symmetric(
            new(0, -h), new(0.5f * w, -h * 1.02f), new(0.93f * w, -0.62f * h), new(w, 0.02f),
            new(1.05f * w, 0.45f * h), new(0.62f * w, h), new(0, h)), marked: true);
        if (Coat.Pattern == CoatPattern.Pointed)
            Paint(canvas, Outlines.Oval(0, 0.22f, 0.72f * w, 0.62f * h), Coat.Points);
        if (Coat.Pattern == CoatPattern.Tuxedo)
            Fill(canvas, Outlines.Closed(new(0, -0.75f * h), new(0.1f, -0.3f), new(0.35f, 0.1f), new(0.3f, 0.4f), new(0, 0.5f), new(0, 0.5f), new(-0.3f, 0.4f), new(-0.35f, 0.1f), new(-0.1f, -0.3f), new(0, -0.75f * h)), Coat.Light);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
            DrawEye(canvas, side * 0.43f * w, -0.08f * h, side);
        DrawMuzzle(canvas);
    }

    protected override void DrawProfile(SKCanvas canvas)
    {
        float ear = 0.6f + (_earLength * 0.7f);
        SKColor muzzle = Muzzle;
        Paint(canvas, Outlines.Closed(new(0.42f, -0.55f), new(0.4f, -0.9f), new(0.32f, -1.1f), new(0.22f, -ear - 0.25f), new(0, -1.0f), new(-0.1f, -0.8f), new(-0.15f, -0.5f)), Coat.Points.Darker(0.3f));
        Paint(canvas, Outlines.Closed(
            new(0.1f, -0.85f * _height), new(0.5f, -0.85f * _height), new(0.68f, -0.5f), new(0.74f, -0.12f),
            new(0.9f, 0.0f), new(0.98f, 0.12f), new(0.92f, 0.26f),
            new(0.95f, 0.5f), new(0.7f, 0.72f), new(0.35f, 0.74f),
            new(-0.4f, 0.85f), new(-0.95f, 0.5f), new(-0.92f, 0),
            new(-0.9f, -0.55f), new(-0.45f, -0.9f * _height), new(0.1f, -0.85f * _height)), marked: true);
        Paint(canvas, Outlines.Closed(new(0.2f, -0.6f), new(0.1f, -0.9f), new(-0.05f, -1.1f), new(-0.2f, -ear - 0.3f), new(-0.45f, -1.05f), new(-0.6f, -0.8f), new(-0.6f, -0.4f), new(-0.35f, -0.5f), new(0, -0.6f), new(0.2f, -0.6f)), Coat.Points);
        Fill(canvas, Outlines.Closed(new(0.02f, -0.62f), new(-0.02f, -0.85f), new(-0.1f, -1.0f), new(-0.2f, -ear - 0.1f), new(-0.35f, -0.95f), new(-0.4f, -0.8f), new(-0.38f, -0.55f)), InnerEar);
        Paint(canvas, Outlines.Oval(0.68f, 0.36f, 0.3f, 0.24f, -8), muzzle);
        DrawEye(canvas, 0.4f, -0.12f, 1, narrow: 0.62f);
        Fill(canvas, Outlines.Closed(new(0.8f, 0.06f), new(0.9f, 0.04f), new(0.98f, 0.06f), new(0.98f, 0.13f), new(0.97f, 0.2f), new(0.92f, 0.22f), new(0.9f, 0.22f)), Coat.Skin);
        Line(canvas, Coat.Line, 0.035f, new(0.9f, 0.24f), new(0.86f, 0.42f), new(0.6f, 0.44f));
        DrawWhiskers(canvas, new(0.62f, 0.34f), -1);
    }

    protected override void DrawTail(SKCanvas canvas, SKPoint root, float side)
    {
        float x = root.X, y = root.Y, curl = Random.Range(-0.5f, 0.6f), reach = Random.Range(0.7f, 1.1f);
        float width = Random.Range(0.2f, 0.3f);
        Paint(canvas, Outlines.Limb(
            width, root, new(x + (side * 1.3f * reach), y + 0.25f), new(x + (side * 0.9f * reach), y - 1.3f), new(x + (side * (0.75f + curl) * reach), y - (1.75f * reach))),
            Coat.Points, marked: Coat.Pattern == CoatPattern.Striped);
    }

    private SKColor InnerEar => new SKColor(0xDB, 0x9A, 0x95).Towards(Coat.Base, 0.35f);

    private SKColor Muzzle => Coat.Pattern == CoatPattern.Pointed ? Coat.Points.Lighter(0.08f) : Coat.Light;

    private void DrawEar(SKCanvas canvas, float side)
    {
        float w = _width, h = _height, tipX = (_earSpread + 0.12f) * w, tipY = (-0.62f * h) - _earLength;
        using SKPath ear = Outlines.Closed(
            new(0.16f * w, -0.8f * h), new(0.3f * w, -h - (0.3f * _earLength)), new(tipX - 0.18f, tipY + 0.12f), new(tipX, tipY),
            new(tipX + 0.14f, tipY + 0.2f), new(0.98f * w, -0.6f * h), new(0.96f * w, -0.15f * h));
        using SKPath inner = Outlines.Closed(
            new(0.36f * w, -0.82f * h), new(0.45f * w, -h - (0.2f * _earLength)), new(tipX - 0.1f, tipY + 0.3f), new(tipX - 0.01f, tipY + 0.17f),
            new(tipX + 0.06f, tipY + 0.35f), new(0.88f * w, -0.6f * h), new(0.84f * w, -0.4f * h));
        Paint(canvas, side < 0 ? Outlines.Mirrored(ear) : new SKPath(ear), Coat.Points);
        Fill(canvas, side < 0 ? Outlines.Mirrored(inner) : new SKPath(inner), InnerEar);
    }

    private void DrawEye(SKCanvas canvas, float x, float y, float side, float narrow = 1)
    {
        float rx = _eyeSize * 1.12f * narrow, ry = _eyeSize * 0.86f, slant = side * 0.07f;
        SKColor rim = new(0x20, 0x18, 0x16);
        if (_sleepy)
        {
            Line(canvas, Coat.Line, 0.05f, new(x - rx, y), new(x, y + ry), new(x + rx, y));
            return;
        }

        using SKPath eye = Outlines.Closed(
            new(x - rx, y + slant), new(x - (0.55f * rx), y - (1.25f * ry)), new(x + (0.55f * rx), y - (1.25f * ry)), new(x + rx, y - slant),
            new(x + (0.5f * rx), y + (1.2f * ry)), new(x - (0.5f * rx), y + (1.2f * ry)), new(x - rx, y + slant));
        int state = canvas.Save();
        canvas.ClipPath(eye, antialias: true);
        canvas.DrawColor(Coat.Eyes);
        Fill(canvas, Outlines.Oval(x, y + (0.5f * ry), rx, 0.6f * ry), Coat.Eyes.Lighter(0.25f));
        Fill(canvas, Outlines.Oval(x, y, _pupil * rx * 0.75f, ry * 0.95f), SKColors.Black);
        Fill(canvas, Outlines.Oval(x + (0.3f * rx), y - (0.35f * ry), 0.17f * rx, 0.2f * ry), SKColors.White.Faded(0.9f));
        canvas.RestoreToCount(state);
        using var line = new SKPaint { IsAntialias = true, Color = rim, Style = SKPaintStyle.Stroke, StrokeWidth = 0.05f };
        canvas.DrawPath(eye, line);
    }

    private void DrawMuzzle(SKCanvas canvas)
    {
        float y = 0.42f * _height;
        Paint(canvas, Outlines.Oval(0, y + 0.2f, 0.2f, 0.15f), Muzzle);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
            Paint(canvas, Outlines.Oval(side * 0.18f, y + 0.05f, 0.24f, 0.18f, side * 8), Muzzle);
        bool tongue = Random.Chance(0.12f);
        if (tongue)
            Fill(canvas, Outlines.Oval(0, y + 0.24f, 0.08f, 0.12f), new SKColor(0xE0, 0x7A, 0x84));
        Fill(canvas, Outlines.Closed(
            new(-0.13f, y - 0.13f), new(-0.06f, y - 0.18f), new(0.06f, y - 0.18f), new(0.13f, y - 0.13f),
            new(0.11f, y - 0.06f), new(0.04f, y), new(0, y + 0.01f), new(-0.04f, y), new(-0.11f, y - 0.06f), new(-0.13f, y - 0.13f)), Coat.Skin);
        Line(canvas, Coat.Line, 0.035f, new(0, y), new(0, y + 0.06f), new(0, y + 0.1f));
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            Line(canvas, Coat.Line, 0.035f, new(0, y + 0.1f), new(side * 0.1f, y + 0.24f), new(side * 0.26f, y + 0.13f));
            DrawWhiskers(canvas, new(side * 0.26f, y + 0.04f), side);
        }
    }

    private void DrawWhiskers(SKCanvas canvas, SKPoint root, float side)
    {
        SKColor colour = Coat.Base.Luma() > 0.72f ? new SKColor(0x60, 0x58, 0x50, 0xC0) : new SKColor(0xFF, 0xFF, 0xFF, 0xD8);
        float length = Random.Range(0.85f, 1.2f), droop = Random.Range(-0.05f, 0.2f);
        for (int i = -1; i <= 1; i++)
        {
            float y = root.Y + (i * 0.07f);
            Line(
                canvas, colour, 0.028f, new(root.X, y),
                new(root.X + (side * 0.5f * length), y + (i * 0.1f) - 0.06f), new(root.X + (side * length), y + (i * 0.24f) + droop));
        }
    }
}

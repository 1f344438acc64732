using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>An animal with a coat, drawn around its head's centre in units of half the head's width. Subclasses know the head and the tail.</summary>
internal abstract class Animal(RandomStream random, Coat coat)
{
    /// <summary>The animal's random choices.</summary>
    protected RandomStream Random { get; } = random;

    /// <summary>The animal's colours.</summary>
    protected Coat Coat { get; } = coat;

    /// <summary>How heavy the body is, 1 on average.</summary>
    protected float Weight { get; } = random.Range(0.82f, 1.15f);

    /// <summary>The part of the plane that a pose covers.</summary>
    public static SKRect Extent(Pose pose) => pose switch
    {
        Pose.Portrait => new SKRect(-1.35f, -1.65f, 1.35f, 1.35f),
        Pose.Profile => new SKRect(-1.35f, -1.6f, 1.75f, 1.5f),
        Pose.Sitting => new SKRect(-1.75f, -1.6f, 1.75f, 3.0f),
        Pose.Lying => new SKRect(-2.0f, -1.6f, 2.0f, 1.75f),
        _ => new SKRect(-3.3f, -1.6f, 1.6f, 2.6f),
    };

    /// <summary>Draws the animal.</summary>
    public void Draw(SKCanvas canvas, Pose pose)
    {
        switch (pose)
        {
            case Pose.Portrait:
                DrawShoulders(canvas);
                DrawFace(canvas);
                break;
            case Pose.Profile:
                DrawNeck(canvas);
                DrawProfile(canvas);
                break;
            case Pose.Sitting:
                DrawSittingBody(canvas);
                DrawFace(canvas);
                break;
            case Pose.Lying:
                DrawLyingBody(canvas);
                DrawFace(canvas);
                break;
            case Pose.Standing:
                DrawStandingBody(canvas);
                DrawProfile(canvas);
                break;
        }
    }

    /// <summary>Draws the head from the front.</summary>
    protected abstract void DrawFace(SKCanvas canvas);

    /// <summary>Draws the head from the side, looking to the right.</summary>
    protected abstract void DrawProfile(SKCanvas canvas);

    /// <summary>Draws the tail, from its root to where it may reach.</summary>
    /// <param name="canvas">Where to.</param>
    /// <param name="root">Where it is attached.</param>
    /// <param name="side">1 when it points to the right, -1 to the left.</param>
    protected abstract void DrawTail(SKCanvas canvas, SKPoint root, float side);

    /// <summary>Paints a part and disposes of its outline.</summary>
    protected void Paint(SKCanvas canvas, SKPath part, SKColor? colour = null, bool marked = false)
    {
        using (part)
            Coat.Paint(canvas, part, colour, marked);
    }

    /// <summary>Paints a part in a flat colour, without hairs, and disposes of its outline.</summary>
    protected static void Fill(SKCanvas canvas, SKPath part, SKColor colour)
    {
        using (part)
        using (var paint = new SKPaint { IsAntialias = true, Color = colour })
            canvas.DrawPath(part, paint);
    }

    /// <summary>Draws a curved line.</summary>
    protected static void Line(SKCanvas canvas, SKColor colour, float width, SKPoint from, SKPoint bend, SKPoint to)
    {
        using var path = new SKPath();
        path.MoveTo(from);
        path.QuadTo(bend, to);
        using var paint = new SKPaint
        {
            IsAntialias = true, Color = colour, Style = SKPaintStyle.Stroke, StrokeWidth = width, StrokeCap = SKStrokeCap.Round,
        };
        canvas.DrawPath(path, paint);
    }

    private void DrawShoulders(SKCanvas canvas)
    {
        float w = 1.05f * Weight;
        Paint(canvas, Outlines.Symmetric(new(0, 0.3f), new(0.7f * w, 0.4f), new(1.3f * w, 1.3f), new(1.4f * w, 2.6f), new(1, 2.8f), new(0.5f, 2.8f), new(0, 2.8f)), marked: true);
        if (Coat.Pattern == CoatPattern.Tuxedo)
            Paint(canvas, Outlines.Oval(0, 1.7f, 0.5f * w, 0.9f), Coat.Light);
    }

    private void DrawNeck(SKCanvas canvas) => Paint(
        canvas,
        Outlines.Closed(
            new(0.35f, 0.4f), new(0.45f, 1.1f), new(0.9f * Weight, 1.7f), new(0.95f * Weight, 2.9f),
            new(0, 3), new(-1, 3), new(-1.75f * Weight, 2.9f),
            new(-1.5f * Weight, 1.6f), new(-0.95f, 0.7f), new(-0.75f, 0)),
        marked: true);

    private void DrawSittingBody(SKCanvas canvas)
    {
        float w = Weight;
        float tailSide = Random.Sign();
        DrawTail(canvas, new SKPoint(0.75f * tailSide * w, 2.6f), tailSide);
        Paint(canvas, Outlines.Symmetric(
            new(0, 0.2f), new(0.55f * w, 0.3f), new(0.7f * w, 1.0f), new(0.85f * w, 1.6f),
            new(1.25f * w, 2.2f), new(1.25f * w, 2.95f), new(0, 2.9f)), marked: true);
        if (Coat.Pattern == CoatPattern.Tuxedo || Random.Chance(0.25f))
            Paint(canvas, Outlines.Oval(0, 1.45f, 0.38f * w, 0.68f), Coat.Light);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            Paint(canvas, Outlines.Oval(side * 0.82f * w, 2.4f, 0.42f * w, 0.5f), marked: Coat.Pattern == CoatPattern.Striped);
            Paint(canvas, Outlines.Oval(side * 0.85f * w, 2.83f, 0.36f, 0.15f), Coat.Paws);
            Paint(canvas, Outlines.Limb(0.38f * w, new(side * 0.32f * w, 1.75f), new(side * 0.3f, 2.72f)));
            DrawPaw(canvas, side * 0.31f, 2.8f);
        }
    }

    private void DrawLyingBody(SKCanvas canvas)
    {
        float w = Weight;
        float tailSide = Random.Sign();
        DrawTail(canvas, new SKPoint(1.5f * tailSide * w, 1.3f), tailSide);
        Paint(canvas, Outlines.Closed(
            new(-1.7f * w, 1.6f), new(-2.05f * w, 0.4f), new(-1.2f, -0.3f * w), new(0, -0.1f),
            new(1.2f, -0.3f * w), new(2.05f * w, 0.4f), new(1.7f * w, 1.6f),
            new(1, 1.7f), new(-1, 1.7f), new(-1.7f * w, 1.6f)), marked: true);
        foreach (float side in (ReadOnlySpan<float>)[-1, 1])
        {
            Paint(canvas, Outlines.Limb(0.42f, new(side * 0.85f, 1.25f), new(side * 0.5f, 1.45f)));
            DrawPaw(canvas, side * 0.48f, 1.48f);
        }
    }

    // The head is at the origin, the body to its lower left.
    private void DrawStandingBody(SKCanvas canvas)
    {
        float w = Weight;
        float length = Random.Range(0.9f, 1.15f);
        float hip = -2.25f * length, ground = Random.Range(2.15f, 2.5f);
        DrawTail(canvas, new SKPoint(hip - 0.3f, 0.6f), -1);
        DrawLeg(canvas, hip + 0.38f, ground - 0.08f, far: true);
        DrawLeg(canvas, -0.22f, ground - 0.08f, far: true);
        Paint(canvas, Outlines.Closed(
            new(-0.1f, 0.1f), new(0.45f, 0.7f), new(0.2f, 1.5f * w), new(-0.4f, 1.5f * w),
            new(-1, 1.4f), new(hip + 0.6f, 1.25f * w), new(hip, 1.5f * w),
            new(hip - 0.6f, 1.3f), new(hip - 0.6f, 0.35f), new(hip + 0.2f, 0.35f),
            new(-1.5f, 0.45f), new(-0.9f, 0.5f), new(-0.6f, -0.1f)), marked: true);
        DrawLeg(canvas, hip - 0.05f, ground, far: false);
        DrawLeg(canvas, -0.45f, ground, far: false);
    }

    private void DrawLeg(SKCanvas canvas, float x, float ground, bool far)
    {
        float sway = Random.Range(-0.15f, 0.15f);
        SKColor colour = far ? Coat.Base.Darker(0.25f) : Coat.Base;
        Paint(canvas, Outlines.Limb(0.36f * Weight, new(x, 1.25f), new(x - 0.05f, 1.6f), new(x + sway, ground - 0.4f), new(x + sway, ground - 0.1f)), colour);
        Paint(canvas, Outlines.Oval(x + sway + 0.07f, ground - 0.02f, 0.25f, 0.13f), far ? Coat.Paws.Darker(0.25f) : Coat.Paws);
    }

    private void DrawPaw(SKCanvas canvas, float x, float y)
    {
        Paint(canvas, Outlines.Oval(x, y, 0.27f, 0.17f), Coat.Paws);
        SKColor line = Coat.Paws.Darker(0.5f).Faded(0.7f);
        foreach (float toe in (ReadOnlySpan<float>)[-0.09f, 0.09f])
            Line(canvas, line, 0.025f, new(x + toe, y + 0.02f), new(x + toe, y + 0.08f), new(x + toe, y + 0.14f));
    }
}

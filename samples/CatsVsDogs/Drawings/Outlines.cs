using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>The outlines that animals are put together from. An animal's unit is half the width of its head, y points down.</summary>
internal static class Outlines
{
    /// <summary>An ellipse, possibly leaning.</summary>
    /// <param name="x">Its centre.</param>
    /// <param name="y">Its centre.</param>
    /// <param name="radiusX">Half its width.</param>
    /// <param name="radiusY">Half its height.</param>
    /// <param name="degrees">How far it is turned, clockwise.</param>
    public static SKPath Oval(float x, float y, float radiusX, float radiusY, float degrees = 0)
    {
        var path = new SKPath();
        path.AddOval(new SKRect(x - radiusX, y - radiusY, x + radiusX, y + radiusY));
        if (degrees != 0)
            path.Transform(SKMatrix.CreateRotationDegrees(degrees, x, y));
        return path;
    }

    /// <summary>A limb: a thick line with round ends along a curve.</summary>
    /// <param name="width">How thick.</param>
    /// <param name="from">Where it starts.</param>
    /// <param name="bend1">Where the curve is pulled to first.</param>
    /// <param name="bend2">Where it is pulled to then.</param>
    /// <param name="to">Where it ends.</param>
    public static SKPath Limb(float width, SKPoint from, SKPoint bend1, SKPoint bend2, SKPoint to)
    {
        using var line = new SKPath();
        line.MoveTo(from);
        line.CubicTo(bend1, bend2, to);
        using var pen = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = width, StrokeCap = SKStrokeCap.Round };
        var limb = new SKPath();
        _ = pen.GetFillPath(line, limb, resScale: 100);
        return limb;
    }

    /// <summary>A straight limb.</summary>
    /// <inheritdoc cref="Limb(float, SKPoint, SKPoint, SKPoint, SKPoint)"/>
    public static SKPath Limb(float width, SKPoint from, SKPoint to) => Limb(width, from, from, to, to);

    /// <summary>A closed outline through Bézier curves: a start, then two pulls and an end for each curve.</summary>
    public static SKPath Closed(SKPoint start, params ReadOnlySpan<SKPoint> curves)
    {
        var path = new SKPath();
        path.MoveTo(start);
        for (int i = 0; i < curves.Length; i += 3)
            path.CubicTo(curves[i], curves[i + 1], curves[i + 2]);
        path.Close();
        return path;
    }

    /// <summary>An outline with a left half that mirrors its right one, about x = 0: from the top down to the bottom.</summary>
    /// <inheritdoc cref="Closed"/>
    public static SKPath Symmetric(SKPoint start, params ReadOnlySpan<SKPoint> curves)
    {
        var path = new SKPath();
        path.MoveTo(start);
        for (int i = 0; i < curves.Length; i += 3)
            path.CubicTo(curves[i], curves[i + 1], curves[i + 2]);
        for (int i = curves.Length - 3; i >= 0; i -= 3)
            path.CubicTo(Mirrored(curves[i + 1]), Mirrored(curves[i]), Mirrored(i == 0 ? start : curves[i - 1]));
        path.Close();
        return path;
    }

    /// <summary>The same outline on the other side of x = 0.</summary>
    public static SKPath Mirrored(SKPath path)
    {
        var other = new SKPath(path);
        other.Transform(SKMatrix.CreateScale(-1, 1));
        return other;
    }

    private static SKPoint Mirrored(SKPoint point) => new(-point.X, point.Y);
}

using Numerics.Nn;
using ScottPlot;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>Loss and metrics over the epochs, as a picture: a panel each, with the held-out pictures' curve beside the training's.</summary>
internal static class CurvesPlot
{
    private const int Side = 460;
    private const int Height = 380;

    /// <summary>Draws the picture into a file.</summary>
    /// <param name="history">The epochs.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(History history, string path)
    {
        string[] names = [.. history.Names.Where(name => !name.StartsWith("val_", StringComparison.Ordinal))];
        int width = Side * PlotPicture.Scale;
        using var picture = new SKBitmap(width * names.Length, Height * PlotPicture.Scale);
        using (var canvas = new SKCanvas(picture))
        {
            for (int i = 0; i < names.Length; i++)
            {
                using Plot plot = Panel(history, names[i]);
                using SKBitmap panel = SKBitmap.Decode(plot.GetImageBytes(width, Height * PlotPicture.Scale, ImageFormat.Png));
                canvas.DrawBitmap(panel, i * width, 0);
            }
        }

        using SKData png = picture.Encode(SKEncodedImageFormat.Png, 100);
        WholeFile.Write(path, png.AsSpan());
    }

    private static Plot Panel(History history, string name)
    {
        Plot plot = PlotPicture.Create(name.Replace('_', ' '), "epoch", "");
        AddCurve(plot, history, name, 0, "training");
        AddCurve(plot, history, $"val_{name}", 1, "held out");
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        if (name == "accuracy")
            plot.Axes.SetLimitsY(Math.Min(0.5, history[name].Min()) - 0.02, 1.02);
        _ = plot.ShowLegend(name == "accuracy" ? Alignment.LowerRight : Alignment.UpperRight);
        return plot;
    }

    private static void AddCurve(Plot plot, History history, string name, int color, string legend)
    {
        if (!history.TryGet(name, out IReadOnlyList<double>? values))
            return;
        Coordinates[] points = [.. values.Select((value, i) => new Coordinates(history.Epoch[i] + 1, value)).Where(point => double.IsFinite(point.Y))];
        if (points.Length == 0)
            return;
        PlotPicture.AddLine(plot, points, color, legend);
        ScottPlot.Plottables.Markers markers = plot.Add.Markers(points);
        (markers.MarkerSize, markers.Color) = (5, PlotPicture.Palette[color]);
    }
}

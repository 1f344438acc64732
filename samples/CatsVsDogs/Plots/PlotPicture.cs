using System.Globalization;
using ScottPlot;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>What all plots have in common: font, colours, size, and how they get into a file.</summary>
internal static class PlotPicture
{
    /// <summary>The width of a plot, in units of which each is <see cref="Scale"/> pixels.</summary>
    public const int Width = 640;

    /// <summary>The height of a plot.</summary>
    public const int Height = 480;

    /// <summary>Pixels a unit: text stays sharp on dense displays.</summary>
    public const int Scale = 2;

    /// <summary>
    /// Colours that differ for people who do not see all of them, and in grey. Source: Okabe and Ito, "Color universal design", 2002.
    /// </summary>
    public static readonly Color[] Palette =
        [.. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000" }.Select(Color.FromHex)];

    private static readonly Lazy<PlotFont> s_font = new(PlotFont.Install);

    /// <summary>An empty plot.</summary>
    /// <param name="title">What stands above it.</param>
    /// <param name="x">What the horizontal axis shows.</param>
    /// <param name="y">What the vertical axis shows.</param>
    public static Plot Create(string title, string x, string y)
    {
        _ = s_font.Value;
        var plot = new Plot { ScaleFactor = Scale };
        plot.Title(title, 16);
        plot.XLabel(x, 14);
        plot.YLabel(y, 14);
        foreach (LabelStyle label in (ReadOnlySpan<LabelStyle>)[plot.Axes.Title.Label, plot.Axes.Bottom.Label, plot.Axes.Left.Label])
            label.Bold = false;
        plot.Grid.MajorLineColor = Palette[^1].WithAlpha(0.08);
        plot.Axes.Color(Color.FromHex("#303030"));
        (plot.Legend.ShadowColor, plot.Legend.OutlineColor) = (Colors.Transparent, Color.FromHex("#C0C0C0"));
        return plot;
    }

    /// <summary>The axes from 0 to 1 that rates need, with a little room.</summary>
    public static void ShowRates(Plot plot)
    {
        plot.Axes.SetLimits(-0.02, 1.02, -0.02, 1.04);
        double[] places = [0, 0.2, 0.4, 0.6, 0.8, 1];
        string[] labels = [.. places.Select(place => place.ToString(CultureInfo.InvariantCulture))];
        plot.Axes.Bottom.SetTicks(places, labels);
        plot.Axes.Left.SetTicks(places, labels);
    }

    /// <summary>A line through points, with an entry in the legend.</summary>
    public static void AddLine(Plot plot, IEnumerable<Coordinates> points, int color, string legend)
    {
        ScottPlot.Plottables.Scatter line = plot.Add.ScatterLine(points.ToArray(), Palette[color % Palette.Length]);
        line.LineWidth = 2;
        line.LegendText = legend;
    }

    /// <summary>The line of what knows nothing, dashed and grey.</summary>
    public static void AddChance(Plot plot, Coordinates from, Coordinates to, Color color)
    {
        ScottPlot.Plottables.LinePlot line = plot.Add.Line(from, to);
        (line.LineColor, line.LinePattern, line.LineWidth) = (color, LinePattern.Dashed, 1);
    }

    /// <summary>Writes the plot as PNG. The file appears when it is whole.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(Plot plot, string path, int width = Width, int height = Height)
    {
        byte[] png = plot.GetImageBytes(width * Scale, height * Scale, ImageFormat.Png);
        string unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllBytes(unfinished, png);
            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}

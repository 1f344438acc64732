using Numerics.Samples.CatsVsDogs.Imbalance;
using ScottPlot;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>What the methods against imbalance achieve, as a picture: a point for each run, the mean and its deviation.</summary>
internal static class ImbalancePlot
{
    private const int WideWidth = 900;
    private const double Apart = 0.24;

    private static readonly (string Name, Func<Outcome, double> Of)[] s_figures =
    [
        ("PR-AUC", outcome => outcome.PrAuc),
        ("recall at ½", outcome => outcome.Recall),
        ("recall at a tuned threshold", outcome => outcome.TunedRecall),
    ];

    /// <summary>Draws the picture into a file.</summary>
    /// <param name="outcomes">The outcomes of all runs.</param>
    /// <param name="rarity">One picture in so many is of the rare class.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(IReadOnlyList<Outcome> outcomes, int rarity, string path)
    {
        IGrouping<string, Outcome>[] methods = [.. outcomes.GroupBy(outcome => outcome.Method)];
        int runs = methods[0].Count();
        using Plot plot = PlotPicture.Create($"One dog in {rarity} pictures: {runs} {(runs == 1 ? "run" : "runs")} of each method", "", "");
        for (int f = 0; f < s_figures.Length; f++)
        {
            Color color = PlotPicture.Palette[f];
            double shift = (f - ((s_figures.Length - 1) / 2.0)) * Apart;
            double[] places = [.. methods.Select((_, m) => m + shift)];
            foreach ((IGrouping<string, Outcome> method, double x) in methods.Zip(places))
            {
                double[] values = [.. method.Select(s_figures[f].Of)];
                var spread = Spread.Of(values);
                ScottPlot.Plottables.LinePlot line = plot.Add.Line(x, spread.Mean - spread.Deviation, x, spread.Mean + spread.Deviation);
                (line.LineColor, line.LineWidth) = (color, 2);
                ScottPlot.Plottables.Markers points = plot.Add.Markers(values.Select(value => new Coordinates(x, value)).ToArray());
                (points.MarkerShape, points.MarkerSize, points.Color) = (MarkerShape.FilledCircle, 4, color.WithAlpha(0.5));
            }

            ScottPlot.Plottables.Markers means = plot.Add.Markers(
                methods.Zip(places, (method, x) => new Coordinates(x, Spread.Of([.. method.Select(s_figures[f].Of)]).Mean)).ToArray());
            (means.MarkerShape, means.MarkerSize, means.Color, means.LegendText) = (MarkerShape.FilledDiamond, 10, color, s_figures[f].Name);
        }

        PlotPicture.ShowRates(plot);
        plot.Axes.SetLimitsX(-0.5, methods.Length - 0.5);
        plot.Axes.Bottom.SetTicks(
            [.. methods.Select((_, m) => (double)m)], [.. methods.Select(method => method.Key.Replace(", ", ",\n").Replace(" (", "\n("))]);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 10;
        plot.Grid.XAxisStyle.MajorLineStyle.IsVisible = false;
        plot.Legend.Orientation = Orientation.Horizontal;
        _ = plot.ShowLegend(Edge.Bottom);
        PlotPicture.Save(plot, path, WideWidth);
    }
}

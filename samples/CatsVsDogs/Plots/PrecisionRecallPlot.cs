using System.Globalization;
using Numerics.Nn;
using ScottPlot;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>
/// Precision over recall of the classes, each against the rest, as a picture. A dashed line at the share of a class is what
/// guessing achieves.
/// </summary>
internal static class PrecisionRecallPlot
{
    // Between two scores precision is no straight line; this many pieces of one look like it.
    private const int Pieces = 16;

    /// <summary>Draws the picture into a file.</summary>
    /// <param name="precisionRecall">The scores, gathered by a metric that does not pool the classes.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(AUC precisionRecall, IReadOnlyList<string> classNames, string path)
    {
        using Plot plot = PlotPicture.Create("Precision and recall", "recall", "precision");
        IReadOnlyList<double> areas = precisionRecall.PerClass;
        for (int c = 0; c < areas.Count; c++)
        {
            IReadOnlyList<CurvePoint> points = precisionRecall.Points(c);
            if (points.Count == 0)
                continue;

            // The last point takes everything for the class.
            double share = points[^1].Y;
            PlotPicture.AddChance(plot, new(0, share), new(1, share), PlotPicture.Palette[c % PlotPicture.Palette.Length]);
            string area = areas[c].ToString("F3", CultureInfo.InvariantCulture);
            PlotPicture.AddLine(plot, Interpolated(points), c, $"{classNames[c]}, area {area}");
        }

        PlotPicture.ShowRates(plot);
        _ = plot.ShowLegend(Alignment.LowerLeft);
        PlotPicture.Save(plot, path);
    }

    /// <summary>
    /// The curve whose area the metric gives: between two scores true and false positives grow in proportion. Up to the first true
    /// positive, where points do not tell how many false ones there are, it is a straight line.
    /// </summary>
    internal static IEnumerable<Coordinates> Interpolated(IReadOnlyList<CurvePoint> points)
    {
        (double hits, double alarms) = (0, 0);
        foreach (CurvePoint point in points)
        {
            // In units of the class's examples; without a hit there is no precision to go on from.
            double moreHits = point.X - hits;
            double next = point.Y > 0 ? point.X * (1 - point.Y) / point.Y : 0;
            bool known = hits > 0 || point.Y == 1 || point == points[0];
            for (int i = 1; i < Pieces && moreHits > 0 && known; i++)
            {
                double part = (double)i / Pieces, now = hits + (part * moreHits);
                yield return new Coordinates(now, now / (now + alarms + (part * (next - alarms))));
            }

            yield return new Coordinates(point.X, point.Y);
            (hits, alarms) = (point.X, next);
        }
    }
}

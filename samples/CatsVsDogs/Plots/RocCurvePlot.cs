using System.Globalization;
using Numerics.Nn;
using ScottPlot;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>The ROC curves of the classes, each against the rest, as a picture.</summary>
internal static class RocCurvePlot
{
    /// <summary>Draws the picture into a file.</summary>
    /// <param name="roc">The scores, gathered by a metric that does not pool the classes.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(AUC roc, IReadOnlyList<string> classNames, string path)
    {
        using Plot plot = PlotPicture.Create("ROC curve", "false positive rate", "true positive rate");
        PlotPicture.AddChance(plot, new(0, 0), new(1, 1), Colors.Gray);
        IReadOnlyList<double> areas = roc.PerClass;
        for (int c = 0; c < areas.Count; c++)
        {
            IReadOnlyList<CurvePoint> points = roc.Points(c);
            if (points.Count == 0)
                continue;
            string area = areas[c].ToString("F3", CultureInfo.InvariantCulture);
            PlotPicture.AddLine(plot, points.Select(point => new Coordinates(point.X, point.Y)), c, $"{classNames[c]}, area {area}");
        }

        PlotPicture.ShowRates(plot);
        _ = plot.ShowLegend(Alignment.LowerRight);
        PlotPicture.Save(plot, path);
    }
}

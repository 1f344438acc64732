using System.Globalization;
using Numerics.Nn;
using ScottPlot;

namespace Numerics.Samples.CatsVsDogs.Plots;

/// <summary>How often each class was taken for which, as a picture: a row for each class, its shares as shades.</summary>
internal static class ConfusionMatrixPlot
{
    private const int Side = 480;

    /// <summary>Draws the picture into a file.</summary>
    /// <param name="matrix">The counts.</param>
    /// <param name="classNames">A name for each class.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(ConfusionMatrix matrix, IReadOnlyList<string> classNames, string path)
    {
        double[,] counts = matrix.Counts;
        int classes = matrix.Classes;
        using Plot plot = PlotPicture.Create("Confusion matrix", "predicted", "true");
        for (int row = 0; row < classes; row++)
        {
            double all = Enumerable.Range(0, classes).Sum(column => counts[row, column]);
            for (int column = 0; column < classes; column++)
            {
                double count = counts[row, column], share = all == 0 ? 0 : count / all;

                // The first class stands at the top.
                double x = column, y = classes - 1 - row;
                ScottPlot.Plottables.Rectangle cell = plot.Add.Rectangle(x - 0.5, x + 0.5, y - 0.5, y + 0.5);
                (cell.FillColor, cell.LineColor, cell.LineWidth) = (PlotPicture.Palette[0].WithAlpha(share), Colors.White, 2);
                string number = count.ToString(double.IsInteger(count) ? "N0" : "N2", CultureInfo.InvariantCulture);
                string percent = (100 * share).ToString("F1", CultureInfo.InvariantCulture);
                ScottPlot.Plottables.Text text = plot.Add.Text($"{number}\n{percent} %", x, y);
                (text.LabelFontColor, text.LabelFontSize, text.LabelAlignment) =
                    (share > 0.55 ? Colors.White : Colors.Black, classes <= 4 ? 18 : 12, Alignment.MiddleCenter);
            }
        }

        plot.HideGrid();
        plot.Axes.SetLimits(-0.5, classes - 0.5, -0.5, classes - 0.5);
        double[] places = [.. Enumerable.Range(0, classes).Select(i => (double)i)];
        plot.Axes.Bottom.SetTicks(places, [.. classNames]);
        plot.Axes.Left.SetTicks(places, [.. classNames.Reverse()]);
        PlotPicture.Save(plot, path, Side, Side);
    }
}

using System.Globalization;
using System.Text;

namespace Numerics.Nn;

/// <summary>
/// How often each class was taken for which: <see cref="ConfusionMatrixMetric.Counts"/>, and as text. In logs it is the share
/// of the diagonal, the accuracy; 0 when nothing was taken in.
/// </summary>
/// <param name="threshold">A greater prediction counts as class 1, where there is a single column; use 0 for logits.</param>
/// <param name="name">The name in logs.</param>
public sealed class ConfusionMatrix(float threshold = 0.5f, string name = "confusion_matrix") : ConfusionMatrixMetric(threshold, name)
{
    /// <summary>The counts as a table: a row for each class, a column for each prediction; weights with two digits.</summary>
    /// <param name="classNames">The classes' names; their numbers when null.</param>
    /// <exception cref="ArgumentException">There are not as many names as classes.</exception>
    public string ToText(IReadOnlyList<string>? classNames = null)
    {
        if (classNames is not null && classNames.Count != Classes)
            throw new ArgumentException($"{Name}: there are {Classes} classes and {classNames.Count} names", nameof(classNames));
        const string Corner = "true \\ predicted";
        double[,] counts = Counts;
        string format = counts.Cast<double>().All(double.IsInteger) ? "F0" : "F2";
        string[] names = [.. Enumerable.Range(0, Classes).Select(c => classNames?[c] ?? c.ToString(CultureInfo.InvariantCulture))];
        int left = names.Append(Corner).Max(text => text.Length);
        var cells = new string[Classes, Classes];
        int[] widths = [.. names.Select(text => text.Length)];
        for (int i = 0; i < Classes; i++)
        {
            for (int j = 0; j < Classes; j++)
            {
                cells[i, j] = counts[i, j].ToString(format, CultureInfo.InvariantCulture);
                widths[j] = Math.Max(widths[j], cells[i, j].Length);
            }
        }

        var text = new StringBuilder(Corner.PadRight(left));
        for (int j = 0; j < Classes; j++)
            text.Append("  ").Append(names[j].PadLeft(widths[j]));
        for (int i = 0; i < Classes; i++)
        {
            text.Append('\n').Append(names[i].PadRight(left));
            for (int j = 0; j < Classes; j++)
                text.Append("  ").Append(cells[i, j].PadLeft(widths[j]));
        }

        return text.Append('\n').ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => ToText();

    private protected override double Result(double[,] counts)
    {
        double all = Totals(counts).All;
        return all == 0 ? 0 : Diagonal(counts) / all;
    }
}

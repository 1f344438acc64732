using System.Globalization;
using System.Text;

namespace Numerics.Nn;

/// <summary>
/// Precision, recall and F1 of every class and their means, as scikit-learn's <c>classification_report</c> has them.
/// </summary>
/// <example><code>
/// var matrix = new ConfusionMatrix();
/// model.Compile(optimizer, loss, [matrix]);
/// model.Evaluate(data);
/// Console.Write(new ClassificationReport(matrix).ToText(["cat", "dog"]));
/// </code></example>
public sealed class ClassificationReport
{
    /// <summary>Makes the report of what a metric has taken in.</summary>
    /// <param name="matrix">Any of the metrics that count which class was taken for which.</param>
    public ClassificationReport(ConfusionMatrixMetric matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        double[,] counts = matrix.Counts;
        int classes = matrix.Classes;
        var scores = new ClassScores[classes];
        double right = 0, all = 0;
        for (int c = 0; c < classes; c++)
        {
            double support = 0, taken = 0, hits = counts[c, c];
            for (int other = 0; other < classes; other++)
                (support, taken) = (support + counts[c, other], taken + counts[other, c]);
            scores[c] = new ClassScores(
                hits == 0 ? 0 : hits / taken, hits == 0 ? 0 : hits / support, new BinaryCounts(hits, taken - hits, support - hits, 0).FBeta(), support);
            (right, all) = (right + hits, all + support);
        }

        Classes = scores;
        Accuracy = all == 0 ? 0 : right / all;
        Macro = Mean(scores, _ => 1, all);
        Weighted = Mean(scores, score => score.Support, all);
    }

    /// <summary>The classes' values, in the order of their numbers; none before the first batch.</summary>
    public IReadOnlyList<ClassScores> Classes { get; }

    /// <summary>The mean over the classes, each counting the same, and the weight of all examples.</summary>
    public ClassScores Macro { get; }

    /// <summary>The mean over the classes, each weighted by its examples, and the weight of all examples.</summary>
    public ClassScores Weighted { get; }

    /// <summary>The share of the examples that were taken for what they are; 0 without any.</summary>
    public double Accuracy { get; }

    /// <summary>The report as a table: a row for each class, then the accuracy and the two means.</summary>
    /// <param name="classNames">The classes' names; their numbers when null.</param>
    /// <exception cref="ArgumentException">There are not as many names as classes.</exception>
    public string ToText(IReadOnlyList<string>? classNames = null)
    {
        if (classNames is not null && classNames.Count != Classes.Count)
            throw new ArgumentException($"there are {Classes.Count} classes and {classNames.Count} names", nameof(classNames));
        List<string[]> rows = [["", "precision", "recall", "F1", "support"]];
        rows.AddRange(Classes.Select((scores, c) => Row(classNames?[c] ?? c.ToString(CultureInfo.InvariantCulture), scores)));
        rows.Add(["accuracy", "", "", Digits(Accuracy), Weight(Macro.Support)]);
        rows.Add(Row("macro average", Macro));
        rows.Add(Row("weighted average", Weighted));
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            text.Append(row[0].PadRight(widths[0]));
            for (int column = 1; column < row.Length; column++)
                text.Append("  ").Append(row[column].PadLeft(widths[column]));
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => ToText();

    private static string[] Row(string name, ClassScores scores) =>
        [name, Digits(scores.Precision), Digits(scores.Recall), Digits(scores.F1), Weight(scores.Support)];

    private static string Digits(double share) => share.ToString("F3", CultureInfo.InvariantCulture);

    private static string Weight(double support) => support.ToString(double.IsInteger(support) ? "F0" : "F2", CultureInfo.InvariantCulture);

    private static ClassScores Mean(ClassScores[] scores, Func<ClassScores, double> weight, double support)
    {
        double all = scores.Sum(weight);
        double Of(Func<ClassScores, double> value) => all == 0 ? 0 : scores.Sum(score => weight(score) * value(score)) / all;
        return new ClassScores(Of(score => score.Precision), Of(score => score.Recall), Of(score => score.F1), support);
    }
}

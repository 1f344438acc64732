namespace Numerics.Samples.CatsVsDogs.Imbalance;

/// <summary>The outcomes of all methods as a table that a page of Markdown can show.</summary>
internal static class OutcomeTable
{
    /// <summary>Writes a line for each method: every figure's mean and deviation over the runs, and in how many runs its PR-AUC is
    /// above the first method's.</summary>
    public static void Write(TextWriter output, IReadOnlyList<Outcome> outcomes)
    {
        Dictionary<ulong, double> first = outcomes.Where(outcome => outcome.Method == outcomes[0].Method)
            .ToDictionary(outcome => outcome.Seed, outcome => outcome.PrAuc);
        string[][] rows =
        [
            ["method", .. Outcome.Figures.Select(figure => figure.Name), "better"],
            .. outcomes.GroupBy(outcome => outcome.Method).Select(group => (string[])
            [
                group.Key,
                .. Outcome.Figures.Select(figure => Spread.Of([.. group.Select(figure.Of)]).ToString()),
                group.Key == outcomes[0].Method ? "" : $"{group.Count(outcome => outcome.PrAuc > first[outcome.Seed])} of {first.Count}",
            ]),
        ];
        int[] widths = [.. rows[0].Select((_, column) => rows.Max(row => row[column].Length))];
        for (int i = 0; i < rows.Length; i++)
        {
            output.WriteLine($"| {string.Join(" | ", rows[i].Zip(widths, (cell, width) => cell.PadRight(width)))} |");
            if (i == 0)
                output.WriteLine($"| {string.Join(" | ", widths.Select(width => new string('-', width)))} |");
        }
    }
}

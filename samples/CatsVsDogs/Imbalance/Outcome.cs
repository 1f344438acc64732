using System.Globalization;

namespace Numerics.Samples.CatsVsDogs.Imbalance;

/// <summary>How one network does on pictures that it has not seen, all about the rare class.</summary>
/// <param name="Method">How it was trained.</param>
/// <param name="Seed">Which run it was.</param>
/// <param name="PrAuc">The area under the precision-recall curve.</param>
/// <param name="Recall">The recall where the more probable class is taken.</param>
/// <param name="F1">The F1 there.</param>
/// <param name="TunedRecall">The recall with the threshold that has the best F1 on validation data.</param>
/// <param name="TunedF1">The F1 with it.</param>
/// <param name="CalibrationError">How far confidence is from accuracy.</param>
internal sealed record Outcome(
    string Method, ulong Seed, double PrAuc, double Recall, double F1, double TunedRecall, double TunedF1, double CalibrationError)
{
    /// <summary>The columns of a table of outcomes.</summary>
    public static readonly (string Name, Func<Outcome, double> Of)[] Figures =
    [
        ("PR-AUC", outcome => outcome.PrAuc),
        ("recall", outcome => outcome.Recall),
        ("F1", outcome => outcome.F1),
        ("recall, tuned", outcome => outcome.TunedRecall),
        ("F1, tuned", outcome => outcome.TunedF1),
        ("calibration error", outcome => outcome.CalibrationError),
    ];

    /// <summary>All outcomes as CSV, one a line.</summary>
    public static string ToCsv(IEnumerable<Outcome> outcomes)
    {
        IEnumerable<string> lines = outcomes.Select(outcome => string.Join(
            ',', [$"\"{outcome.Method}\"", outcome.Seed, .. Figures.Select(figure => figure.Of(outcome).ToString("F4", CultureInfo.InvariantCulture))]));
        return string.Join('\n', [$"method,seed,{string.Join(',', Figures.Select(figure => figure.Name.Replace(", ", " ")))}", .. lines, ""]);
    }
}

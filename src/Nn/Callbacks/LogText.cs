using System.Globalization;

namespace Numerics.Nn;

/// <summary>Logs as people read them.</summary>
internal static class LogText
{
    /// <summary>Such as <c>accuracy: 0.9375 - loss: 0.0312</c>.</summary>
    public static string Format(IReadOnlyDictionary<string, double> logs) => string.Join(" - ", logs.Select(log => $"{log.Key}: {Number(log.Value)}"));

    // Four digits behind the point; small numbers in scientific notation, so that they do not all read 0.0000.
    private static string Number(double value) =>
        value.ToString(Math.Abs(value) is >= 1e-3 or 0 || !double.IsFinite(value) ? "F4" : "0.0000e+00", CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace Numerics.Nn;

/// <summary>Logs as people read them.</summary>
internal static class LogText
{
    /// <summary>The name of the learning rate.</summary>
    public const string LearningRate = "learning_rate";

    /// <summary>Such as <c>accuracy: 0.9375 - loss: 0.0312</c>.</summary>
    public static string Format(IReadOnlyDictionary<string, double> logs) =>
        string.Join(" - ", logs.Select(log => $"{log.Key}: {Number(log.Value)}"));

    /// <summary>Adds a value to the logs of an epoch, for the callbacks that follow and the history.</summary>
    public static void Add(IReadOnlyDictionary<string, double> logs, string name, double value)
    {
        if (logs is IDictionary<string, double> { IsReadOnly: false } writable)
            writable[name] = value;
    }

    // Four digits behind the point; small numbers in scientific notation, so that they do not all read 0.0000.
    private static string Number(double value) =>
        value.ToString(Math.Abs(value) > 1e-3 || !double.IsFinite(value) ? "F4" : "0.0000e+00", CultureInfo.InvariantCulture);
}

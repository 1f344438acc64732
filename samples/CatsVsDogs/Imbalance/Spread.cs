using System.Globalization;

namespace Numerics.Samples.CatsVsDogs.Imbalance;

/// <summary>A figure over several runs.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation of one run, by n - 1; 0 for a single one.</param>
internal readonly record struct Spread(double Mean, double Deviation)
{
    /// <summary>Computes both.</summary>
    public static Spread Of(IReadOnlyCollection<double> values)
    {
        double mean = values.Average();
        return new(mean, values.Count < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mean:F3} ± {Deviation:F3}");
}

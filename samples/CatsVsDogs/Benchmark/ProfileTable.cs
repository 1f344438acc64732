using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Benchmark;

/// <summary>Writes a profile as a table.</summary>
internal static class ProfileTable
{
    /// <summary>Writes the table, a line a part.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="parts">The parts, in order.</param>
    /// <param name="layers">The layers' arithmetic, by which a part's GFLOP/s are worked out.</param>
    /// <param name="peak">The machine's peak in GFLOP/s.</param>
    public static void Write(
        TextWriter output, IReadOnlyList<(StepProfile.Part Part, double Milliseconds)> parts, IReadOnlyList<LayerArithmetic> layers, double peak)
    {
        double total = parts.Sum(entry => entry.Milliseconds);
        output.WriteLine($"{"part",-36} {"ms",8} {"% of step",10} {"GFLOP/s",8} {"% of peak",10}");
        foreach ((StepProfile.Part part, double milliseconds) in parts)
            Line($"{part.Operation,-8} {part.Subject}", milliseconds, Flops(part, parts.Select(entry => entry.Part), layers));
        Line("step", total, layers.Sum(layer => layer.Forward + layer.Backward));

        void Line(string name, double milliseconds, long flops)
        {
            double gflops = flops / milliseconds / 1e6;
            string speed = flops == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" {gflops,8:F1} {100 * gflops / peak,10:F0}");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36} {milliseconds,8:F2} {100 * milliseconds / total,10:F1}{speed}"));
        }
    }

    private static long Flops(StepProfile.Part part, IEnumerable<StepProfile.Part> all, IReadOnlyList<LayerArithmetic> layers)
    {
        // The gradient of a weight is as much arithmetic as the forward pass; where the update computes it, it counts there.
        string[] names = part.Subject.Split(" + ");
        IEnumerable<LayerArithmetic> meant = layers.Where(layer => names.Contains(layer.Name));
        return part.Operation switch
        {
            Tracing.Forward => meant.Sum(layer => layer.Forward),
            Tracing.Backward when all.Contains(part with { Operation = Tracing.GradientUpdate }) => meant.Sum(layer => layer.Backward - layer.Forward),
            Tracing.Backward => meant.Sum(layer => layer.Backward),
            Tracing.GradientUpdate => meant.Sum(layer => layer.Forward),
            _ => 0,
        };
    }
}

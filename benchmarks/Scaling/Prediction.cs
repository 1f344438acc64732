namespace Numerics.Benchmarks.Scaling;

internal static class Prediction
{
    public static void Write(TextWriter output) => output.WriteLine();
}

using Numerics.Tensors;

namespace Numerics.Golden;

/// <summary>Comparison with reference values by relative error of the norm.</summary>
internal static class GoldenAssert
{
    /// <summary>The allowed relative error of one op in float32.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>The allowed norm of the error where the reference is zero.</summary>
    public const double AbsoluteTolerance = 1e-7;

    /// <summary>‖actual - expected‖ ≤ tolerance · ‖expected‖, and the shapes are equal.</summary>
    public static void Close(GoldenTensor expected, Tensor actual, string what, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Close(expected.Data, [.. actual.ToArray().Select(value => (double)value)], what, tolerance);
    }

    /// <summary>|actual - expected| ≤ tolerance · |expected|.</summary>
    public static void Close(double expected, double actual, string what, double tolerance = Tolerance) => Close([expected], [actual], what, tolerance);

    /// <summary>‖actual - expected‖ ≤ tolerance · ‖expected‖.</summary>
    public static void Close(double[] expected, double[] actual, string what, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double norm = Math.Sqrt(expected.Sum(value => value * value));
        double error = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum());
        double allowed = norm > 0 ? tolerance * norm : AbsoluteTolerance;
        Assert.True(error <= allowed, $"{what}: the error's norm is {error:G6}, allowed {allowed:G6} (reference norm {norm:G6})");
    }
}

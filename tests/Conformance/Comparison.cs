namespace Numerics.Tests.Conformance;

/// <summary>Comparison with a reference.</summary>
internal static class Comparison
{
    /// <summary>Fails unless the relative error of the norm is within the tolerance and special values are in the same places.</summary>
    public static void Close(IReadOnlyList<double> expected, IReadOnlyList<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        double error = 0, norm = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            if (!double.IsFinite(expected[i]) || Math.Abs(expected[i]) > float.MaxValue)
            {
                float special = (float)expected[i];
                Assert.True(special.Equals(actual[i]), $"{what}: element {i} is {actual[i]}, expected {special}");
                continue;
            }

            Assert.True(float.IsFinite(actual[i]), $"{what}: element {i} is {actual[i]}, expected {expected[i]}");
            error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        error = Math.Sqrt(error);
        norm = Math.Sqrt(norm);
        bool close = norm == 0 ? error <= Tolerances.Absolute : error <= tolerance * norm;
        Assert.True(close, $"{what}: relative error {error / norm:E2} exceeds {tolerance:E1} (norm {norm:G4}, {expected.Count} elements)");
    }
}

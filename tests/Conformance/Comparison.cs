namespace Numerics.Tests.Conformance;

/// <summary>Comparison with a reference.</summary>
internal static class Comparison
{
    /// <summary>Fails unless the relative error of the norm is within the tolerance and special values are in the same places.</summary>
    /// <param name="expected">The reference.</param>
    /// <param name="actual">What the backend computed.</param>
    /// <param name="tolerance">The relative error allowed.</param>
    /// <param name="what">For the message.</param>
    /// <param name="scale">
    /// The size of the terms that an element is summed from. Where they cancel, the error is measured against them instead of
    /// against the small result; 0 where nothing cancels.
    /// </param>
    public static void Close(IReadOnlyList<double> expected, IReadOnlyList<float> actual, double tolerance, string what, double scale = 0)
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
        norm = Math.Max(Math.Sqrt(norm), scale * Math.Sqrt(expected.Count));
        bool close = norm == 0 ? error <= Tolerances.Absolute : error <= tolerance * norm;
        Assert.True(close, $"{what}: relative error {error / norm:E2} exceeds {tolerance:E1} (norm {norm:G4}, {expected.Count} elements)");
    }
}

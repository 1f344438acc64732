using Numerics.Tests.Reference;

namespace Numerics.Tests.Conformance;

/// <summary>Comparison with a reference.</summary>
internal static class Comparison
{
    /// <summary>
    /// Fails unless every element is as near to the reference as the tolerance times its error bound allows, and NaN and
    /// infinities are in the same places.
    /// </summary>
    /// <param name="expected">The reference.</param>
    /// <param name="actual">What the backend computed.</param>
    /// <param name="tolerance">The relative rounding error allowed.</param>
    /// <param name="what">For the message.</param>
    public static void Close(IReadOnlyList<Real> expected, IReadOnlyList<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            float nearest = (float)expected[i].Value;
            if (nearest.Equals(actual[i]))
                continue;
            double error = Math.Abs(actual[i] - expected[i].Value), allowed = tolerance * expected[i].Error;
            Assert.True(
                float.IsFinite(nearest) && double.IsFinite(allowed) && error <= allowed,
                $"{what}: element {i} of {expected.Count} is {actual[i]:G9}, expected {nearest:G9}; error {error:E2}, allowed {allowed:E2}");
        }
    }
}

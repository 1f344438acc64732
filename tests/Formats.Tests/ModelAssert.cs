using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Formats.Tests;

/// <summary>Assertions about models.</summary>
internal static class ModelAssert
{
    /// <summary>Asserts that two models compute the same, bit for bit.</summary>
    public static void Same(Model expected, Model actual)
    {
        NDArray x = Networks.Batch(expected, 5);
        Assert.Equal(expected.Predict(x).ToFloats(), actual.Predict(x).ToFloats());
    }
}

using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Fresh inputs for tests.</summary>
internal static class RandomArrays
{
    /// <summary>Floats in [-1, 1).</summary>
    public static NDArray Signed(params Shape shape)
    {
        var random = new Random();
        return NDArray.From(shape, [.. Enumerable.Range(0, shape.Count).Select(_ => (random.NextSingle() * 2) - 1)]);
    }

    /// <summary>‖a - b‖ / ‖a‖.</summary>
    public static double RelativeError(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        float[] a = expected.ToArray(), b = actual.ToArray();
        double norm = Math.Sqrt(a.Sum(x => (double)x * x)), error = Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * (x - y)).Sum());
        return norm == 0 ? error : error / norm;
    }
}

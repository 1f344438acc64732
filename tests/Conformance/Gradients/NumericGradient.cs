using Numerics.Tensors;
using Numerics.Tests.Reference;

namespace Numerics.Tests.Conformance.Gradients;

/// <summary>
/// Checks a gradient rule against central differences in double precision on the reference backend: for random inputs x and a
/// random cotangent c, d(Σ c·f(x))/dx_i must be (F(x + h·e_i) - F(x - h·e_i)) / 2h.
/// </summary>
internal static class NumericGradient
{
    private const double Step = 1e-6;
    private const double Tolerance = 1e-6;

    public static void Check(Func<Inputs, Tensor> function, ulong? seed = null)
    {
        ulong chosen = seed ?? (ulong)Random.Shared.NextInt64();
        using var backend = new ReferenceBackend();
        using var tape = new GradientTape();
        var inputs = new Inputs(backend, chosen, tape);
        Tensor y = function(inputs);
        Tensor cotangent = Tensor.RandomUniform(y.Shape, 0.1f, 1, new RandomKey(chosen, 1000), backend);
        Tensor[] gradients = tape.Gradient((y * cotangent).Sum(), inputs.Made);
        double[][] values = [.. inputs.Made.Select(ReferenceBackend.ReadDoubles)];
        double[] weights = ReferenceBackend.ReadDoubles(cotangent);

        double Value(int changed, int element, double by)
        {
            using var scope = new TensorScope();
            var copy = new Inputs(backend, chosen, made: (index, tensor) =>
            {
                double[] moved = [.. values[index]];
                if (index == changed)
                    moved[element] += by;
                ReferenceBackend.WriteDoubles(tensor, moved);
            });
            double[] result = ReferenceBackend.ReadDoubles(function(copy));
            return result.Zip(weights, (u, v) => u * v).Sum();
        }

        for (int k = 0; k < values.Length; k++)
        {
            double[] analytic = ReferenceBackend.ReadDoubles(gradients[k]);
            double error = 0, norm = 0;
            for (int e = 0; e < analytic.Length; e++)
            {
                double numeric = (Value(k, e, Step) - Value(k, e, -Step)) / (2 * Step);
                error += (numeric - analytic[e]) * (numeric - analytic[e]);
                norm += numeric * numeric;
            }

            Assert.True(
                Math.Sqrt(error) <= Tolerance * Math.Max(Math.Sqrt(norm), 1e-2),
                $"input {k}: the gradient differs from central differences by {Math.Sqrt(error):E2}, norm {Math.Sqrt(norm):E2} (seed {chosen})");
        }
    }
}

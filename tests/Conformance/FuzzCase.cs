using Numerics.Tensors;
using Numerics.Tests.Reference;

namespace Numerics.Tests.Conformance;

/// <summary>A computation over shapes that chance picked.</summary>
/// <param name="Name">The op and its shapes.</param>
/// <param name="Tolerance">As in <see cref="Tolerances"/>; <see cref="Whole"/> for results that are whole numbers; or <see cref="None"/>.</param>
/// <param name="Compute">Makes the inputs and computes the results.</param>
/// <param name="Differentiates">Whether the gradients of the first result belong to the results.</param>
internal sealed record FuzzCase(string Name, double Tolerance, Func<Inputs, Tensor[]> Compute, bool Differentiates = false)
{
    /// <summary>
    /// All exact results are multiples of 1/2: a direct sum has no error at all, a fast algorithm one far below the quarter that is
    /// allowed, since inputs are at most 3 and no sum has more than some thousand terms; a wrong term is seen for certain.
    /// </summary>
    public const double Whole = -1;

    /// <summary>No reference: threads alone are compared.</summary>
    public const double None = -2;

    /// <summary>A case with gradients.</summary>
    public static FuzzCase WithGradients(string name, double tolerance, Func<Inputs, Tensor> compute) => new(name, tolerance, i => [compute(i)], true);

    /// <summary>Computes the results, the gradients behind them.</summary>
    public List<T> Run<T>(Backend backend, ulong seed, Func<Tensor, T> read)
    {
        using var tape = new GradientTape();
        using var inputs = new Inputs(backend, seed, tape);
        Tensor[] results = Compute(inputs);
        if (!Differentiates)
            return [.. results.Select(read)];
        using var other = new Inputs(backend, seed + 1);
        Tensor cotangent = Tolerance == Whole ? other.Whole(results[0].Shape) : other.Uniform(0.1f, 1, results[0].Shape);
        Tensor[] gradients = tape.Gradient((results[0] * cotangent).Sum(), inputs.Made);
        return [.. results.Concat(gradients).Select(read)];
    }

    /// <summary>Whether an element is as near to the reference as it has to be.</summary>
    public bool Accepts(Real expected, float actual)
    {
        float nearest = (float)expected.Value;
        if (nearest.Equals(actual))
            return true;
        return float.IsFinite(nearest) && Math.Abs(actual - expected.Value) <= (Tolerance == Whole ? 0.25 : Tolerance * expected.Error);
    }
}

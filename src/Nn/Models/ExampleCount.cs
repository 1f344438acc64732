using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The number of examples of inputs, targets and weights that belong together.</summary>
internal static class ExampleCount
{
    /// <summary>The first extent of all of them.</summary>
    /// <exception cref="ShapeMismatchException">They differ in it.</exception>
    public static int Of(IReadOnlyList<Shape> inputs, IReadOnlyList<Shape> targets, Shape? sampleWeight)
    {
        Shape first = inputs[0];
        if (first.Rank == 0)
            throw new ShapeMismatchException("expected inputs [examples, ..], got a scalar");
        foreach (Shape x in inputs)
        {
            if (x.Rank == 0 || x[0] != first[0])
                throw new ShapeMismatchException($"inputs {first} and {x} must have as many examples, their first axis");
        }

        foreach (Shape y in targets)
        {
            if (y.Rank == 0 || y[0] != first[0])
                throw new ShapeMismatchException($"inputs {first} and targets {y} must have as many examples, their first axis");
        }

        if (sampleWeight is not null && (sampleWeight.Rank == 0 || sampleWeight[0] != first[0]))
            throw new ShapeMismatchException($"sample weights {sampleWeight} and inputs {first} must have as many examples");
        return first[0];
    }
}

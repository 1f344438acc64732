using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The first of two inputs less the second.</summary>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class Subtract(string? name = null) : ElementwiseMerge(name)
{
    private protected override Tensor Join(Tensor a, Tensor b) => a - b;

    private protected override Shape MergeShapes(IReadOnlyList<Shape> shapes) => shapes.Count == 2
        ? base.MergeShapes(shapes)
        : throw new ShapeMismatchException($"expected two inputs, got {shapes.Count}");
}

using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Joins its inputs along an axis; all other extents are the same.</summary>
/// <param name="axis">Which; negative counts from the end, and 0 would be the batch.</param>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class Concatenate(int axis = -1, string? name = null) : Merge(name)
{
    /// <summary>The axis along which inputs are joined.</summary>
    public int Axis { get; } = axis != 0 ? axis : throw new ArgumentOutOfRangeException(nameof(axis), axis, "axis 0 is the batch");

    private protected override int Least => 1;

    private protected override Shape MergeShapes(IReadOnlyList<Shape> shapes)
    {
        Shape first = shapes[0];
        int at = first.Axis(Axis), total = 0;
        foreach (Shape shape in shapes)
        {
            bool fits = shape.Rank == first.Rank;
            for (int i = 0; fits && i < first.Rank; i++)
                fits = i == at || shape[i] == first[i] || shape[i] == Shape.Unknown || first[i] == Shape.Unknown;
            if (!fits)
                throw new ShapeMismatchException($"inputs {first} and {shape} do not join along axis {Axis}");
            total = total == Shape.Unknown || shape[at] == Shape.Unknown ? Shape.Unknown : total + shape[at];
        }

        return first.With(at, total);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs, bool training) => Tensor.Concat(inputs, Axis);
}

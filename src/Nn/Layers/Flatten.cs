using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Lays every example out as one row: [batch, a, b, ..] becomes [batch, a·b·..].</summary>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class Flatten(string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank == 0)
            throw new ShapeMismatchException("expected input [batch, ..], got a scalar");
        return inputShape.Dims[1..].Contains(Shape.Unknown)
            ? new Shape(inputShape[0], Shape.Unknown)
            : new Shape(inputShape[0], inputShape.Product(1..));
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Reshape(ComputeOutputShape(x.Shape));
    }
}

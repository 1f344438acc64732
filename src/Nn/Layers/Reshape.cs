using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Gives every example another shape with as many elements.</summary>
public sealed class Reshape : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="targetShape">The shape of one example, without the batch; one extent may be -1 and is worked out.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public Reshape(Shape targetShape, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(targetShape);
        if (targetShape.Dims.Count(Shape.Unknown) > 1)
            throw new ArgumentException($"at most one extent can be worked out, got {targetShape}", nameof(targetShape));
        TargetShape = targetShape;
    }

    /// <summary>The shape of one example.</summary>
    public Shape TargetShape { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank == 0)
            throw new ShapeMismatchException("expected input [batch, ..], got a scalar");
        if (inputShape.Dims[1..].Contains(Shape.Unknown))
            return TargetShape.Prepend(inputShape[0]);
        int count = inputShape.Product(1..), free = TargetShape.Dims.IndexOf(Shape.Unknown);
        Shape example = TargetShape;
        if (free >= 0)
        {
            int rest = TargetShape.Product(..free) * TargetShape.Product((free + 1)..);
            if (rest > 0 && count % rest == 0)
                example = TargetShape.With(free, count / rest);
        }

        return example.Count == count
            ? example.Prepend(inputShape[0])
            : throw new ShapeMismatchException($"examples of {inputShape} have {count} elements, the target shape {TargetShape} does not");
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Reshape(ComputeOutputShape(x.Shape));
    }
}

namespace Numerics.Tensors;

/// <content>Other shapes over the same elements.</content>
public sealed partial class Tensor
{
    /// <summary>The same elements under another shape; the memory is shared.</summary>
    /// <param name="shape">The new extents; one may be -1 and is worked out.</param>
    /// <exception cref="ShapeMismatchException">The number of elements differs.</exception>
    public Tensor Reshape(params Shape shape)
    {
        Tensor y = View(shape);
        Shape before = Shape;
        GradientTape.Record(y, [this], (dy, _) => [dy.View(before)]);
        return y;
    }

    /// <summary>Inserts an axis of extent 1.</summary>
    /// <param name="axis">Where; negative counts from the end of the result.</param>
    public Tensor ExpandDims(int axis)
    {
        int at = axis < 0 ? axis + Rank + 1 : axis;
        if ((uint)at > (uint)Rank)
            throw new ArgumentOutOfRangeException(nameof(axis), axis, $"ExpandDims: {Shape} has no place for axis {axis}");
        return Reshape(new Shape([.. Shape.Dims[..at], 1, .. Shape.Dims[at..]]));
    }

    /// <summary>Removes an axis of extent 1.</summary>
    /// <param name="axis">Which; negative counts from the end.</param>
    public Tensor Squeeze(int axis) => Shape[axis] == 1
        ? Reshape(Shape.Without(axis))
        : throw new ShapeMismatchException($"Squeeze: axis {axis} of {Shape} is not 1");

    /// <summary>A tensor with the same elements that gradient tapes take for a constant; the memory is shared.</summary>
    public Tensor StopGradient() => Share(Shape);

    /// <summary>For backends: the same memory under another shape, not recorded by tapes.</summary>
    /// <inheritdoc cref="Reshape"/>
    public Tensor View(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        Shape known = shape;
        int free = shape.Dims.IndexOf(Shape.Unknown);
        if (free >= 0)
        {
            int rest = shape.Product(..free) * shape.Product((free + 1)..);
            if (rest > 0 && Count % rest == 0)
                known = shape.With(free, Count / rest);
        }

        if (known.Size != Count)
            throw new ShapeMismatchException($"Reshape: {Shape} has {Count} elements, {shape} does not");
        return Share(known);
    }
}

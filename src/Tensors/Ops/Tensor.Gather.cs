namespace Numerics.Tensors;

/// <content>Picking elements by position.</content>
public sealed partial class Tensor
{
    /// <summary>Takes the entries at some positions of an axis, in any order and as often as named.</summary>
    /// <param name="indices">Int32 of any shape, each in 0..extent-1.</param>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <returns>This shape with the axis replaced by the indices' shape.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis (checked where the backend can do so cheaply).</exception>
    public Tensor Gather(Tensor indices, int axis = 0)
    {
        _ = SameBackend(this, indices);
        CheckType(indices, DType.Int32);
        int at = Shape.Axis(axis);
        Tensor flat = indices.View([indices.Count]);
        Tensor y = Empty(Backend, new Shape([.. Shape.Dims[..at], .. indices.Shape.Dims, .. Shape.Dims[(at + 1)..]]), DType);
        Shape stacked = new(Shape.Product(..at), indices.Count, Shape.Product((at + 1)..));
        Backend.Gather(Around(at), flat, y.View(stacked));
        GradientTape.Record(y, [this], [flat], (dy, _) =>
        {
            Tensor dx = Zeros(Shape, Backend);
            Backend.ScatterAdd(dy.View(stacked), flat, dx.Around(at));
            return [dx];
        });
        return y;
    }

    /// <summary>A run of positions along an axis.</summary>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <param name="start">The first position.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">The run leaves the axis.</exception>
    public Tensor Slice(int axis, int start, int length)
    {
        int at = Shape.Axis(axis);
        if (start < 0 || length < 0 || start > Shape[at] - length)
            throw new ArgumentOutOfRangeException(nameof(start), $"Slice: {length} from {start} is outside axis {axis} of {Shape}");
        Tensor y = Empty(Backend, Shape.With(at, length), DType);
        Backend.Slice(Around(at), start, y.Around(at));
        GradientTape.Record(y, [this], (dy, _) =>
        {
            Tensor dx = Zeros(Shape, Backend);
            Backend.InsertSlice(dy.Around(at), start, dx.Around(at));
            return [dx];
        });
        return y;
    }

    /// <summary>Puts zeros around an axis.</summary>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <param name="before">How many in front.</param>
    /// <param name="after">How many behind.</param>
    public Tensor Pad(int axis, int before, int after)
    {
        CheckFloat(this);
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        int at = Shape.Axis(axis), length = Shape[at];
        Tensor y = Zeros(Shape.With(at, before + length + after), Backend);
        Backend.InsertSlice(Around(at), before, y.Around(at));
        GradientTape.Record(y, [this], (dy, _) => [dy.Slice(at, before, length)]);
        return y;
    }

    /// <summary>Joins tensors along an axis.</summary>
    /// <param name="tensors">At least one; the same shape but for that axis.</param>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <exception cref="ShapeMismatchException">Another axis differs.</exception>
    public static Tensor Concat(IReadOnlyList<Tensor> tensors, int axis = 0)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0)
            throw new ArgumentException("Concat: nothing to join", nameof(tensors));
        Tensor first = tensors[0];
        int at = first.Shape.Axis(axis), total = 0;
        foreach (Tensor tensor in tensors)
        {
            _ = SameBackend(first, tensor);
            CheckType(tensor, first.DType);
            if (tensor.Rank != first.Rank || tensor.Shape.With(at, 0) != first.Shape.With(at, 0))
                throw new ShapeMismatchException($"Concat: {tensor.Shape} does not join {first.Shape} along axis {axis}");
            total += tensor.Shape[at];
        }

        Tensor[] parts = [.. tensors];
        Tensor y = Empty(first.Backend, first.Shape.With(at, total), first.DType);
        int start = 0;
        foreach (Tensor part in parts)
        {
            first.Backend.InsertSlice(part.Around(at), start, y.Around(at));
            start += part.Shape[at];
        }

        GradientTape.Record(y, parts, (dy, needed) =>
        {
            var inner = new Tensor?[parts.Length];
            for (int i = 0, from = 0; i < parts.Length; from += parts[i].Shape[at], i++)
                inner[i] = needed[i] ? dy.Slice(at, from, parts[i].Shape[at]) : null;
            return inner;
        });
        return y;
    }

    /// <summary>Stacks tensors of one shape along a new first axis.</summary>
    public static Tensor Stack(IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return Concat([.. tensors.Select(tensor => tensor.ExpandDims(0))]);
    }

    /// <summary>Rows that are zero but for a one at the index's column; an index out of range gives a row of zeros, as in Keras.</summary>
    /// <param name="indices">Int32 of any shape.</param>
    /// <param name="depth">The number of columns.</param>
    /// <returns>The indices' shape with <paramref name="depth"/> behind it, Float32.</returns>
    public static Tensor OneHot(Tensor indices, int depth)
    {
        CheckType(indices, DType.Int32);
        ArgumentOutOfRangeException.ThrowIfNegative(depth);
        Tensor y = Empty(indices.Backend, new Shape([.. indices.Shape.Dims, depth]));
        indices.Backend.OneHot(indices.View([indices.Count]), y.View([indices.Count, depth]));
        return y;
    }

    /// <summary>0, 1, .. count-1.</summary>
    /// <param name="count">How many.</param>
    /// <param name="backend">Where it lives; <see cref="Backend.Default"/> when null.</param>
    /// <returns>Int32 [count].</returns>
    public static Tensor Range(int count, Backend? backend = null) => From(count, [.. Enumerable.Range(0, count)], backend);
}

namespace Numerics.Tensors;

/// <content>Sums, means and extremes over axes.</content>
public sealed partial class Tensor
{
    /// <summary>The sum of all elements: a scalar.</summary>
    public Tensor Sum() => Sum(AllAxes());

    /// <summary>The sum over one axis.</summary>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <param name="keepDims">Whether the axis stays with extent 1.</param>
    public Tensor Sum(int axis, bool keepDims = false) => Sum([axis], keepDims);

    /// <summary>The sum over several axes.</summary>
    /// <param name="axes">Which, each once; negative counts from the end.</param>
    /// <param name="keepDims">Whether the axes stay with extent 1.</param>
    public Tensor Sum(int[] axes, bool keepDims = false) => Reduce(ReduceOp.Sum, axes, keepDims, static (_, _, dy, _) => dy);

    /// <summary>The mean of all elements: a scalar.</summary>
    public Tensor Mean() => Mean(AllAxes());

    /// <inheritdoc cref="Mean(int[], bool)"/>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <param name="keepDims">Whether the axis stays with extent 1.</param>
    public Tensor Mean(int axis, bool keepDims = false) => Mean([axis], keepDims);

    /// <summary>The mean over several axes.</summary>
    /// <inheritdoc cref="Sum(int[], bool)"/>
    public Tensor Mean(int[] axes, bool keepDims = false) => Reduce(ReduceOp.Mean, axes, keepDims, static (_, _, dy, n) => dy * (1f / n));

    /// <summary>The greatest of all elements: a scalar.</summary>
    public Tensor Max() => Max(AllAxes());

    /// <inheritdoc cref="Max(int[], bool)"/>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <param name="keepDims">Whether the axis stays with extent 1.</param>
    public Tensor Max(int axis, bool keepDims = false) => Max([axis], keepDims);

    /// <summary>The greatest over several axes; elements that tie share the gradient evenly.</summary>
    /// <inheritdoc cref="Sum(int[], bool)"/>
    public Tensor Max(int[] axes, bool keepDims = false) => Reduce(ReduceOp.Max, axes, keepDims, ShareOfTies);

    /// <summary>The smallest of all elements: a scalar.</summary>
    public Tensor Min() => Min(AllAxes());

    /// <inheritdoc cref="Min(int[], bool)"/>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <param name="keepDims">Whether the axis stays with extent 1.</param>
    public Tensor Min(int axis, bool keepDims = false) => Min([axis], keepDims);

    /// <summary>The smallest over several axes; elements that tie share the gradient evenly.</summary>
    /// <inheritdoc cref="Sum(int[], bool)"/>
    public Tensor Min(int[] axes, bool keepDims = false) => Reduce(ReduceOp.Min, axes, keepDims, ShareOfTies);

    /// <summary>The position of the greatest element along an axis, the first of equals. Not differentiable.</summary>
    /// <param name="axis">Which; negative counts from the end.</param>
    /// <returns>Int32, without that axis.</returns>
    public Tensor ArgMax(int axis = -1)
    {
        CheckFloat(this);
        int at = Shape.Axis(axis);
        if (Shape[at] == 0)
            throw new ShapeMismatchException($"ArgMax: axis {axis} of {Shape} is empty");
        Tensor y = Empty(Backend, Shape.Without(at), DType.Int32);
        Backend.ArgMax(Around(at), y.View([Shape.Product(..at), Shape.Product((at + 1)..)]));
        return y;
    }

    private static Tensor ShareOfTies(Tensor x, Tensor y, Tensor dy, int n)
    {
        Tensor winners = x.Equal(y);
        int[] axes = [.. Enumerable.Range(0, x.Rank).Where(i => y.Shape[i] != x.Shape[i])];
        return winners * (dy / winners.Sum(axes, keepDims: true));
    }

    private int[] AllAxes() => [.. Enumerable.Range(0, Rank)];

    private Tensor Reduce(ReduceOp op, int[] axes, bool keepDims, ReduceRule rule)
    {
        CheckFloat(this, op.ToString());
        ArgumentNullException.ThrowIfNull(axes);
        var reduced = new bool[Rank];
        foreach (int axis in axes)
        {
            int at = Shape.Axis(axis);
            if (reduced[at])
                throw new ArgumentException($"{op}: axis {axis} of {Shape} is named twice", nameof(axes));
            reduced[at] = true;
        }

        // Runs of neighbouring axes are reduced one after the other, from the inside out.
        Tensor current = StopGradient();
        for (int end = Rank; end > 0; end--)
        {
            if (!reduced[end - 1])
                continue;
            int start = end - 1;
            while (start > 0 && reduced[start - 1])
                start--;
            if (op is ReduceOp.Max or ReduceOp.Min && current.Shape.Product(start..end) == 0)
                throw new ShapeMismatchException($"{op}: nothing to reduce in {Shape}");
            int[] dims = current.Shape.ToArray();
            Array.Fill(dims, 1, start, end - start);
            Tensor next = Empty(Backend, dims);
            Backend.Reduce(op, current.Around(start, end - start), next.View([current.Shape.Product(..start), current.Shape.Product(end..)]));
            current = next;
            end = start + 1;
        }

        Shape kept = current.Shape;
        int count = kept.Size == 0 ? 1 : Count / kept.Size;
        Tensor y = keepDims ? current.Share(kept) : current.Share(new Shape([.. kept.Where((_, i) => !reduced[i])]));
        GradientTape.Record(y, [this], (dy, _) =>
        {
            Tensor gradient = rule(this, y.View(kept), dy.View(kept), count);
            if (gradient.Shape == Shape)
                return [gradient];
            Tensor dx = EmptyLike(this);
            Backend.Broadcast(gradient, dx);
            return [dx];
        });
        return y;
    }

    private delegate Tensor ReduceRule(Tensor x, Tensor y, Tensor dy, int reducedCount);
}

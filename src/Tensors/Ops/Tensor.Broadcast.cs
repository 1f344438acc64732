namespace Numerics.Tensors;

/// <content>Repeating a tensor over a larger shape, and the way back.</content>
public sealed partial class Tensor
{
    /// <summary>Repeats this tensor over a shape that it broadcasts to.</summary>
    /// <exception cref="ShapeMismatchException">It does not broadcast to that shape.</exception>
    public Tensor BroadcastTo(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (Shape == shape)
            return this;
        CheckFloat(this);
        if (Shape.Broadcast(Shape, shape) != shape)
            throw new ShapeMismatchException($"BroadcastTo: {Shape} does not broadcast to {shape}");
        Tensor y = Empty(Backend, shape);
        Backend.Broadcast(this, y);
        Shape before = Shape;
        GradientTape.Record(y, [this], (dy, _) => [dy.SumTo(before)]);
        return y;
    }

    /// <summary>The sum over whatever broadcasting from <paramref name="shape"/> repeated: the gradient of broadcasting.</summary>
    internal Tensor SumTo(Shape shape)
    {
        if (Shape == shape)
            return this;
        int extra = Rank - shape.Rank;
        var axes = new List<int>();
        for (int i = 0; i < Rank; i++)
        {
            if (i < extra || (shape[i - extra] == 1 && Shape[i] != 1))
                axes.Add(i);
        }

        return Sum(axes.ToArray()).View(shape);
    }
}

namespace Numerics.Tensors;

/// <content>Softmax and its logarithm.</content>
public sealed partial class Tensor
{
    /// <summary>e^x / Σ e^x along an axis, computed with the maximum subtracted.</summary>
    /// <param name="axis">Which; negative counts from the end.</param>
    public Tensor Softmax(int axis = -1)
    {
        Tensor result = AlongLast(axis, static x =>
        {
            Tensor y = Empty(x.Backend, x.Shape);
            x.Backend.Softmax(x, y);
            GradientTape.Record(y, [x], (dy, _) =>
            {
                Tensor dx = Empty(x.Backend, x.Shape);
                x.Backend.SoftmaxGradient(y, dy, dx);
                return [dx];
            });
            return y;
        });
        return Shape.Axis(axis) == Rank - 1 ? result.From(this, isSoftmax: true) : result;
    }

    /// <summary>x - ln Σ e^x along an axis: finite where <see cref="Softmax"/> underflows to 0.</summary>
    /// <param name="axis">Which; negative counts from the end.</param>
    public Tensor LogSoftmax(int axis = -1) => AlongLast(axis, static x =>
    {
        Tensor y = Empty(x.Backend, x.Shape);
        x.Backend.LogSoftmax(x, y);
        GradientTape.Record(y, [x], (dy, _) =>
        {
            Tensor dx = Empty(x.Backend, x.Shape);
            x.Backend.LogSoftmaxGradient(y, dy, dx);
            return [dx];
        });
        return y;
    });

    private Tensor AlongLast(int axis, Func<Tensor, Tensor> op)
    {
        CheckFloat(this);
        int at = Shape.Axis(axis);
        if (at == Rank - 1)
            return op(Reshape(new Shape(Shape.Product(..at), Shape[at]))).Reshape(Shape);
        int[] order = [.. Enumerable.Range(0, Rank)];
        (order[at], order[^1]) = (order[^1], order[at]);
        return Transpose(order).AlongLast(-1, op).Transpose(order);
    }
}

namespace Numerics.Tensors;

/// <content>Matrix products.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// The matrix product over the last two axes. Axes before them are a batch and broadcast against each other.
    /// </summary>
    /// <param name="other">[.., k, n].</param>
    /// <param name="transposeA">Whether this tensor counts as [.., k, m] instead of [.., m, k].</param>
    /// <param name="transposeB">Whether the other counts as [.., n, k].</param>
    /// <returns>[.., m, n].</returns>
    /// <exception cref="ShapeMismatchException">The inner extents or the batches do not fit.</exception>
    public Tensor MatMul(Tensor other, bool transposeA = false, bool transposeB = false)
    {
        Backend backend = SameBackend(this, other);
        CheckFloat(this);
        CheckFloat(other);
        if (Rank < 2 || other.Rank < 2)
            throw new ShapeMismatchException($"MatMul: expected matrices [.., m, k] and [.., k, n], got {Shape} and {other.Shape}");
        if (Shape[transposeA ? -2 : -1] != other.Shape[transposeB ? -1 : -2])
            throw new ShapeMismatchException($"MatMul: inner extents differ: {Describe(this, transposeA)} against {Describe(other, transposeB)}");

        // A stack of row blocks against one matrix is a single tall product.
        if (Rank > 2 && other.Rank == 2 && !transposeA)
        {
            Tensor tall = Reshape(new Shape(-1, Shape[-1])).MatMul(other, false, transposeB);
            return tall.Reshape(Shape.With(-1, tall.Shape[1]));
        }

        if (Rank == 2 && other.Rank == 2)
            return Product(backend, this, transposeA, other, transposeB);
        Shape batch = Shape.Broadcast(new Shape(Shape.Dims[..^2]), new Shape(other.Shape.Dims[..^2]));
        Tensor a = BroadcastTo(new Shape([.. batch.Dims, .. Shape.Dims[^2..]])).Reshape(new Shape(batch.Count, Shape[-2], Shape[-1]));
        Tensor b = other.BroadcastTo(new Shape([.. batch.Dims, .. other.Shape.Dims[^2..]])).Reshape(new Shape(batch.Count, other.Shape[-2], other.Shape[-1]));
        Tensor y = Product(backend, a, transposeA, b, transposeB);
        return y.Reshape(new Shape([.. batch.Dims, y.Shape[1], y.Shape[2]]));
    }

    private static Tensor Product(Backend backend, Tensor a, bool transposeA, Tensor b, bool transposeB)
    {
        int m = a.Shape[transposeA ? -1 : -2], n = b.Shape[transposeB ? -2 : -1];
        Tensor y = Empty(backend, a.Shape.With(-2, m).With(-1, n));
        backend.MatMul(a, transposeA, b, transposeB, y);
        GradientTape.Record(y, [a, b], (dy, needed) =>
        {
            Tensor? da = !needed[0] ? null : transposeA ? Product(backend, b, transposeB, dy, true) : Product(backend, dy, false, b, !transposeB);
            Tensor? db = !needed[1] ? null : transposeB ? Product(backend, dy, true, a, transposeA) : Product(backend, a, !transposeA, dy, false);
            return [da, db];
        });
        return y;
    }

    private static string Describe(Tensor matrix, bool transposed) => transposed ? $"{matrix.Shape} transposed" : matrix.Shape.ToString();
}

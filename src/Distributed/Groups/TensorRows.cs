using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>Rows of a tensor as tensors over the same memory.</summary>
internal static class TensorRows
{
    /// <summary>Some of the rows.</summary>
    /// <param name="tensor">[rows, ..].</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <returns>A tensor of the innermost scope over the same memory.</returns>
    public static Tensor Of(Tensor tensor, int first, int count)
    {
        Shape shape = tensor.Shape.With(0, count);
        long row = tensor.Shape[0] == 0 ? 0 : (long)tensor.Count / tensor.Shape[0] * tensor.DType.Size();
        tensor.Buffer.AddReference();
        return new Tensor(tensor.Backend, tensor.Buffer, shape, tensor.DType, tensor.ByteOffset + (first * row));
    }

    /// <summary>Some elements of a vector, as a tensor of another shape over the same memory.</summary>
    public static Tensor Of(Tensor vector, int first, Shape shape)
    {
        vector.Buffer.AddReference();
        return new Tensor(vector.Backend, vector.Buffer, shape, vector.DType, vector.ByteOffset + ((long)first * vector.DType.Size()));
    }

    /// <summary>Copies rows into others.</summary>
    /// <param name="rows">The rows to copy.</param>
    /// <param name="target">Where to.</param>
    /// <param name="first">The number that the first of them has there.</param>
    public static void Copy(Tensor rows, Tensor target, int first)
    {
        if (rows.Count == 0)
            return;
        using Tensor place = Of(target, first, rows.Shape[0]);
        target.Backend.Copy(rows, place);
    }
}

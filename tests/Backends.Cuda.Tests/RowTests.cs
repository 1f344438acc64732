using Numerics.Tensors;

namespace Numerics.Backends.Cuda.Tests;

/// <summary>Rows are read and written four elements at a time where their addresses allow it, and by way of shared memory where they are short.</summary>
public sealed class RowTests
{
    // Of each form of kernel, with lengths that are multiples of four, of two and odd, and with more rows than a block has.
    public static TheoryData<int, int> Rows => new()
    {
        { 600, 1 }, { 1_027, 2 }, { 600, 3 }, { 600, 4 }, { 300, 8 }, { 300, 10 }, { 300, 12 }, { 300, 15 }, { 130, 16 }, { 40, 33 }, { 40, 100 }, { 9, 128 }, { 5, 513 }, { 5, 1_000 }, { 3, 1_028 },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Rows_that_begin_anywhere_give_the_same_bits(int rows, int length)
    {
        CudaBackend b = DefaultIsCuda.Backend;
        using var scope = new TensorScope();
        Shape shape = (rows, length);
        Tensor x = Tensor.RandomUniform(shape, 0.01f, 0.99f, new RandomKey(1, 1), b), labels = Tensor.RandomUniform(shape, 0, 1, new RandomKey(1, 2), b);
        Tensor numbers = (Tensor.RandomUniform(rows, 0, length + 1, new RandomKey(1, 4), b) - 1f).Cast(DType.Int32);
        Tensor alpha = Tensor.Full(1, 0.25f, b), outer = Tensor.RandomUniform(rows, 0.5f, 1.5f, new RandomKey(1, 3), b);
        var term = new FocalTerm(2, 0.5f);
        Action<Tensor, Tensor, Tensor>[] kernels =
        [
            (p, _, y) => b.Softmax(p, y),
            b.SoftmaxGradient,
            (p, _, y) => b.LogSoftmax(p, y),
            b.LogSoftmaxGradient,
            (p, t, y) => b.CategoricalFocalGradient(t, p, alpha, term, 1e-7f, outer, y),
            (p, t, y) => b.SoftmaxCategoricalFocalGradient(t, p, alpha, term, outer, y),
            (p, _, y) => b.CategoricalFocalGradient(numbers, p, alpha, term, 1e-7f, outer, y),
            (p, _, y) => b.SoftmaxCategoricalFocalGradient(numbers, p, alpha, term, outer, y),
        ];
        foreach (Action<Tensor, Tensor, Tensor> kernel in kernels)
        {
            Tensor expected = Tensor.Empty(b, shape);
            kernel(x, labels, expected);
            foreach (int shift in new[] { 1, 2 })
            {
                Tensor room = Tensor.Full((rows * length) + 8, 7, b), y = At(room, shift, shape);
                kernel(Shifted(x, shift), Shifted(labels, shift), y);
                float[] all = room.ToArray();
                Assert.Equal(expected.ToArray(), all[shift..^(8 - shift)]);
                Assert.All(all[..shift].Concat(all[^(8 - shift)..]), value => Assert.Equal(7, value));
            }
        }
    }

    private static Tensor Shifted(Tensor x, int shift) =>
        At(Tensor.Concat([Tensor.Zeros(shift, x.Backend), x.Reshape(x.Count)]), shift, x.Shape);

    // The elements of a vector from one on, over the same memory.
    private static Tensor At(Tensor vector, int first, Shape shape)
    {
        vector.Buffer.AddReference();
        return new Tensor(vector.Backend, vector.Buffer, shape, vector.DType, vector.ByteOffset + (first * sizeof(float)));
    }
}

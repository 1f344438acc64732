using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>Reductions, products, and ops that move elements.</content>
public abstract partial class BackendConformance
{
    private static readonly Shape[] s_shapes = [[1], [33], [4, 5], [1, 7, 3], [3, 5, 2, 4], [2, 1, 9, 8], [70_001], [5_000, 17], [3, 4_099, 5]];

    [Theory]
    [InlineData(ReduceOp.Sum)]
    [InlineData(ReduceOp.Mean)]
    [InlineData(ReduceOp.Max)]
    [InlineData(ReduceOp.Min)]
    public void Reductions_over_every_set_of_axes(ReduceOp op)
    {
        foreach (Shape shape in s_shapes)
        {
            for (int set = 0; set < 1 << shape.Rank; set++)
            {
                int[] axes = [.. Enumerable.Range(0, shape.Rank).Where(axis => (set >> axis & 1) != 0)];
                SameWithGradients($"{op} of {shape} over [{string.Join(',', axes)}]", Tolerances.Sum, i =>
                {
                    Tensor x = op is ReduceOp.Sum or ReduceOp.Mean ? i.Uniform(0.1f, 1, shape) : i.Normal(shape);
                    return op switch
                    {
                        ReduceOp.Sum => x.Sum(axes, keepDims: set % 2 == 0),
                        ReduceOp.Mean => x.Mean(axes),
                        ReduceOp.Max => x.Max(axes),
                        _ => x.Min(axes, keepDims: set % 2 == 0),
                    };
                });
            }
        }
    }

    [Theory]
    [InlineData(DType.Float32, 1_500_001)]
    [InlineData(DType.Int32, 33)]
    [InlineData(DType.UInt8, 70_001)]
    public void Elements_are_read_from_any_place(DType dtype, int count)
    {
        var array = new NDArray(count, dtype);
        new Random((int)Seed).NextBytes(array.Bytes);
        using var x = Tensor.From(array, _tested);
        foreach ((int first, int elements) in new[] { (0, count), (0, 1), (1, 7), (count - 1, 1), (count / 3, count / 2), (5, 0) })
        {
            byte[] read = [.. Enumerable.Repeat((byte)0xEE, elements * dtype.Size())];
            _tested.Download(x, first * dtype.Size(), read);
            Assert.Equal(array.Bytes.Slice(first * dtype.Size(), read.Length).ToArray(), read);
        }
    }

    [Fact]
    public void Ties_share_the_gradient_of_an_extreme() => SameWithGradients("max with ties", Tolerances.Exact, i => i.Whole(13, 20).Max(1), Tolerances.Sum);

    [Fact]
    public void Sums_of_many_elements_keep_their_digits() => Same("a sum of 4 million", 1e-6, i => i.Uniform(0.9f, 1.1f, 4_000_037).Sum());

    [Fact]
    public void Reductions_propagate_NaN()
    {
        Same("max", Tolerances.Exact, i => i.Values(1, float.NaN, 3, 2).Max());
        Same("min", Tolerances.Exact, i => i.Values(1, 3, 2, float.NaN).Min());
        Same("sum of nothing", Tolerances.Exact, i => Tensor.Zeros((3, 0), i.Backend).Sum(1));
    }

    [Fact]
    public void ArgMax_finds_the_first_of_equals()
    {
        foreach (int axis in new[] { 0, 1, 2 })
            Same($"argmax over axis {axis}", Tolerances.Exact, i => i.Whole(7, 9, 33).ArgMax(axis).Cast(DType.Float32));
        Same("argmax over long rows", Tolerances.Exact, i => i.Whole(2, 9, 107).ArgMax(1).Cast(DType.Float32));
        Same("argmax of rows in chunks", Tolerances.Exact, i => i.Whole(3, 9_001).ArgMax(1).Cast(DType.Float32));
        Same("argmax of one long row", Tolerances.Exact, i => i.Whole(70_001).ArgMax().Cast(DType.Float32));
        Same("argmax of columns in chunks", Tolerances.Exact, i => i.Whole(2, 1_301, 35).ArgMax(1).Cast(DType.Float32));

        // Negative numbers are NaN, and zeros -∞.
        Same("argmax among NaN of rows", Tolerances.Exact, i => i.Whole(5, 6_003).Log().ArgMax(1).Cast(DType.Float32));
        Same("argmax among NaN of columns", Tolerances.Exact, i => i.Whole(1_100, 33).Log().ArgMax(0).Cast(DType.Float32));
        Same("argmax where all are -∞", Tolerances.Exact, i => Tensor.Full((40, 9), float.NegativeInfinity, i.Backend).ArgMax(1).Cast(DType.Float32));
        foreach (int n in new[] { 1, 2, 3, 5, 8, 17, 31, 33, 64, 100 })
            Same($"argmax of short rows {n}", Tolerances.Exact, i => i.Whole(9, n).ArgMax(1).Cast(DType.Float32));
        Same("argmax with NaN", Tolerances.Exact, i => i.Values(1, 5, float.NaN, 9, float.NaN).ArgMax().Cast(DType.Float32));
    }

    [Fact]
    public void Products_of_matrices_in_every_orientation()
    {
        int[] sizes = [1, 2, 3, 5, 7, 15, 16, 17, 31, 64, 100];
        var random = new Random((int)Seed);
        for (int trial = 0; trial < 80; trial++)
        {
            int m = sizes[random.Next(sizes.Length)], k = sizes[random.Next(sizes.Length)], n = sizes[random.Next(sizes.Length)];
            bool ta = random.Next(2) == 1, tb = random.Next(2) == 1;
            SameWithGradients($"matmul {m}x{k}x{n} {ta} {tb}", Tolerances.Sum, i =>
                i.Normal(ta ? (k, m) : (m, k)).MatMul(i.Normal(tb ? (n, k) : (k, n)), ta, tb));
        }

        SameWithGradients("a long inner product", Tolerances.Sum, i => i.Normal(3, 5_003).MatMul(i.Normal(5_003, 9)));
        SameWithGradients("a large product", Tolerances.Sum, i => i.Normal(203, 301).MatMul(i.Normal(301, 131)));
        SameWithGradients("several blocks both ways", Tolerances.Sum, i => i.Normal(290, 200).MatMul(i.Normal(200, 275)));
        SameWithGradients("rows that lie far from each other", Tolerances.Sum, i => i.Normal(151, 512).MatMul(i.Normal(512, 137)));
        SameWithGradients("many rows and a bias", Tolerances.Sum, i => i.Normal(150, 256).Dense(i.Normal(256, 101), i.Normal(101)));
        Same("nothing to sum", Tolerances.Exact, i => i.Normal(3, 0).MatMul(i.Normal(0, 4)));
        Same("no rows", Tolerances.Exact, i => i.Normal(0, 3).MatMul(i.Normal(3, 4)));
    }

    [Fact]
    public void Products_of_batches_of_matrices()
    {
        SameWithGradients("equal batches", Tolerances.Sum, i => i.Normal(4, 5, 6).MatMul(i.Normal(4, 6, 7)));
        SameWithGradients("transposed batches", Tolerances.Sum, i => i.Normal(4, 6, 5).MatMul(i.Normal(4, 7, 6), true, true));
        SameWithGradients("one matrix for all", Tolerances.Sum, i => i.Normal(2, 3, 5, 6).MatMul(i.Normal(6, 7)));
        SameWithGradients("one matrix on the left", Tolerances.Sum, i => i.Normal(5, 6).MatMul(i.Normal(3, 6, 7)));
        SameWithGradients("broadcast batches", Tolerances.Sum, i => i.Normal(2, 1, 5, 6).MatMul(i.Normal(3, 6, 7)));
    }

    [Fact]
    public void Dense_with_and_without_relu()
    {
        foreach ((int rows, int inputs, int units) in new[] { (1, 1, 1), (1, 300, 10), (5, 17, 33), (32, 1_000, 256), (33, 7, 2), (200, 64, 64), (40, 2_300, 70), (3, 5_000, 258) })
        {
            foreach (bool relu in new[] { false, true })
                SameWithGradients($"dense {rows} {inputs}->{units} {relu}", Tolerances.Sum, i => relu
                    ? i.Quarters(rows, inputs).Dense(i.Quarters(inputs, units), i.Quarters(units), relu: true)
                    : i.Normal(rows, inputs).Dense(i.Normal(inputs, units), i.Normal(units)));
        }
    }

    [Fact]
    public void Transposes_by_every_permutation()
    {
        foreach (int[] order in Permutations([0, 1, 2, 3]))
            SameWithGradients($"transpose [{string.Join(',', order)}]", Tolerances.Exact, i => i.Normal(3, 4, 5, 17).Transpose(order));
        SameWithGradients("a large transpose", Tolerances.Exact, i => i.Normal(211, 317).Transpose());
        Same("bytes", Tolerances.Exact, i => i.Uniform(0, 255, 33, 17).Cast(DType.UInt8).Transpose().Cast(DType.Float32));
    }

    [Fact]
    public void Gather_slice_pad_and_concat()
    {
        for (int axis = 0; axis < 3; axis++)
        {
            SameWithGradients($"gather along {axis}", Tolerances.Sum, i => i.Normal(6, 7, 8).Gather(i.Indices(6, 3, 5), axis));
            SameWithGradients($"slice along {axis}", Tolerances.Exact, i => i.Normal(6, 7, 8).Slice(axis, 2, 3));
            SameWithGradients($"pad along {axis}", Tolerances.Exact, i => i.Normal(6, 7, 8).Pad(axis, 2, 1));
        }

        // More rows, columns and indices than a block of a device takes at a time, and rows that several name.
        SameWithGradients("gather many", Tolerances.Sum, i => i.Normal(70, 133).Gather(i.Indices(70, 600)));
        SameWithGradients("gather many along 1", Tolerances.Sum, i => i.Normal(3, 5, 12).Gather(i.Indices(5, 700), 1));
        SameWithGradients("concat of whole vectors", Tolerances.Exact, i => Tensor.Concat([i.Normal(3, 5, 8), i.Normal(3, 2, 8)], 1));
        SameWithGradients("slice of whole vectors", Tolerances.Exact, i => i.Normal(3, 5, 8).Slice(1, 1, 3));
        Same("slice of bytes", Tolerances.Exact, i => i.Uniform(0, 255, 3, 5, 32).Cast(DType.UInt8).Slice(1, 1, 3).Cast(DType.Float32));
        Same("gather of bytes", Tolerances.Exact, i => i.Uniform(0, 255, 7, 48).Cast(DType.UInt8).Gather(i.Indices(7, 5)).Cast(DType.Float32));
        SameWithGradients("repeated along the last axis", Tolerances.Sum, i => i.Normal(5, 3, 1).BroadcastTo((5, 3, 12)));
        SameWithGradients("repeated along the first axis", Tolerances.Sum, i => i.Normal(3, 8).BroadcastTo((5, 3, 8)));
        SameWithGradients("swapped outer axes", Tolerances.Exact, i => i.Normal(3, 5, 8).Transpose(1, 0, 2));
        Same("swapped outer axes of bytes", Tolerances.Exact, i => i.Uniform(0, 255, 3, 5, 32).Cast(DType.UInt8).Transpose(1, 0, 2).Cast(DType.Float32));
        Same("one-hot of whole vectors", Tolerances.Exact, i => Tensor.OneHot(i.Values(0, 7, 2, -1, 8, 5).Cast(DType.Int32), 8));
        SameWithGradients("concat 0", Tolerances.Exact, i => Tensor.Concat([i.Normal(2, 5), i.Normal(1, 5), i.Normal(4, 5)]));
        SameWithGradients("concat 1", Tolerances.Exact, i => Tensor.Concat([i.Normal(3, 5, 2), i.Normal(3, 1, 2)], 1));
        SameWithGradients("stack", Tolerances.Exact, i => Tensor.Stack([i.Normal(3, 5), i.Normal(3, 5)]));
        Same("one-hot", Tolerances.Exact, i => Tensor.OneHot(i.Values(0, 3, 2, -1, 4).Cast(DType.Int32), 4));
    }

    [Fact]
    public void Gather_never_reads_outside_the_axis()
    {
        using var scope = new TensorScope();
        Tensor x = Tensor.Zeros((3, 2), _tested), indices = Tensor.From(1, [3], _tested);
        if (ChecksIndices)
            _ = Assert.Throws<ArgumentOutOfRangeException>(() => x.Gather(indices));
        else
            Assert.Equal([0, 0], x.Gather(indices).ToArray());
    }

    [Fact]
    public void Softmax_and_its_logarithm()
    {
        foreach ((int rows, int n) in new[] { (1, 1), (3, 2), (5, 10), (7, 33), (9, 130), (3, 516), (2, 1_000), (2, 1_027), (3_000, 3) })
        {
            SameWithGradients($"softmax {rows}x{n}", Tolerances.Function, i => i.Uniform(-5, 5, rows, n).Softmax());
            SameWithGradients($"log softmax {rows}x{n}", Tolerances.Sum, i => i.Uniform(-5, 5, rows, n).LogSoftmax());
        }

        SameWithGradients("softmax over an inner axis", Tolerances.Function, i => i.Normal(3, 5, 4).Softmax(1));
        Same("softmax of large logits", Tolerances.Function, i => i.Uniform(-1000, 1000, 9, 7).Softmax());
        Same("log softmax of large logits", Tolerances.Sum, i => i.Uniform(-1000, 1000, 9, 7).LogSoftmax());
    }

    [Fact]
    public void Random_numbers_follow_the_documented_streams()
    {
        foreach (int length in new[] { 1, 5, 64, 1_027, 100_003 })
        {
            var key = new RandomKey(Seed, 7);
            Same($"uniform {length}", Tolerances.Rounding, i => Tensor.RandomUniform(length, -2, 3, key, i.Backend));
            Same($"normal {length}", Tolerances.Rounding, i => Tensor.RandomNormal(length, 1, 2, key, i.Backend));
            SameWithGradients($"dropout {length}", Tolerances.Rounding, i => i.Normal(length).Dropout(0.3f, key), Tolerances.Rounding);
        }
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));
}

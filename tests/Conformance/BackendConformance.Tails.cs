using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>Every width from 1 to beyond two of the widest vectors, and around four of them, in ops over rows and channels.</content>
public abstract partial class BackendConformance
{
    [Fact]
    public void Rows_of_every_width()
    {
        foreach (int n in s_widths)
        {
            SameWithGradients($"softmax {n}", Tolerances.Composite, i => i.Normal(3, n).Softmax());
            SameWithGradients($"log-softmax {n}", Tolerances.Composite, i => i.Normal(3, n).LogSoftmax());
            SameWithGradients($"sum of rows {n}", Tolerances.Sum, i => i.Normal(5, n).Sum(1));
            SameWithGradients($"sum of columns {n}", Tolerances.Sum, i => i.Normal(5, n).Sum(0));
            SameWithGradients($"max of rows {n}", Tolerances.Exact, i => i.Normal(5, n).Max(1), Tolerances.Rounding);
            SameWithGradients($"min of columns {n}", Tolerances.Exact, i => i.Normal(5, n).Min(0), Tolerances.Rounding);
            SameWithGradients($"mean of the middle {n}", Tolerances.Sum, i => i.Normal(2, n, 3).Mean(1));
            Same($"argmax of rows {n}", Tolerances.Exact, i => i.Normal(5, n).ArgMax(1).Cast(DType.Float32));
            Same($"argmax of columns {n}", Tolerances.Exact, i => i.Normal(5, n).ArgMax(0).Cast(DType.Float32));
            SameWithGradients($"focal {n}", Tolerances.Composite, i => i
                .Uniform(0.02f, 0.98f, 3, n).CategoricalFocal(i.Labels(3, n, soft: true), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(2)));
            SameWithGradients($"focal of logits {n}", Tolerances.Composite, i => i
                .Normal(3, n).SoftmaxCategoricalFocal(i.Labels(3, n, soft: true), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(2)));
        }
    }

    [Fact]
    public void Products_of_every_width()
    {
        foreach (int n in s_widths)
        {
            SameWithGradients($"columns {n}", Tolerances.Sum, i => i.Normal(7, 19).MatMul(i.Normal(19, n)));
            SameWithGradients($"rows {n}", Tolerances.Sum, i => i.Normal(n, 19).MatMul(i.Normal(19, 17)));
            SameWithGradients($"inner {n}", Tolerances.Sum, i => i.Normal(7, n).MatMul(i.Normal(n, 17), false, false));
            foreach (int rows in new[] { 1, 2, 3, 4 })
                SameWithGradients($"{rows} rows, long sums {n}", Tolerances.Sum, i => i.Normal(rows, 603).MatMul(i.Normal(603, n)));
            SameWithGradients($"dense {n}", Tolerances.Sum, i => i.Normal(5, 33).Dense(i.Normal(33, n), i.Normal(n)));
            SameWithGradients($"more rows, long sums {n}", Tolerances.Sum, i => i.Normal(50, 700).MatMul(i.Normal(700, n)));
        }
    }

    [Fact]
    public void Products_of_few_long_rows()
    {
        // Ranges of the inner sum that are no multiple of a block; rows of b longer than registers hold; rows of a at powers of two from each other.
        foreach ((int rows, int inner, int columns) in new[] { (1, 650, 1100), (1, 517, 2051), (4, 530, 1037), (33, 1024, 203), (13, 2048, 97), (6, 1500, 1030), (48, 3072, 131) })
            SameWithGradients($"[{rows}, {inner}] to {columns}", Tolerances.Sum, i => i.Normal(rows, inner).Dense(i.Normal(inner, columns), i.Normal(columns), relu: true));
    }

    [Fact]
    public void Channels_of_every_width()
    {
        foreach (int n in s_widths)
        {
            SameWithGradients($"1x1 conv2d {n}", Tolerances.Convolution, i => i.Normal(1, 4, 5, 9).Conv2D(i.Normal(1, 1, 9, n), i.Normal(n)));
            SameWithGradients($"3x3 conv2d {n}", Tolerances.Convolution, i => i.Normal(1, 5, 6, n).Conv2D(i.Normal(3, 3, n, 5), i.Normal(5), padding: Padding.Same));
            SameWithGradients($"depthwise conv2d {n}", Tolerances.Sum, i => i.Normal(1, 5, 6, n).Conv2D(i.Normal(3, 3, 1, n), groups: n));
            SameWithGradients($"max pool {n}", Tolerances.Exact, i => i.Normal(1, 5, 6, n).MaxPool2D((2, 2)), Tolerances.Sum);
            SameWithGradients($"average pool {n}", Tolerances.Sum, i => i.Normal(1, 5, 6, n).AveragePool2D((2, 2)));
            SameWithGradients($"overlapping max pool {n}", Tolerances.Exact, i => i.Normal(1, 5, 6, n).MaxPool2D((3, 3), (2, 2), Padding.Same), Tolerances.Sum);
            SameWithGradients($"overlapping average pool {n}", Tolerances.Sum, i => i.Normal(1, 5, 6, n).AveragePool2D((3, 2), (2, 1), Padding.Same));
            SameWithGradients($"batch normalisation {n}", Tolerances.Composite, i => i.Normal(9, n).BatchNormalization(i.Normal(n), i.Normal(n), 1e-3f).Y);
            SameWithGradients($"batch normalisation, ReLU {n}", Tolerances.Composite, i => i.Normal(9, n).BatchNormalization(i.Normal(n), i.Normal(n), 1e-3f, relu: true).Y);
            SameWithGradients($"scale and shift {n}", Tolerances.Composite, i => i.Normal(9, n).ScaleShift(i.Normal(n), i.Normal(n)));
            SameWithGradients($"scale and shift, ReLU {n}", Tolerances.Composite, i => i.Normal(9, n).ScaleShift(i.Normal(n), i.Normal(n), relu: true));
            SameFused(new ConvCase((1, 7, 8, 3), (3, 3, 3, n), (1, 1), (1, 1), Padding.Valid, 1), (2, 2), (2, 2), Padding.Valid);
            SameFused(new ConvCase((1, 7, 8, n), (3, 3, n, 5), (1, 1), (1, 1), Padding.Valid, 1), (2, 2), (2, 2), Padding.Valid);
        }
    }

    [Fact]
    public void Winograd_tiles_of_every_width()
    {
        foreach (int n in s_widths.Where(n => n >= 8))
            SameWithGradients($"conv2d {n}", Tolerances.Convolution, i => i.Normal(1, 18, 18, n).Conv2D(i.Normal(3, 3, n, 8)));
    }

    [Fact]
    public void Movements_of_every_width()
    {
        foreach (int n in s_widths)
        {
            SameWithGradients($"transpose {n}", Tolerances.Exact, i => i.Normal(7, n).Transpose());
            SameWithGradients($"where {n}", Tolerances.Exact, i => Tensor.Where(i.Normal(n) > 0f, i.Normal(n), i.Normal(n)));
            SameWithGradients($"gather {n}", Tolerances.Sum, i => i.Normal(6, n).Gather(i.Indices(6, 5)));
            SameWithGradients($"concat {n}", Tolerances.Exact, i => Tensor.Concat([i.Normal(3, n), i.Normal(3, 2)], 1));
            SameWithGradients($"dropout {n}", Tolerances.Rounding, i => i.Normal(n).Dropout(0.3f, new RandomKey(Seed, 3)), Tolerances.Rounding);
            Same($"uniform {n}", Tolerances.Rounding, i => Tensor.RandomUniform(n, -2, 3, new RandomKey(Seed, 4), i.Backend));
            Same($"normal {n}", Tolerances.Rounding, i => Tensor.RandomNormal(n, 1, 2, new RandomKey(Seed, 5), i.Backend));
            Same($"bytes {n}", Tolerances.Rounding, i => i.Uniform(-0.1f, 1.1f, n).Cast(DType.UNorm8).Cast(DType.Float32));
            Same($"whole numbers {n}", Tolerances.Exact, i => i.Uniform(-300, 300, n).Cast(DType.Int32).Cast(DType.UInt8).Cast(DType.Float32));
        }
    }
}

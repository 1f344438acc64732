using Numerics.Tensors;

namespace Numerics.Tests.Conformance.Gradients;

/// <summary>Every gradient rule of the tensor layer against central differences.</summary>
public sealed class GradientRules
{
    public static TheoryData<UnaryKind> UnaryKinds => [.. Enum.GetValues<UnaryKind>().Where(kind => kind != UnaryKind.Sign)];

    [Theory]
    [MemberData(nameof(UnaryKinds))]
    public void Unary(UnaryKind kind)
    {
        UnaryOp op = kind is UnaryKind.Clip ? new UnaryOp(kind, -0.5f, 0.7f) : new UnaryOp(kind, 1.3f, 0.4f);
        bool positive = kind is UnaryKind.Power or UnaryKind.Log or UnaryKind.Log1p or UnaryKind.Sqrt or UnaryKind.Rsqrt or UnaryKind.Reciprocal;
        NumericGradient.Check(i => Tensor.Apply(positive ? i.Uniform(0.3f, 3, 4, 3) : i.AwayFromZero(4, 3), op));
    }

    [Fact]
    public void Add() => NumericGradient.Check(i => i.Normal(3, 4) + i.Normal(4));

    [Fact]
    public void Subtract() => NumericGradient.Check(i => i.Normal(3, 1) - i.Normal(2, 1, 4));

    [Fact]
    public void Multiply() => NumericGradient.Check(i => i.Normal(3, 4) * i.Normal(3, 1));

    [Fact]
    public void Divide() => NumericGradient.Check(i => i.Normal(3, 4) / i.Uniform(0.5f, 2, 1, 4));

    [Fact]
    public void Power() => NumericGradient.Check(i => i.Uniform(0.5f, 2, 3, 4).Pow(i.Normal(4)));

    [Fact]
    public void Maximum_and_minimum() => NumericGradient.Check(i =>
    {
        Tensor a = i.Normal(3, 4), b = i.Normal(4);
        return a.Maximum(b) + (a.Minimum(b) * 2f);
    });

    [Fact]
    public void Sum_and_relu() => NumericGradient.Check(i => Tensor.AddRelu(i.Normal(3, 4), i.Normal(4)));

    [Fact]
    public void Scalars() => NumericGradient.Check(i =>
    {
        Tensor x = i.Uniform(0.5f, 2, 5);
        return (2f / x) + (x / 3f) - (1f - x) + (x * 4f) - 1f + x.Maximum(1f);
    });

    [Fact]
    public void Where() => NumericGradient.Check(i =>
    {
        Tensor x = i.AwayFromZero(3, 4);
        return Tensor.Where(x > 0f, x * i.Normal(4), i.Normal(3, 1));
    });

    [Fact]
    public void Broadcast() => NumericGradient.Check(i => i.Normal(3, 1).BroadcastTo((2, 3, 4)).Square());

    [Theory]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 1 })]
    [InlineData(new[] { 0, 2 })]
    [InlineData(new[] { 1, 2 })]
    [InlineData(new[] { 0, 1, 2 })]
    public void Reductions(int[] axes)
    {
        NumericGradient.Check(i => i.Normal(3, 2, 4).Square().Sum(axes));
        NumericGradient.Check(i => i.Normal(3, 2, 4).Square().Mean(axes, keepDims: true));
        NumericGradient.Check(i => i.Normal(3, 2, 4).Max(axes).Square());
        NumericGradient.Check(i => i.Normal(3, 2, 4).Min(axes, keepDims: true).Square());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void MatMul(bool transposeA, bool transposeB)
    {
        NumericGradient.Check(i => i.Normal(transposeA ? (3, 2) : (2, 3)).MatMul(i.Normal(transposeB ? (4, 3) : (3, 4)), transposeA, transposeB));
        NumericGradient.Check(i => i.Normal(transposeA ? (2, 3, 2) : (2, 2, 3)).MatMul(i.Normal(transposeB ? (1, 4, 3) : (1, 3, 4)), transposeA, transposeB));
    }

    [Fact]
    public void Transpose_reshape_and_squeeze() => NumericGradient.Check(i =>
        i.Normal(2, 3, 4).Transpose(2, 0, 1).Reshape(4, -1).ExpandDims(1).Squeeze(1).Square());

    [Fact]
    public void Gather() => NumericGradient.Check(i => i.Normal(3, 4, 2).Gather(i.Indices(4, 6), 1).Square());

    [Fact]
    public void Slice_pad_concat_stack() => NumericGradient.Check(i =>
    {
        Tensor a = i.Normal(3, 4), b = i.Normal(3, 2);
        Tensor joined = Tensor.Concat([a, b, a], 1).Slice(1, 1, 7).Pad(0, 1, 2);
        return Tensor.Stack([joined, joined.Square()]);
    });

    [Fact]
    public void Transposed_convolution() => NumericGradient.Check(i => i.Normal(2, 3, 2, 3).Conv2DTranspose(i.Normal(3, 2, 2, 3), 7, 4, (2, 2)).Square());

    [Fact]
    public void Softmax() => NumericGradient.Check(i => i.Normal(3, 4, 2).Softmax(1));

    [Fact]
    public void LogSoftmax() => NumericGradient.Check(i => i.Normal(3, 5).LogSoftmax());

    [Fact]
    public void Dropout() => NumericGradient.Check(i => i.Normal(40).Dropout(0.4f, new RandomKey(3, 4)).Square());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dense(bool relu) => NumericGradient.Check(i => i.Normal(3, 4).Dense(i.Normal(4, 5), i.Normal(5), relu));

    [Theory]
    [InlineData(1, 1, 1, Padding.Valid, false)]
    [InlineData(2, 1, 1, Padding.Same, true)]
    [InlineData(1, 2, 1, Padding.Same, false)]
    [InlineData(2, 1, 2, Padding.Valid, true)]
    public void Conv2D(int stride, int dilation, int groups, Padding padding, bool relu) => NumericGradient.Check(i =>
        i.Normal(2, 6, 5, 4).Conv2D(i.Normal(3, 2, 4 / groups, 4), i.Normal(4), (stride, stride), padding, (dilation, dilation), groups, relu));

    [Fact]
    public void Conv2D_without_bias() => NumericGradient.Check(i => i.Normal(1, 5, 5, 2).Conv2D(i.Normal(3, 3, 2, 3)));

    [Fact]
    public void Conv2DReluMaxPool() => NumericGradient.Check(i => i.Normal(2, 7, 8, 2).Conv2DReluMaxPool(
        i.Normal(3, 3, 2, 3), i.Normal(3), (1, 1), Padding.Valid, (1, 1), 1, (2, 2), (2, 2), Padding.Valid));

    [Fact]
    public void MaxPool2D() => NumericGradient.Check(i => i.Normal(2, 6, 5, 2).MaxPool2D((3, 2), (2, 1), Padding.Same));

    [Fact]
    public void AveragePool2D() => NumericGradient.Check(i => i.Normal(2, 6, 5, 2).AveragePool2D((3, 2), (2, 1), Padding.Same).Square());

    [Fact]
    public void ScaleShift() => NumericGradient.Check(i => i.Normal(6, 2, 3).ScaleShift(i.Normal(3), i.Normal(3)).Square());

    [Fact]
    public void BatchNormalization() => NumericGradient.Check(i => i.Normal(6, 2, 3).BatchNormalization(i.Normal(3), i.Normal(3), 1e-3f).Y.Square());

    [Theory]
    [InlineData(0)]
    [InlineData(0.5f)]
    [InlineData(2)]
    public void Focal_terms(float gamma)
    {
        NumericGradient.Check(i => i.Uniform(0.05f, 0.95f, 4, 3).CategoricalFocal(i.Labels(4, 3, soft: true), Tensor.From(3, [0.2f, 0.5f, 0.3f], i.Backend), new FocalTerm(gamma)));
        NumericGradient.Check(i => i.Normal(4, 3).SoftmaxCategoricalFocal(i.Labels(4, 3, soft: true), Tensor.From(3, [0.2f, 0.5f, 0.3f], i.Backend), new FocalTerm(gamma)));
        NumericGradient.Check(i => i.Normal(4, 3).SoftmaxCategoricalFocal(i.Labels(4, 3, soft: false), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(gamma)));
    }
}

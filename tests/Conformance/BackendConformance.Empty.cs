using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>Tensors without elements, and axes of size 0 in every op that takes them.</content>
public abstract partial class BackendConformance
{
    [Theory]
    [MemberData(nameof(UnaryKinds))]
    public void Unary_ops_of_nothing(UnaryKind kind) => SameWithGradients(kind.ToString(), Tolerances.Exact, i => Tensor.Apply(i.Normal(3, 0), new UnaryOp(kind, 1, 2)));

    [Theory]
    [MemberData(nameof(BinaryOps))]
    public void Binary_ops_of_nothing(BinaryOp op)
    {
        foreach ((Shape a, Shape b) in new (Shape, Shape)[] { ([0], [0]), ([0], [1]), ([3, 0], [1]), ([1, 4], [0, 1]), ([2, 0, 3], [2, 1, 3]), ([0], []) })
        {
            if (op < BinaryOp.Equal)
                SameWithGradients($"{op} of {a} and {b}", Tolerances.Exact, i => Run(op, i.Normal(a), i.Normal(b)));
            else
                Same($"{op} of {a} and {b}", Tolerances.Exact, i => Run(op, i.Normal(a), i.Normal(b)));
        }
    }

    [Fact]
    public void Reductions_of_nothing()
    {
        SameWithGradients("sum over the empty axis", Tolerances.Exact, i => i.Normal(3, 0).Sum(1));
        SameWithGradients("sum of all", Tolerances.Exact, i => i.Normal(3, 0).Sum());
        SameWithGradients("sum over the other axis", Tolerances.Exact, i => i.Normal(3, 0).Sum(0));
        Same("mean over the empty axis", Tolerances.Exact, i => i.Normal(3, 0).Mean(1));
        SameWithGradients("mean over the other axis", Tolerances.Exact, i => i.Normal(3, 0).Mean(0));
        SameWithGradients("max over the other axis", Tolerances.Exact, i => i.Normal(3, 0).Max(0));
        SameWithGradients("min over the other axis", Tolerances.Exact, i => i.Normal(0, 3).Min(1));
        Same("argmax over the other axis", Tolerances.Exact, i => i.Normal(0, 3).ArgMax(1).Cast(DType.Float32));
    }

    [Fact]
    public void Products_of_nothing()
    {
        foreach ((int m, int k, int n) in new[] { (0, 3, 4), (3, 0, 4), (3, 4, 0), (0, 0, 0), (0, 700, 600), (40, 0, 600), (1, 0, 1) })
        {
            foreach (bool transpose in new[] { false, true })
            {
                SameWithGradients($"matmul {m}x{k}x{n}", Tolerances.Exact, i =>
                    i.Normal(transpose ? (k, m) : (m, k)).MatMul(i.Normal(transpose ? (n, k) : (k, n)), transpose, transpose));
            }

            SameWithGradients($"dense {m}x{k}x{n}", Tolerances.Exact, i => i.Normal(m, k).Dense(i.Normal(k, n), i.Normal(n), relu: true));
        }

        SameWithGradients("no matrices", Tolerances.Exact, i => i.Normal(0, 3, 4).MatMul(i.Normal(0, 4, 5)));
    }

    [Fact]
    public void Scales_and_shifts_of_nothing()
    {
        SameWithGradients("no rows", Tolerances.Exact, i => i.Normal(0, 3).ScaleShift(i.Normal(3), i.Normal(3), relu: true));
        SameWithGradients("no channels", Tolerances.Exact, i => i.Normal(3, 0).ScaleShift(i.Normal(0), i.Normal(0)));
    }

    [Fact]
    public void Moving_nothing()
    {
        SameWithGradients("transpose", Tolerances.Exact, i => i.Normal(3, 0, 2).Transpose(2, 0, 1));
        SameWithGradients("gather nothing", Tolerances.Exact, i => i.Normal(3, 4).Gather(i.Indices(3, 0)));
        SameWithGradients("gather of empty rows", Tolerances.Exact, i => i.Normal(3, 0).Gather(i.Indices(3, 5)));
        SameWithGradients("slice of length 0", Tolerances.Exact, i => i.Normal(3, 4).Slice(1, 2, 0));
        SameWithGradients("slice at the end", Tolerances.Exact, i => i.Normal(3, 4).Slice(0, 3, 0));
        SameWithGradients("pad", Tolerances.Exact, i => i.Normal(3, 0).Pad(1, 2, 1));
        SameWithGradients("concat", Tolerances.Exact, i => Tensor.Concat([i.Normal(2, 0), i.Normal(2, 3), i.Normal(2, 0)], 1));
        SameWithGradients("broadcast", Tolerances.Exact, i => i.Normal(3, 1).BroadcastTo((3, 0)));
        SameWithGradients("where", Tolerances.Exact, i => Tensor.Where(i.Normal(3, 0) > 0f, i.Normal(0), i.Normal(3, 1)));
        Same("one-hot", Tolerances.Exact, i => Tensor.OneHot(i.Indices(3, 0), 3));
        Same("casts", Tolerances.Exact, i => i.Normal(0, 3).Cast(DType.UNorm8).Cast(DType.Float32).Cast(DType.Int32).Cast(DType.Float32));
        Same("fill", Tolerances.Exact, i => Tensor.Full((2, 0), 1, i.Backend));
        Same("uniform", Tolerances.Exact, i => Tensor.RandomUniform(0, 0, 1, new RandomKey(1, 2), i.Backend));
        Same("normal", Tolerances.Exact, i => Tensor.RandomNormal(0, 0, 1, new RandomKey(1, 2), i.Backend));
        SameWithGradients("dropout", Tolerances.Exact, i => i.Normal(0).Dropout(0.5f, new RandomKey(1, 2)));
    }

    [Fact]
    public void Rows_of_nothing()
    {
        foreach (Shape shape in new Shape[] { (0, 5), (2, 0, 5) })
        {
            SameWithGradients($"softmax {shape}", Tolerances.Exact, i => i.Normal(shape).Softmax());
            SameWithGradients($"log-softmax {shape}", Tolerances.Exact, i => i.Normal(shape).LogSoftmax());
        }

        SameWithGradients("focal", Tolerances.Exact, i => i.Normal(0, 3).CategoricalFocal(i.Labels(0, 3, soft: true), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(2)));
        SameWithGradients("focal of logits", Tolerances.Exact, i => i.Normal(0, 3).SoftmaxCategoricalFocal(i.Labels(0, 3, soft: true), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(2)));
        SameAll("adam", Tolerances.Exact, i => Step(i, 0, 2, (b, w, g, s) => b.AdamUpdate(w, g, s[0], s[1], new AdamStep(0.01f, 0.9f, 0.999f, 1e-7f, 0))));
        SameAll("sgd", Tolerances.Exact, i => Step(i, 0, 1, (b, w, g, s) => b.SgdUpdate(w, g, s[0], new SgdStep(0.1f, 0.9f, true))));
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(16, 32)]
    public void No_pictures(int channelsIn, int channelsOut)
    {
        SameWithGradients("conv2d", Tolerances.Exact, i => i.Normal(0, 9, 9, channelsIn).Conv2D(i.Normal(3, 3, channelsIn, channelsOut), i.Normal(channelsOut), relu: true));
        SameWithGradients("depthwise conv2d", Tolerances.Exact, i => i.Normal(0, 9, 9, channelsIn).Conv2D(i.Normal(3, 3, 1, channelsIn), groups: channelsIn));
        SameWithGradients("conv2d relu maxpool", Tolerances.Exact, i => i.Normal(0, 8, 8, channelsIn).Conv2DReluMaxPool(
            i.Normal(3, 3, channelsIn, channelsOut), i.Normal(channelsOut), (1, 1), Padding.Valid, (1, 1), 1, (2, 2), (2, 2), Padding.Valid));
        SameWithGradients("max pool", Tolerances.Exact, i => i.Normal(0, 8, 8, channelsIn).MaxPool2D((2, 2)));
        SameWithGradients("average pool", Tolerances.Exact, i => i.Normal(0, 8, 8, channelsIn).AveragePool2D((2, 2)));
    }
}

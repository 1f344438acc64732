using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>NaN, infinities, zeros, the ends of the range of numbers, and where functions change their ways.</content>
public abstract partial class BackendConformance
{
    private const float SmallestNormal = 1.17549435e-38f;

    private static readonly float[] s_special =
    [
        0, -0f, 1, -1, 0.5f, -0.5f, 2, -2, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -float.MaxValue,
        float.Epsilon, -float.Epsilon, 1e-40f, -1e-40f, SmallestNormal, -SmallestNormal, 1e-30f, -1e-30f, 1e-8f, -1e-8f, 1e-4f, -1e-4f,
    ];

    // e^x is infinite from 88.723 on, below the normal numbers from -87.34 on, and 0 from -103.98 on; tanh is 1 from 9.02 on,
    // ln(1 + e^-x) is 0 from 103.98 on, the normal distribution function from -14.2 on.
    private static readonly float[] s_thresholds =
    [
        88, 88.7f, 88.75f, 90, 1000, -87, -87.5f, -88, -90, -100, -103.9f, -104.1f, -1000, 9, -9, 9.1f, -9.1f, 15, -15, 17, -17, 20, -20,
        13, -13, 14.5f, -14.5f, 5, -5, 0.99f, 1.01f, -0.99f, -0.9999f, 0.7071068f, 1.4142135f, 1e10f, -1e10f, 1e-20f, 1e20f, 3e38f,
    ];

    [Theory]
    [MemberData(nameof(UnaryKinds))]
    public void Unary_ops_at_special_values(UnaryKind kind)
    {
        foreach (UnaryOp op in SpecialOps(kind))
            Same($"{kind} {op.A} {op.B}", Tolerances.Function, i => Tensor.Apply(i.Values([.. s_special, .. s_thresholds]), op));
    }

    [Theory]
    [MemberData(nameof(UnaryKinds))]
    public void Gradients_of_unary_ops_at_special_values(UnaryKind kind)
    {
        foreach (UnaryOp op in SpecialOps(kind))
        {
            SameAll($"{kind} {op.A} {op.B}", Tolerances.Composite, i =>
            {
                Tensor x = i.Values([.. s_special, .. s_thresholds]), y = Tensor.Apply(x, op);
                Tensor dx = Tensor.Empty(i.Backend, x.Shape);
                i.Backend.UnaryGradient(op, x, y, Tensor.Full(x.Shape, 1, i.Backend), dx);
                return [dx];
            });
        }
    }

    /// <summary>A comparison takes zeros for equal; their reciprocals are not.</summary>
    [Theory]
    [InlineData(UnaryKind.Log1p)]
    [InlineData(UnaryKind.Sqrt)]
    [InlineData(UnaryKind.LeakyRelu)]
    [InlineData(UnaryKind.Gelu)]
    [InlineData(UnaryKind.Silu)]
    [InlineData(UnaryKind.Tanh)]
    public void Functions_of_zero_keep_its_sign(UnaryKind kind) => Same($"{kind}", Tolerances.Exact, i => Tensor.Apply(
        Tensor.Apply(i.Values(0, -0f, 0, 0, -0f, -0f, 0), new UnaryOp(kind, 0.5f, 0)), new UnaryOp(UnaryKind.Reciprocal, 0, 0)));

    [Theory]
    [MemberData(nameof(BinaryOps))]
    public void Binary_ops_on_pairs_of_special_values(BinaryOp op)
    {
        int n = s_special.Length;
        Same($"{op}", Tolerances.Function, i => Run(op, i.Values(s_special).Reshape(n, 1), i.Values(s_special)));
        Same($"{op}, equal shapes", Tolerances.Function, i => Run(
            op, i.Values([.. s_special.SelectMany(a => Enumerable.Repeat(a, n))]), i.Values([.. Enumerable.Repeat(s_special, n).SelectMany(b => b)])));
        foreach (float scalar in new[] { 0, 1, -1.5f, float.NaN, float.PositiveInfinity })
        {
            Same($"{op} with {scalar}", Tolerances.Function, i => Run(op, i.Values(s_special), i.Values(scalar)));
            Same($"{scalar} {op}", Tolerances.Function, i => Run(op, i.Values(scalar), i.Values(s_special)));
        }
    }

    [Theory]
    [InlineData(ReduceOp.Sum)]
    [InlineData(ReduceOp.Mean)]
    [InlineData(ReduceOp.Max)]
    [InlineData(ReduceOp.Min)]
    public void Reductions_of_special_values(ReduceOp op)
    {
        foreach (float[] values in SpecialRuns())
        {
            foreach (bool across in new[] { false, true })
            {
                Same($"{op} of [{string.Join(", ", values)}] {across}", Tolerances.Sum, i =>
                {
                    Tensor x = i.Values(values).BroadcastTo((19, values.Length));
                    x = across ? x.Transpose() : x;
                    int axis = across ? 0 : 1;
                    return op switch { ReduceOp.Sum => x.Sum(axis), ReduceOp.Mean => x.Mean(axis), ReduceOp.Max => x.Max(axis), _ => x.Min(axis) };
                });
            }
        }
    }

    [Fact]
    public void ArgMax_softmax_and_pooling_of_special_values()
    {
        foreach (float[] values in SpecialRuns())
        {
            string what = $"of [{string.Join(", ", values)}]";
            Same($"argmax {what}", Tolerances.Exact, i => i.Values(values).ArgMax().Cast(DType.Float32));
            Same($"argmax over the first axis {what}", Tolerances.Exact, i => i.Values(values).Reshape(-1, 1).BroadcastTo((values.Length, 19)).ArgMax(0).Cast(DType.Float32));
            Same($"softmax {what}", Tolerances.Composite, i => i.Values(values).Reshape(1, -1).Softmax());
            Same($"log-softmax {what}", Tolerances.Composite, i => i.Values(values).Reshape(1, -1).LogSoftmax());
            Same($"max pool {what}", Tolerances.Exact, i => i
                .Values(values).Reshape(1, -1, 1, 1).BroadcastTo((1, values.Length, 1, 9)).MaxPool2D((2, 1), (1, 1), Padding.Same));
            Same($"average pool {what}", Tolerances.Sum, i => i
                .Values(values).Reshape(1, -1, 1, 1).BroadcastTo((1, values.Length, 1, 9)).AveragePool2D((2, 1), (1, 1), Padding.Same));
        }
    }

    /// <summary>Gradients that are not finite, or next to zero, come back through overlapping windows to what these cover, and to nothing else.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    public void Gradients_of_pooling_of_special_values(int channels)
    {
        foreach (float[] values in SpecialRuns().Append([float.MaxValue, 0, float.Epsilon, -1e-40f, SmallestNormal, -float.MaxValue]))
        {
            foreach (int stride in new[] { 1, 2 })
            {
                string what = $"with stride {stride} times [{string.Join(", ", values)}]";
                int width = values.Length * stride;
                SameWithGradients($"average pool {what}", Tolerances.Sum, i => i
                    .Uniform(-1, 1, 1, 1, width, channels).AveragePool2D((1, 3), (1, stride), Padding.Same) * i.Values(values).Reshape(1, 1, -1, 1));
                SameWithGradients($"max pool {what}", Tolerances.Sum, i => i
                    .Uniform(-1, 1, 1, 1, width, channels).MaxPool2D((1, 3), (1, stride), Padding.Same) * i.Values(values).Reshape(1, 1, -1, 1));
            }
        }
    }

    [Fact]
    public void Products_hand_on_what_is_not_finite()
    {
        foreach (float special in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            foreach (int n in new[] { 1, 5, 17, 40, 700 })
            {
                // The special value stands in one row of a, so in that row of the product, and nowhere else.
                Same($"{special} in {n}", Tolerances.Sum, i =>
                {
                    Tensor row = Tensor.OneHot(i.Values(1).Cast(DType.Int32), 3).Reshape(3, 1);
                    Tensor a = Tensor.Where(row > 0f, i.Values(special), i.Uniform(0.1f, 1, 3, n));
                    return a.MatMul(i.Uniform(0.1f, 1, n, n));
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Gammas))]
    public void Focal_terms_at_the_ends(float gamma)
    {
        foreach (bool soft in new[] { false, true })
        {
            SameWithGradients($"probabilities, soft {soft}", Tolerances.Composite, i => i
                .Values(0, 1, 1, 0, -0f, 1, 1e-8f, 1 - 1e-7f, float.Epsilon, 1, 0.5f, 0.5f, -1, 2, float.NaN, 0.5f)
                .Reshape(8, 2).CategoricalFocal(i.Labels(8, 2, soft), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(gamma)));
            SameWithGradients($"logits, soft {soft}", Tolerances.Composite, i => i
                .Values(0, 0, 1e4f, -1e4f, -1e4f, 1e4f, 200, 100, -200, -100, 1e-30f, -1e-30f, 3e38f, 0, 88, -88, -103.9f, 0)
                .Reshape(9, 2).SoftmaxCategoricalFocal(i.Labels(9, 2, soft), Tensor.Full(1, 0.25f, i.Backend), new FocalTerm(gamma)));
        }
    }

    private static IEnumerable<UnaryOp> SpecialOps(UnaryKind kind) => kind switch
    {
        UnaryKind.Clip => [new UnaryOp(kind, -1, 1), new UnaryOp(kind, 0, float.PositiveInfinity)],
        UnaryKind.Power => [.. new[] { -2, -1, -0.5f, 0, 0.5f, 1, 1.7f, 2, 3, 4 }.Select(a => new UnaryOp(kind, a))],
        UnaryKind.Affine => [new UnaryOp(kind, 1, 0), new UnaryOp(kind, -2, 3), new UnaryOp(kind, 0, 1)],
        _ => [new UnaryOp(kind, 1, 0)],
    };

    // Long enough for vectors and a tail.
    private static IEnumerable<float[]> SpecialRuns()
    {
        float inf = float.PositiveInfinity;
        yield return [-inf];
        yield return [float.NaN];
        yield return [.. Enumerable.Repeat(-inf, 35)];
        yield return [.. Enumerable.Repeat(inf, 35)];
        yield return [.. Enumerable.Repeat(-float.MaxValue / 64, 35)];
        yield return [.. Enumerable.Repeat(float.Epsilon, 35)];
        foreach (int at in new[] { 0, 7, 20, 34 })
        {
            foreach (float special in new[] { float.NaN, inf, -inf })
                yield return [.. Enumerable.Range(0, 35).Select(i => i == at ? special : (i % 5) - 2)];
        }

        yield return [1, inf, -inf, 2];
        foreach (float special in new[] { float.NaN, inf, -inf })
        {
            yield return [special, 3];
            yield return [-3, special];
            yield return [special, special];
        }

        yield return [float.MaxValue, -float.MaxValue];
    }
}

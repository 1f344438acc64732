using CsCheck;
using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>Element-wise ops and broadcasting.</content>
public abstract partial class BackendConformance
{
    private static readonly int[] s_widths = [.. Enumerable.Range(1, 33), 63, 64, 65];

    private static readonly int[] s_lengths = [.. s_widths, 127, 257, 40_001];

    // Up to five axes, each in both operands, or 1 or absent in one of them.
    private static readonly Gen<(Shape A, Shape B)> s_broadcasts =
        from axes in Gen.Select(Gen.OneOfConst(0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33), Gen.OneOfConst(0, 0, 0, 1, 2)).Array[0, 5]
        from missing in Gen.Int[0, 5]
        from left in Gen.Bool
        let size = axes.Aggregate(1L, (product, axis) => product * Math.Max(axis.Item1, 1))
        where size <= 50_000
        let a = axes.Select(axis => axis.Item2 == 1 ? 1 : axis.Item1).ToArray()
        let b = axes.Select(axis => axis.Item2 == 2 ? 1 : axis.Item1).ToArray()
        let cut = Math.Min(missing, axes.Length)
        select (new Shape(left ? a[cut..] : a), new Shape(left ? b : b[cut..]));

    public static TheoryData<UnaryKind> UnaryKinds => [.. Enum.GetValues<UnaryKind>()];

    public static TheoryData<BinaryOp> BinaryOps => [.. Enum.GetValues<BinaryOp>()];

    public static TheoryData<int[], int[]> BroadcastShapes => new()
    {
        { [5], [] }, { [], [5] }, { [], [] }, { [1], [7] }, { [4, 5], [5] }, { [4, 5], [4, 1] }, { [4, 1], [1, 5] }, { [5], [4, 1] },
        { [2, 3, 4], [3, 1] }, { [2, 3, 4], [2, 1, 4] }, { [2, 3, 4], [1, 3, 1] }, { [2, 1, 4, 1], [3, 1, 5] }, { [1, 1, 33], [17, 9, 1] },
        { [3, 0, 2], [1, 1, 2] }, { [64, 7, 7, 16], [16] }, { [20_000, 3], [3] }, { [3, 20_000], [3, 1] }, { [2, 3, 2, 3, 2], [2, 1, 2, 1, 2] },
    };

    [Theory]
    [MemberData(nameof(UnaryKinds))]
    public void Unary_ops_and_their_gradients(UnaryKind kind)
    {
        UnaryOp op = kind switch
        {
            UnaryKind.Affine => new UnaryOp(kind, 1.7f, -0.3f),
            UnaryKind.Power => new UnaryOp(kind, 1.7f),
            UnaryKind.Clip => new UnaryOp(kind, -0.5f, 0.75f),
            UnaryKind.LeakyRelu => new UnaryOp(kind, 0.2f),
            UnaryKind.Elu => new UnaryOp(kind, 1.3f),
            _ => kind,
        };
        bool positive = kind is UnaryKind.Power or UnaryKind.Log or UnaryKind.Log1p or UnaryKind.Sqrt or UnaryKind.Rsqrt or UnaryKind.Reciprocal;
        foreach (int length in s_lengths)
        {
            SameWithGradients($"{kind} of {length}", Tolerances.Function, i =>
                Tensor.Apply(positive ? i.Uniform(0.05f, 4, length) : i.AwayFromZero(length), op));
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    [InlineData(2f)]
    [InlineData(0.5f)]
    [InlineData(3f)]
    [InlineData(-1f)]
    public void Powers_at_special_exponents(float exponent)
    {
        SameWithGradients($"x^{exponent}", Tolerances.Function, i => i.Uniform(0.1f, 3, 101).Pow(exponent));
        if (exponent >= 0)
            Same($"0^{exponent}", Tolerances.Exact, i => i.Values(0, 0, 0).Pow(exponent));
    }

    [Theory]
    [MemberData(nameof(BinaryOps))]
    public void Binary_ops_and_their_gradients(BinaryOp op)
    {
        foreach (int length in s_lengths)
        {
            Tensor Compute(Inputs i) => Run(op, i.Uniform(0.2f, 3, length), i.Uniform(0.2f, 3, length));
            if (op < BinaryOp.Equal)
                SameWithGradients($"{op} of {length}", Tolerances.Function, Compute);
            else
                Same($"{op} of {length}", Tolerances.Exact, Compute);
        }
    }

    [Theory]
    [MemberData(nameof(BinaryOps))]
    public void Binary_ops_on_ties(BinaryOp op) => Same($"{op} of whole numbers", Tolerances.Function, i => Run(op, i.Whole(257), i.Whole(257)));

    [Fact]
    public void Sums_with_relu()
    {
        foreach (int length in s_lengths)
            SameWithGradients($"relu of sums of {length}", Tolerances.Exact, i => Tensor.AddRelu(i.Integers(length), i.Integers(length)));
        Same("relu of special sums", Tolerances.Exact, i => Tensor.AddRelu(
            i.Values(float.NaN, 1, float.PositiveInfinity, float.NegativeInfinity, float.PositiveInfinity, -0f, 1e-45f, -1e-45f),
            i.Values(1, float.NaN, float.NegativeInfinity, 1, 1, -0f, 0, 0)));
    }

    [Theory]
    [MemberData(nameof(BroadcastShapes))]
    public void Broadcasting_of_all_kinds(int[] a, int[] b)
    {
        foreach (BinaryOp op in new[] { BinaryOp.Add, BinaryOp.Subtract, BinaryOp.Multiply, BinaryOp.Divide, BinaryOp.Maximum, BinaryOp.AddRelu, BinaryOp.Power })
            SameWithGradients($"{op} of [{string.Join(',', a)}] and [{string.Join(',', b)}]", Tolerances.Function, i => Run(op, i.Uniform(0.2f, 3, a), i.Uniform(0.2f, 3, b)));
        Same("a comparison", Tolerances.Exact, i => i.Normal(a) < i.Normal(b));
    }

    [Fact]
    public void Broadcasting_of_random_shapes() => s_broadcasts.Sample(
        c =>
        {
            SameWithGradients($"add {c}", Tolerances.Rounding, i => i.Normal(c.A) + i.Normal(c.B));
            SameWithGradients($"divide {c}", Tolerances.Function, i => i.Uniform(0.2f, 3, c.A) / i.Uniform(0.2f, 3, c.B));
            Same($"compare {c}", Tolerances.Exact, i => i.Whole(c.A) <= i.Whole(c.B));
            SameWithGradients($"where {c}", Tolerances.Exact, i => Tensor.Where(i.Normal(c.A) > 0f, i.Normal(c.B), i.Normal(c.A)));
        },
        iter: 100,
        threads: 1);

    [Fact]
    public void Select_takes_from_either_side() => SameWithGradients("where", Tolerances.Exact, i =>
    {
        Tensor condition = i.Normal(5, 1, 33) > 0f;
        return Tensor.Where(condition, i.Normal(33), i.Normal(5, 4, 1));
    });

    [Fact]
    public void Broadcast_repeats() => SameWithGradients("broadcast", Tolerances.Sum, i => i.Normal(3, 1, 17).BroadcastTo((2, 3, 5, 17)));

    [Fact]
    public void Casts_between_all_types()
    {
        Same("float to int", Tolerances.Exact, i => i.Values(-3.9f, 3.9f, 0, -1e20f, float.NaN).Cast(DType.Int32).Cast(DType.Float32));
        Same("float to byte", Tolerances.Exact, i => i.Values(-3.9f, 3.9f, 255.5f, 1000, float.NaN).Cast(DType.UInt8).Cast(DType.Float32));
        float[] special = [-3.9f, 3.9f, 255.5f, 1000, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 254.99f, -0f, 1e-30f, 0.5f];
        float[] many = [.. Enumerable.Repeat(special, 7).SelectMany(values => values)];
        Same("many floats to bytes", Tolerances.Exact, i => i.Values(many).Cast(DType.UInt8).Cast(DType.Float32));
        Same("many floats to normalised bytes", Tolerances.Rounding, i => i.Values(many).Cast(DType.UNorm8).Cast(DType.Float32));
        Same("normalised bytes", Tolerances.Rounding, i => i.Uniform(-0.2f, 1.2f, 1001).Cast(DType.UNorm8).Cast(DType.Float32));
        // Every tie between two bytes, and the floats on both sides of it.
        float[] ties = [.. Enumerable.Range(0, 256).Select(b => (b + 0.5f) / 255).SelectMany(tie => new[] { MathF.BitDecrement(tie), tie, MathF.BitIncrement(tie) })];
        Same("ties of normalised bytes", Tolerances.Rounding, i => i.Values(ties).Cast(DType.UNorm8).Cast(DType.Float32));
        Same("int to byte", Tolerances.Exact, i => i.Values(-3, 3, 300).Cast(DType.Int32).Cast(DType.UInt8).Cast(DType.Float32));
    }

    [Fact]
    public void Fill_sets_every_element() => Same("fill", Tolerances.Exact, i => Tensor.Full(1001, 2.5f, i.Backend));

    private static Tensor Run(BinaryOp op, Tensor a, Tensor b) => op switch
    {
        BinaryOp.Add => a + b,
        BinaryOp.Subtract => a - b,
        BinaryOp.Multiply => a * b,
        BinaryOp.Divide => a / b,
        BinaryOp.Power => a.Pow(b),
        BinaryOp.Maximum => a.Maximum(b),
        BinaryOp.Minimum => a.Minimum(b),
        BinaryOp.AddRelu => Tensor.AddRelu(a, b),
        BinaryOp.Equal => a.Equal(b),
        BinaryOp.NotEqual => a.NotEqual(b),
        BinaryOp.Less => a < b,
        BinaryOp.LessEqual => a <= b,
        BinaryOp.Greater => a > b,
        _ => a >= b,
    };
}

namespace Numerics.Tensors;

/// <content>Element-wise functions of two arguments, with NumPy's broadcasting.</content>
public sealed partial class Tensor
{
    /// <summary>a + b.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Binary(BinaryOp.Add, a, b, static (_, _, _, dy) => dy, static (_, _, _, dy) => dy);

    /// <summary>a - b.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Binary(BinaryOp.Subtract, a, b, static (_, _, _, dy) => dy, static (_, _, _, dy) => -dy);

    /// <summary>a · b.</summary>
    public static Tensor operator *(Tensor a, Tensor b) =>
        Binary(BinaryOp.Multiply, a, b, static (_, b, _, dy) => dy * b, static (a, _, _, dy) => dy * a);

    /// <summary>a / b.</summary>
    public static Tensor operator /(Tensor a, Tensor b) =>
        Binary(BinaryOp.Divide, a, b, static (_, b, _, dy) => dy / b, static (_, b, y, dy) => -(dy * y / b));

    /// <summary>x + c.</summary>
    public static Tensor operator +(Tensor x, float c) => Apply(x, new UnaryOp(UnaryKind.Affine, 1, c));

    /// <summary>c + x.</summary>
    public static Tensor operator +(float c, Tensor x) => x + c;

    /// <summary>x - c.</summary>
    public static Tensor operator -(Tensor x, float c) => x + -c;

    /// <summary>c - x.</summary>
    public static Tensor operator -(float c, Tensor x) => Apply(x, new UnaryOp(UnaryKind.Affine, -1, c));

    /// <summary>x · c.</summary>
    public static Tensor operator *(Tensor x, float c) => Apply(x, new UnaryOp(UnaryKind.Affine, c, 0));

    /// <summary>c · x.</summary>
    public static Tensor operator *(float c, Tensor x) => x * c;

    /// <summary>x / c.</summary>
    public static Tensor operator /(Tensor x, float c) => x / Full(Shape.Scalar, c, x?.Backend);

    /// <summary>c / x.</summary>
    public static Tensor operator /(float c, Tensor x) => Full(Shape.Scalar, c, x?.Backend) / x!;

    /// <summary>1 where a &lt; b, else 0.</summary>
    public static Tensor operator <(Tensor a, Tensor b) => Compare(BinaryOp.Less, a, b);

    /// <summary>1 where a > b, else 0.</summary>
    public static Tensor operator >(Tensor a, Tensor b) => Compare(BinaryOp.Greater, a, b);

    /// <summary>1 where a ≤ b, else 0.</summary>
    public static Tensor operator <=(Tensor a, Tensor b) => Compare(BinaryOp.LessEqual, a, b);

    /// <summary>1 where a ≥ b, else 0.</summary>
    public static Tensor operator >=(Tensor a, Tensor b) => Compare(BinaryOp.GreaterEqual, a, b);

    /// <summary>1 where x &lt; c, else 0.</summary>
    public static Tensor operator <(Tensor x, float c) => x < Full(Shape.Scalar, c, x?.Backend);

    /// <summary>1 where x > c, else 0.</summary>
    public static Tensor operator >(Tensor x, float c) => x > Full(Shape.Scalar, c, x?.Backend);

    /// <summary>1 where x ≤ c, else 0.</summary>
    public static Tensor operator <=(Tensor x, float c) => x <= Full(Shape.Scalar, c, x?.Backend);

    /// <summary>1 where x ≥ c, else 0.</summary>
    public static Tensor operator >=(Tensor x, float c) => x >= Full(Shape.Scalar, c, x?.Backend);

    /// <summary>1 where both are equal, else 0.</summary>
    public Tensor Equal(Tensor other) => Compare(BinaryOp.Equal, this, other);

    /// <summary>1 where both differ, else 0.</summary>
    public Tensor NotEqual(Tensor other) => Compare(BinaryOp.NotEqual, this, other);

    /// <summary>1 where x = c, else 0.</summary>
    public Tensor Equal(float c) => Equal(Full(Shape.Scalar, c, Backend));

    /// <summary>1 where x ≠ c, else 0.</summary>
    public Tensor NotEqual(float c) => NotEqual(Full(Shape.Scalar, c, Backend));

    /// <summary>The greater of both; where they are equal each takes half of the gradient.</summary>
    public Tensor Maximum(Tensor other) => Binary(BinaryOp.Maximum, this, other, ShareOfExtreme, static (a, b, y, dy) => ShareOfExtreme(b, a, y, dy));

    /// <summary>The smaller of both; where they are equal each takes half of the gradient.</summary>
    public Tensor Minimum(Tensor other) => Binary(BinaryOp.Minimum, this, other, ShareOfExtreme, static (a, b, y, dy) => ShareOfExtreme(b, a, y, dy));

    /// <summary>The greater of x and c.</summary>
    public Tensor Maximum(float c) => Maximum(Full(Shape.Scalar, c, Backend));

    /// <summary>The smaller of x and c.</summary>
    public Tensor Minimum(float c) => Minimum(Full(Shape.Scalar, c, Backend));

    /// <summary>max(a + b, 0) in one pass: a residual block's end. Nothing flows back where the result is 0.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other, broadcast against it.</param>
    public static Tensor AddRelu(Tensor a, Tensor b)
    {
        Tensor y = Compare(BinaryOp.AddRelu, a, b);
        GradientTape.Record(y, [a, b], (dy, needed) =>
        {
            Tensor passed = ReluGradient(y, dy);
            return [needed[0] ? passed.SumTo(a.Shape) : null, needed[1] ? passed.SumTo(b.Shape) : null];
        });
        return y;
    }

    /// <summary>
    /// x^y. The gradient with respect to the exponent, x^y·ln x, is taken as 0 where x is 0 or less, as TensorFlow does.
    /// </summary>
    public Tensor Pow(Tensor exponent) => Binary(
        BinaryOp.Power,
        this,
        exponent,
        static (a, b, _, dy) => dy * b * a.Pow(b - 1f),
        static (a, _, y, dy) =>
        {
            Tensor positive = a > 0f;
            return dy * y * Where(positive, a, Ones(a.Shape, a.Backend)).Log();
        });

    /// <summary>a where the condition is not 0, else b, with broadcasting; no gradient flows to the condition.</summary>
    /// <param name="condition">Float32: a comparison's result.</param>
    /// <param name="a">Taken where the condition holds.</param>
    /// <param name="b">Taken elsewhere.</param>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b)
    {
        _ = SameBackend(condition, a);
        Backend backend = SameBackend(a, b);
        CheckFloat(condition);
        CheckFloat(a);
        CheckFloat(b);
        Shape shape = Shape.Broadcast(condition.Shape, Shape.Broadcast(a.Shape, b.Shape));
        Tensor mask = condition.StopGradient().BroadcastTo(shape), left = a.BroadcastTo(shape), right = b.BroadcastTo(shape);
        Tensor y = Empty(backend, shape);
        backend.Select(mask, left, right, y);
        GradientTape.Record(y, [left, right], [mask], (dy, needed) =>
        {
            Tensor zero = Zeros(shape, backend);
            Tensor? da = needed[0] ? Where(mask, dy, zero) : null, db = needed[1] ? Where(mask, zero, dy) : null;
            return [da, db];
        });
        return y;
    }

    private static Tensor Compare(BinaryOp op, Tensor a, Tensor b)
    {
        Backend backend = SameBackend(a, b);
        CheckFloat(a, op.ToString());
        CheckFloat(b, op.ToString());
        Tensor y = Empty(backend, Shape.Broadcast(a.Shape, b.Shape));
        backend.Binary(op, a, b, y);
        return y;
    }

    private static Tensor Binary(BinaryOp op, Tensor a, Tensor b, BinaryRule ruleA, BinaryRule ruleB)
    {
        Tensor y = Compare(op, a, b);
        GradientTape.Record(y, [a, b], (dy, needed) =>
        {
            Tensor? da = needed[0] ? ruleA(a, b, y, dy).SumTo(a.Shape) : null;
            Tensor? db = needed[1] ? ruleB(a, b, y, dy).SumTo(b.Shape) : null;
            return [da, db];
        });
        return y;
    }

    // The argument that equals the result takes the gradient; on a tie both do, and each gets half.
    private static Tensor ShareOfExtreme(Tensor own, Tensor other, Tensor y, Tensor dy) =>
        dy * own.Equal(y) * (1f - (own.Equal(other) * 0.5f));

    private delegate Tensor BinaryRule(Tensor a, Tensor b, Tensor y, Tensor dy);
}

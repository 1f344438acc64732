namespace Numerics.Tensors;

/// <content>Element-wise functions of one argument.</content>
public sealed partial class Tensor
{
    /// <summary>-x.</summary>
    public static Tensor operator -(Tensor x) => Apply(x, new UnaryOp(UnaryKind.Affine, -1, 0));

    /// <summary>-x.</summary>
    public Tensor Negate() => -this;

    /// <summary>|x|; gradient sign(x), 0 at 0.</summary>
    public Tensor Abs() => Apply(this, UnaryKind.Abs);

    /// <summary>-1, 0 or 1; gradient zero.</summary>
    public Tensor Sign() => Apply(this, UnaryKind.Sign);

    /// <summary>e^x.</summary>
    public Tensor Exp() => Apply(this, UnaryKind.Exp);

    /// <summary>e^x - 1, exact near 0.</summary>
    public Tensor Expm1() => Apply(this, UnaryKind.Expm1);

    /// <summary>The natural logarithm.</summary>
    public Tensor Log() => Apply(this, UnaryKind.Log);

    /// <summary>ln(1 + x), exact near 0.</summary>
    public Tensor Log1p() => Apply(this, UnaryKind.Log1p);

    /// <summary>The square root.</summary>
    public Tensor Sqrt() => Apply(this, UnaryKind.Sqrt);

    /// <summary>1/√x.</summary>
    public Tensor Rsqrt() => Apply(this, UnaryKind.Rsqrt);

    /// <summary>x².</summary>
    public Tensor Square() => Apply(this, UnaryKind.Square);

    /// <summary>1/x.</summary>
    public Tensor Reciprocal() => Apply(this, UnaryKind.Reciprocal);

    /// <summary>max(x, 0).</summary>
    public Tensor Relu() => Apply(this, UnaryKind.Relu);

    /// <summary>x for x ≥ 0, else slope·x.</summary>
    /// <param name="negativeSlope">The slope below 0; Keras' default.</param>
    public Tensor LeakyRelu(float negativeSlope = 0.2f) => Apply(this, new UnaryOp(UnaryKind.LeakyRelu, negativeSlope));

    /// <summary>x for x > 0, else alpha·(e^x - 1).</summary>
    /// <param name="alpha">The value that -∞ approaches, negated.</param>
    public Tensor Elu(float alpha = 1) => Apply(this, new UnaryOp(UnaryKind.Elu, alpha));

    /// <summary>x·Φ(x), the exact form with erf.</summary>
    public Tensor Gelu() => Apply(this, UnaryKind.Gelu);

    /// <summary>1/(1 + e^-x).</summary>
    public Tensor Sigmoid() => Apply(this, UnaryKind.Sigmoid).From(this, isSoftmax: false);

    /// <summary>x·sigmoid(x).</summary>
    public Tensor Silu() => Apply(this, UnaryKind.Silu);

    /// <summary>ln(1 + e^x), finite for every x.</summary>
    public Tensor Softplus() => Apply(this, UnaryKind.Softplus);

    /// <summary>The hyperbolic tangent.</summary>
    public Tensor Tanh() => Apply(this, UnaryKind.Tanh);

    /// <summary>x^exponent; NaN for negative x unless the exponent is a whole number.</summary>
    public Tensor Pow(float exponent) => Apply(this, new UnaryOp(UnaryKind.Power, exponent));

    /// <summary>x limited to [minimum, maximum]; the gradient is zero outside.</summary>
    /// <exception cref="ArgumentException">The minimum exceeds the maximum.</exception>
    public Tensor Clip(float minimum, float maximum) => minimum <= maximum
        ? Apply(this, new UnaryOp(UnaryKind.Clip, minimum, maximum))
        : throw new ArgumentException($"Clip: the minimum {minimum} exceeds the maximum {maximum}");

    /// <summary>Applies an element-wise function.</summary>
    /// <param name="x">Float32 of any shape.</param>
    /// <param name="op">The function and its constants.</param>
    public static Tensor Apply(Tensor x, UnaryOp op)
    {
        CheckFloat(x, op.Kind.ToString());
        Tensor y = Empty(x.Backend, x.Shape);
        x.Backend.Unary(op, x, y);
        GradientTape.Record(y, [x], (dy, _) =>
        {
            Tensor dx = Empty(x.Backend, x.Shape);
            x.Backend.UnaryGradient(op, x, y, dy, dx);
            return [dx];
        });
        return y;
    }
}

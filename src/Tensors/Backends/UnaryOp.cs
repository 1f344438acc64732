namespace Numerics.Tensors;

/// <summary>The element-wise functions of one argument.</summary>
public enum UnaryKind
{
    /// <summary>a·x + b.</summary>
    Affine,

    /// <summary>x^a; NaN for negative x unless a is a whole number.</summary>
    Power,

    /// <summary>x limited to [a, b]; the gradient is zero outside.</summary>
    Clip,

    /// <summary>|x|; gradient sign(x).</summary>
    Abs,

    /// <summary>-1, 0 or 1; gradient zero.</summary>
    Sign,

    /// <summary>e^x.</summary>
    Exp,

    /// <summary>e^x - 1, exact near 0.</summary>
    Expm1,

    /// <summary>The natural logarithm.</summary>
    Log,

    /// <summary>ln(1 + x), exact near 0.</summary>
    Log1p,

    /// <summary>The square root.</summary>
    Sqrt,

    /// <summary>1/√x.</summary>
    Rsqrt,

    /// <summary>x².</summary>
    Square,

    /// <summary>1/x.</summary>
    Reciprocal,

    /// <summary>max(x, 0); gradient 0 at 0.</summary>
    Relu,

    /// <summary>x for x ≥ 0, else a·x.</summary>
    LeakyRelu,

    /// <summary>x for x > 0, else a·(e^x - 1) (Clevert et al. 2016).</summary>
    Elu,

    /// <summary>x·Φ(x) with the exact normal distribution function, ½(1 + erf(x/√2)) (Hendrycks and Gimpel 2016).</summary>
    Gelu,

    /// <summary>1/(1 + e^-x).</summary>
    Sigmoid,

    /// <summary>x·sigmoid(x) (Ramachandran et al. 2017).</summary>
    Silu,

    /// <summary>ln(1 + e^x), finite for every x.</summary>
    Softplus,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,
}

/// <summary>An element-wise function with its constants.</summary>
/// <param name="Kind">Which function.</param>
/// <param name="A">Its first constant, see <see cref="UnaryKind"/>.</param>
/// <param name="B">Its second constant.</param>
public readonly record struct UnaryOp(UnaryKind Kind, float A = 0, float B = 0)
{
    /// <summary>A function without constants, by its kind.</summary>
    public static implicit operator UnaryOp(UnaryKind kind) => new(kind);
}

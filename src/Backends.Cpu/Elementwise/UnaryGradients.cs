using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>a·dy.</summary>
internal readonly struct ScaleGradient(float a) : IUnaryGradient
{
    public static bool ReadsX => false;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy * a;
}

/// <summary>a·x^(a-1)·dy.</summary>
internal readonly struct PowerGradient(float a, PowerFunction lower) : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy * (lower.Invoke(x) * a);
}

/// <summary>dy inside [a, b], both ends included.</summary>
internal readonly struct ClipGradient(float a, float b) : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) =>
        dy & Vector256.GreaterThanOrEqual(x, Vector256.Create(a)) & Vector256.LessThanOrEqual(x, Vector256.Create(b));
}

/// <summary>sign(x)·dy.</summary>
internal readonly struct AbsGradient : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) =>
        dy * default(SignFunction).Invoke(x);
}

/// <summary>y·dy.</summary>
internal readonly struct ExpGradient : IUnaryGradient
{
    public static bool ReadsX => false;

    public static bool ReadsY => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy * y;
}

/// <summary>e^x·dy: from y + 1 the digits of a small e^x would be gone.</summary>
internal readonly struct Expm1Gradient : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy * VectorMath.Exp(x);
}

/// <summary>dy/x.</summary>
internal readonly struct LogGradient : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy / x;
}

/// <summary>dy/(1 + x).</summary>
internal readonly struct Log1pGradient : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) =>
        dy / (Vector256<float>.One + x);
}

/// <summary>dy/(2y).</summary>
internal readonly struct SqrtGradient : IUnaryGradient
{
    public static bool ReadsX => false;

    public static bool ReadsY => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy * 0.5f / y;
}

/// <summary>-y/(2x)·dy.</summary>
internal readonly struct RsqrtGradient : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy * (y * -0.5f / x);
}

/// <summary>2x·dy.</summary>
internal readonly struct SquareGradient : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy * (x + x);
}

/// <summary>-y²·dy.</summary>
internal readonly struct ReciprocalGradient : IUnaryGradient
{
    public static bool ReadsX => false;

    public static bool ReadsY => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy * -(y * y);
}

/// <summary>dy where y is positive.</summary>
internal readonly struct ReluGradient : IUnaryGradient
{
    public static bool ReadsX => false;

    public static bool ReadsY => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) =>
        dy & Vector256.GreaterThan(y, Vector256<float>.Zero);
}

/// <summary>dy for x ≥ 0, else a·dy.</summary>
internal readonly struct LeakyReluGradient(float a) : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) =>
        Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), dy * a, dy);
}

/// <summary>dy for x > 0, else a·e^x·dy.</summary>
internal readonly struct EluGradient(float a) : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<float>.Zero), dy, dy * (VectorMath.Exp(x) * a));
}

/// <summary>(Φ(x) + x·φ(x))·dy.</summary>
internal readonly struct GeluGradient : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy)
    {
        (Vector256<float> cdf, Vector256<float> bell) = VectorMath.Normal(x);
        return dy * Vector256.MultiplyAddEstimate(x, bell * 0.3989422804f, cdf);
    }
}

/// <summary>y·(1 - y)·dy.</summary>
internal readonly struct SigmoidGradient : IUnaryGradient
{
    public static bool ReadsX => false;

    public static bool ReadsY => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) =>
        dy * (y * (Vector256<float>.One - y));
}

/// <summary>s·(1 + x·(1 - s))·dy with s = sigmoid(x).</summary>
internal readonly struct SiluGradient : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy)
    {
        Vector256<float> s = VectorMath.Sigmoid(x), rest = VectorMath.Sigmoid(-x);
        return dy * (s * Vector256.MultiplyAddEstimate(x, rest, Vector256<float>.One));
    }
}

/// <summary>sigmoid(x)·dy.</summary>
internal readonly struct SoftplusGradient : IUnaryGradient
{
    public static bool ReadsX => true;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => dy * VectorMath.Sigmoid(x);
}

/// <summary>(1 - y²)·dy.</summary>
internal readonly struct TanhGradient : IUnaryGradient
{
    public static bool ReadsX => false;

    public static bool ReadsY => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) =>
        dy * ((Vector256<float>.One - y) * (Vector256<float>.One + y));
}

/// <summary>0.</summary>
internal readonly struct ZeroGradient : IUnaryGradient
{
    public static bool ReadsX => false;

    public static bool ReadsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy) => Vector256<float>.Zero;
}

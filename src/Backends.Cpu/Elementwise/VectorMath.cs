using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The transcendental functions in single precision, eight at a time, within about 2 units in the last place over the whole
/// range, subnormal results, infinities and NaN included. None of them depends on the single rounding of a fused
/// multiply-add: machines without one would have to emulate it, at twenty times the cost.
/// </summary>
internal static class VectorMath
{
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        (Vector256<float> tail, Vector256<float> exponent) = ReduceExp(x);
        return Scale(Vector256<float>.One + tail, exponent);
    }

    /// <summary>
    /// e^x of four vectors, every step of all four before the next one: the steps of a single vector wait for each other, and
    /// processors do not look far enough ahead to find those of the next.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> A, Vector256<float> B, Vector256<float> C, Vector256<float> D) Exp(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        // The steps of ReduceExp and Exp.
        Vector256<float> low = Vector256.Create(-104f), high = Vector256.Create(89f), k = Vector256.Create(1.44269504f);
        (a, b, c, d) = (Clamp(a, low, high), Clamp(b, low, high), Clamp(c, low, high), Clamp(d, low, high));
        Vector256<float> na = a * k, nb = b * k, nc = c * k, nd = d * k;
        (na, nb, nc, nd) = (Vector256.Round(na), Vector256.Round(nb), Vector256.Round(nc), Vector256.Round(nd));
        k = Vector256.Create(-Ln2High);
        (a, b, c, d) = (Fma(na, k, a), Fma(nb, k, b), Fma(nc, k, c), Fma(nd, k, d));
        k = Vector256.Create(-Ln2Low);
        (a, b, c, d) = (Fma(na, k, a), Fma(nb, k, b), Fma(nc, k, c), Fma(nd, k, d));
        k = Vector256.Create(1.9875691500e-4f);
        Vector256<float> pa = k, pb = k, pc = k, pd = k;
        k = Vector256.Create(1.3981999507e-3f);
        (pa, pb, pc, pd) = (Fma(pa, a, k), Fma(pb, b, k), Fma(pc, c, k), Fma(pd, d, k));
        k = Vector256.Create(8.3334519073e-3f);
        (pa, pb, pc, pd) = (Fma(pa, a, k), Fma(pb, b, k), Fma(pc, c, k), Fma(pd, d, k));
        k = Vector256.Create(4.1665795894e-2f);
        (pa, pb, pc, pd) = (Fma(pa, a, k), Fma(pb, b, k), Fma(pc, c, k), Fma(pd, d, k));
        k = Vector256.Create(1.6666665459e-1f);
        (pa, pb, pc, pd) = (Fma(pa, a, k), Fma(pb, b, k), Fma(pc, c, k), Fma(pd, d, k));
        k = Vector256.Create(5.0000001201e-1f);
        (pa, pb, pc, pd) = (Fma(pa, a, k), Fma(pb, b, k), Fma(pc, c, k), Fma(pd, d, k));
        (pa, pb, pc, pd) = (Fma(pa, a * a, a), Fma(pb, b * b, b), Fma(pc, c * c, c), Fma(pd, d * d, d));
        Vector256<float> one = Vector256<float>.One;
        (pa, pb, pc, pd) = (one + pa, one + pb, one + pc, one + pd);
        return (Scale(pa, na), Scale(pb, nb), Scale(pc, nc), Scale(pd, nd));
    }

    /// <summary>e^x - 1, exact near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Expm1(Vector256<float> x)
    {
        (Vector256<float> tail, Vector256<float> exponent) = ReduceExp(x);
        Vector256<int> n = Vector256.ConvertToInt32Native(exponent);

        // 2^n·(1 + tail) - 1 as 2·(2^(n-1)·tail + (2^(n-1) - ½)): the bracket is exact, and n = 128 does not overflow.
        Vector256<float> scale = PowerOfTwo(Vector256.Max(n - Vector256<int>.One, Vector256.Create(-126)));
        Vector256<float> half = Vector256.MultiplyAddEstimate(scale, tail, scale - Vector256.Create(0.5f));
        Vector256<float> y = Vector256.ConditionalSelect(Vector256.Equals(n, Vector256<int>.Zero).AsSingle(), tail, half + half);
        return Vector256.ConditionalSelect(Vector256.Equals(x, Vector256<float>.Zero), x, y);
    }

    /// <summary>The natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log(Vector256<float> x)
    {
        (Vector256<float> m, Vector256<float> exponent) = Split(x);

        // ln(1 + f) = f - f²/2 + f³·P(f); P is the minimax polynomial of S. L. Moshier's Cephes library (logf).
        Vector256<float> f = m - Vector256<float>.One, square = f * f;
        Vector256<float> p = Vector256.Create(7.0376836292e-2f);
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(-1.1514610310e-1f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(1.1676998740e-1f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(-1.2420140846e-1f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(1.4249322787e-1f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(-1.6668057665e-1f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(2.0000714765e-1f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(-2.4999993993e-1f));
        p = Vector256.MultiplyAddEstimate(p, f, Vector256.Create(3.3333331174e-1f));
        Vector256<float> y = p * f * square;
        y = Vector256.MultiplyAddEstimate(exponent, Vector256.Create(Ln2Low), y);
        y = Vector256.MultiplyAddEstimate(square, Vector256.Create(-0.5f), y);
        y = Vector256.MultiplyAddEstimate(exponent, Vector256.Create(Ln2High), f + y);

        // 0 gives -∞, a negative number NaN, ∞ and NaN themselves.
        Vector256<float> infinity = Vector256.Create(float.PositiveInfinity);
        y = Vector256.ConditionalSelect(Vector256.LessThan(x, infinity), y, x);
        y = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), Vector256.Create(float.NaN), y);
        return Vector256.ConditionalSelect(Vector256.Equals(x, Vector256<float>.Zero), -infinity, y);
    }

    /// <summary>ln(1 + x), exact near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log1p(Vector256<float> x)
    {
        // ln u + c/u, where u is 1 + x rounded and c what the rounding lost.
        Vector256<float> u = Vector256<float>.One + x;
        Vector256<float> lost = Vector256.ConditionalSelect(
            Vector256.GreaterThan(x, Vector256<float>.One), Vector256<float>.One - (u - x), x - (u - Vector256<float>.One));
        Vector256<float> regular = Vector256.GreaterThan(u, Vector256<float>.Zero) & Vector256.LessThan(u, Vector256.Create(float.PositiveInfinity));
        Vector256<float> y = Log(u) + (lost / u & regular);
        return Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(x), Vector256.Create(1e-8f)), x, y);
    }

    /// <summary>1/(1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x)
    {
        // With e = e^-|x| nothing overflows: 1/(1 + e) for positive x, e/(1 + e) for negative.
        Vector256<float> e = Exp(-Vector256.Abs(x));
        Vector256<float> numerator = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), e, Vector256<float>.One);
        return numerator / (Vector256<float>.One + e);
    }

    /// <summary>The hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x)
    {
        Vector256<float> t = Expm1(Vector256.Abs(x) * -2f), sign = x & Vector256.Create(-0f);
        return (-t / (t + Vector256.Create(2f))) ^ sign;
    }

    /// <summary>ln(1 + e^x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Softplus(Vector256<float> x) =>
        Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<float>.Zero), x, Vector256<float>.Zero) + Log1p(Exp(-Vector256.Abs(x)));

    /// <summary>
    /// The normal distribution function Φ(x) and e^(-x²/2). The lower tail keeps its relative accuracy:
    /// Φ(-a) = e^(-a²/2)·R(a), where R(a)·(1 + a) is a polynomial in (a - 3)/(a + 3), fitted over 0..15 to 3.3e-8 relative.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Cdf, Vector256<float> Bell) Normal(Vector256<float> x)
    {
        Vector256<float> a = Vector256.Abs(x), capped = Vector256.Min(a, Vector256.Create(15f));

        // The square's rounding error is fed back: at a = 13 it would cost the bell 40 units in the last place. Products of
        // halves of 12 bits are exact, fused or not.
        Vector256<float> high = (capped.AsInt32() & Vector256.Create(~0xFFF)).AsSingle(), low = capped - high, square = capped * capped;
        Vector256<float> rest = (high * high) - square + (high * (low + low)) + (low * low);
        Vector256<float> bell = Exp(square * -0.5f);
        bell = Vector256.MultiplyAddEstimate(bell, rest * -0.5f, bell);
        Vector256<float> three = Vector256.Create(3f), u = (capped - three) / (capped + three);
        Vector256<float> p = Vector256.Create(-5.94583126e-05f);
        p = Vector256.MultiplyAddEstimate(p, u, Vector256.Create(-0.000438184717f));
        p = Vector256.MultiplyAddEstimate(p, u, Vector256.Create(-0.000261971663f));
        p = Vector256.MultiplyAddEstimate(p, u, Vector256.Create(0.00298881346f));
        p = Vector256.MultiplyAddEstimate(p, u, Vector256.Create(0.00112560739f));
        p = Vector256.MultiplyAddEstimate(p, u, Vector256.Create(-0.0227281423f));
        p = Vector256.MultiplyAddEstimate(p, u, Vector256.Create(0.0451688924f));
        p = Vector256.MultiplyAddEstimate(p, u, Vector256.Create(-0.0164321796f));
        p = Vector256.MultiplyAddEstimate(p, u, Vector256.Create(-0.0965269533f));
        p = Vector256.MultiplyAddEstimate(p, u, Vector256.Create(0.486055794f));
        Vector256<float> tail = bell * (p / (Vector256<float>.One + capped));
        return (Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), tail, Vector256<float>.One - tail), bell);
    }

    /// <summary>a^b in double precision, each element the float next to the exact value; special values as Math.Pow has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Pow(Vector256<float> a, Vector256<float> b)
    {
        Vector256<float> infinity = Vector256.Create(float.PositiveInfinity);
        Vector256<float> regular = Vector256.GreaterThan(a, Vector256<float>.Zero) & Vector256.LessThan(a, infinity)
            & Vector256.LessThan(Vector256.Abs(b), infinity);
        if (Vector256.EqualsAll(regular.AsInt32(), Vector256<int>.AllBitsSet))
        {
            (Vector256<float> m, Vector256<float> e) = Split(a);
            (Vector256<double> lowM, Vector256<double> highM) = Vector256.Widen(m);
            (Vector256<double> lowE, Vector256<double> highE) = Vector256.Widen(e);
            (Vector256<double> lowB, Vector256<double> highB) = Vector256.Widen(b);
            return Vector256.Narrow(Pow(lowM, lowE, lowB), Pow(highM, highE, highB));
        }

        return PowEach(a, b);
    }

    /// <summary>e^x = 2^n·(1 + tail).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Tail, Vector256<float> N) ReduceExp(Vector256<float> x)
    {
        // Beyond these ends the result is 0 or ∞ anyway. A NaN stays one.
        Vector256<float> z = Clamp(x, Vector256.Create(-104f), Vector256.Create(89f));
        Vector256<float> n = Vector256.Round(z * 1.44269504f);
        Vector256<float> r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-Ln2High), z);
        r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-Ln2Low), r);

        // e^r - 1 = r + r²·P(r) for |r| ≤ ½ ln 2; P is the minimax polynomial of S. L. Moshier's Cephes library (expf).
        Vector256<float> p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(5.0000001201e-1f));
        return (Vector256.MultiplyAddEstimate(p, r * r, r), n);
    }

    /// <summary>(2^e·m)^b in double precision for m in [√½, √2), to 2e-11; what leaves the range of single precision, as far beyond its ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Pow(Vector256<double> m, Vector256<double> e, Vector256<double> b)
    {
        // log2 m = 2/ln 2·artanh s, s = (m - 1)/(m + 1); |s| < 0.172, and Taylor's polynomial is good to 4e-14.
        Vector256<double> s = (m - Vector256<double>.One) / (m + Vector256<double>.One), square = s * s;
        Vector256<double> p = Vector256.Create(0.19235933878519512);
        p = Vector256.MultiplyAddEstimate(p, square, Vector256.Create(0.2219530832136867));
        p = Vector256.MultiplyAddEstimate(p, square, Vector256.Create(0.2623081892525388));
        p = Vector256.MultiplyAddEstimate(p, square, Vector256.Create(0.3205988979753252));
        p = Vector256.MultiplyAddEstimate(p, square, Vector256.Create(0.41219858311113244));
        p = Vector256.MultiplyAddEstimate(p, square, Vector256.Create(0.5770780163555853));
        p = Vector256.MultiplyAddEstimate(p, square, Vector256.Create(0.9617966939259757));
        p = Vector256.MultiplyAddEstimate(p, square, Vector256.Create(2.8853900817779268));
        Vector256<double> t = b * Vector256.MultiplyAddEstimate(s, p, e);
        t = Vector256.Min(Vector256.Max(t, Vector256.Create(-160.0)), Vector256.Create(160.0));

        // 2^t = 2^n·2^r. In a sum with 1.5·2^52 + 1023 the lowest bits are those of n's power of two.
        Vector256<double> large = Vector256.Create(6755399441055744.0 + 1023), sum = t + large, r = t - (sum - large);
        Vector256<double> y = Vector256.Create(1.0178086009239696e-07);
        y = Vector256.MultiplyAddEstimate(y, r, Vector256.Create(1.3215486790144305e-06));
        y = Vector256.MultiplyAddEstimate(y, r, Vector256.Create(1.5252733804059838e-05));
        y = Vector256.MultiplyAddEstimate(y, r, Vector256.Create(0.00015403530393381606));
        y = Vector256.MultiplyAddEstimate(y, r, Vector256.Create(0.0013333558146428441));
        y = Vector256.MultiplyAddEstimate(y, r, Vector256.Create(0.009618129107628477));
        y = Vector256.MultiplyAddEstimate(y, r, Vector256.Create(0.055504108664821576));
        y = Vector256.MultiplyAddEstimate(y, r, Vector256.Create(0.2402265069591007));
        y = Vector256.MultiplyAddEstimate(y, r, Vector256.Create(0.6931471805599453));
        y = Vector256.MultiplyAddEstimate(y, r, Vector256<double>.One);
        return y * (sum.AsInt64() << 52).AsDouble();
    }

    /// <summary>x = 2^e·m with m in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> M, Vector256<float> E) Split(Vector256<float> x)
    {
        // Subnormal numbers are brought into the normal range first.
        Vector256<float> tiny = Vector256.LessThan(x, Vector256.Create(1.17549435e-38f));
        Vector256<float> scaled = Vector256.ConditionalSelect(tiny, x * 8388608f, x);

        // The subtraction moves the exponent's step from 1 to √½.
        Vector256<int> offset = scaled.AsInt32() - Vector256.Create(0x3F3504F3);
        Vector256<int> e = (offset >> 23) + (tiny.AsInt32() & Vector256.Create(-23));
        return (((offset & Vector256.Create(0x007FFFFF)) + Vector256.Create(0x3F3504F3)).AsSingle(), Vector256.ConvertToSingle(e));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Clamp(Vector256<float> x, Vector256<float> low, Vector256<float> high)
    {
        // The instructions return their second operand when one is NaN.
        if (Avx.IsSupported)
            return Avx.Min(high, Avx.Max(low, x));
        Vector256<float> z = Vector256.ConditionalSelect(Vector256.LessThan(x, low), low, x);
        return Vector256.ConditionalSelect(Vector256.GreaterThan(z, high), high, z);
    }

    /// <summary>x·2^exponent for an integer from -150 to 129.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scale(Vector256<float> x, Vector256<float> exponent)
    {
        if (Avx512F.VL.IsSupported)
            return Avx512F.VL.Scale(x, exponent);

        // Two factors, because 2^n itself may leave the range of normal numbers where e^x does not.
        Vector256<int> n = Vector256.ConvertToInt32Native(exponent), half = n >> 1;
        return x * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Fma(Vector256<float> x, Vector256<float> y, Vector256<float> z) => Vector256.MultiplyAddEstimate(x, y, z);

    /// <summary>2^n for n in -126..127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<int> n) => ((n + Vector256.Create(127)) << 23).AsSingle();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> PowEach(Vector256<float> a, Vector256<float> b)
    {
        Vector256<float> y = default;
        for (int i = 0; i < Vector256<float>.Count; i++)
            y = y.WithElement(i, (float)Math.Pow(a.GetElement(i), b.GetElement(i)));
        return y;
    }
}

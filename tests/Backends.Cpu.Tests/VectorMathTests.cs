using System.Runtime.Intrinsics;
using CsCheck;

namespace Numerics.Backends.Cpu.Tests;

/// <summary>Each function against double precision over random bit patterns, and its special values.</summary>
public sealed class VectorMathTests
{
    private static readonly Gen<float> s_anyFloat = Gen.Int.Select(BitConverter.Int32BitsToSingle);

    [Fact]
    public void Exp_is_within_two_ulp() => Check(VectorMath.Exp, Math.Exp, 2);

    [Fact]
    public void Exp_of_four_vectors_has_the_bits_of_each() => Gen.OneOf(s_anyFloat, Gen.Float[-110, 95]).Array[32].Sample(x =>
    {
        Vector256<float>[] each = [.. Enumerable.Range(0, 4).Select(i => Vector256.Create(x, 8 * i))];
        var (a, b, c, d) = VectorMath.Exp(each[0], each[1], each[2], each[3]);
        Assert.Equal(each.Select(vector => VectorMath.Exp(vector).AsInt32()), [a.AsInt32(), b.AsInt32(), c.AsInt32(), d.AsInt32()]);
    });

    [Fact]
    public void Expm1_is_within_two_ulp() => Check(VectorMath.Expm1, Expm1, 2);

    [Fact]
    public void Log_is_within_two_ulp() => Check(VectorMath.Log, Math.Log, 2);

    [Fact]
    public void Log1p_is_within_two_ulp() => Check(VectorMath.Log1p, Log1p, 2);

    [Fact]
    public void Sigmoid_is_within_three_ulp() => Check(VectorMath.Sigmoid, x => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x)), 3);

    [Fact]
    public void Tanh_is_within_three_ulp() => Check(VectorMath.Tanh, Math.Tanh, 3);

    [Fact]
    public void Softplus_is_within_three_ulp() => Check(VectorMath.Softplus, x => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x))), 3);

    [Theory]
    [InlineData(0f, 0f, 1f)]
    [InlineData(0f, 0.7f, 0f)]
    [InlineData(0f, -1.5f, float.PositiveInfinity)]
    [InlineData(-2f, 3f, -8f)]
    [InlineData(-2f, 0.5f, float.NaN)]
    [InlineData(1f, float.NaN, 1f)]
    [InlineData(float.NaN, 0f, 1f)]
    [InlineData(float.PositiveInfinity, -1f, 0f)]
    [InlineData(2f, float.NegativeInfinity, 0f)]
    [InlineData(1e30f, 2f, float.PositiveInfinity)]
    [InlineData(1e-30f, 2f, 0f)]
    public void Pow_has_the_special_values_of_the_standard(float a, float b, float expected) =>
        Assert.Equal(expected, VectorMath.Pow(Vector256.Create(a), Vector256.Create(b))[3]);

    [Fact]
    public void Pow_is_the_nearest_float() => Gen.Select(Gen.Float[1e-20f, 1e20f], Gen.Float[-3, 3]).Sample((a, b) =>
        Assert.InRange(Ulps(VectorMath.Pow(Vector256.Create(a), Vector256.Create(b))[5], Math.Pow(a, b)), 0, 0.51));

    private static void Check(Func<Vector256<float>, Vector256<float>> function, Func<double, double> exact, double ulps)
    {
        Gen<float> gen = Gen.OneOf(s_anyFloat, Gen.Float[-100, 100], Gen.Float[-2, 2], Gen.OneOfConst(
            0f, -0f, 1f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, float.MaxValue, 88.73f, -103.9f));
        gen.Array[8].Sample(
            x =>
            {
                Vector256<float> y = function(Vector256.Create(x));
                for (int i = 0; i < 8; i++)
                    Assert.True(Ulps(y[i], exact(x[i])) <= ulps, $"f({x[i]:G9}) = {y[i]:G9}, expected {exact(x[i]):G9}");
            },
            iter: 20_000);
    }

    private static double Ulps(float value, double exact)
    {
        float nearest = (float)exact;
        if (value.Equals(nearest))
            return 0;
        if (!float.IsFinite(value) || !float.IsFinite(nearest))
            return Math.Abs(exact) > float.MaxValue * 0.999999 && Math.Abs(value) > float.MaxValue * 0.999999 ? 1 : double.PositiveInfinity;
        float magnitude = Math.Max(Math.Abs(nearest), 1.17549435e-38f);
        return Math.Abs(value - exact) / ((double)MathF.BitIncrement(magnitude) - magnitude);
    }

    private static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsInfinity(u) || u <= 0 ? Math.Log(u) : Math.Log(u) * (x / (u - 1));
    }

    private static double Expm1(double x)
    {
        double u = Math.Exp(x);
        return u == 1 ? x : Math.Abs(x) > 1 ? u - 1 : (u - 1) * (x / Math.Log(u));
    }
}

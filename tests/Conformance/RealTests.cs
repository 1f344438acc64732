using Numerics.Tensors;
using Numerics.Tests.Reference;

namespace Numerics.Tests.Conformance;

/// <summary>The bounds that the oracle's numbers carry, and that the comparison holds a backend to them.</summary>
public sealed class RealTests
{
    [Fact]
    public void What_is_exact_loses_nothing()
    {
        Real x = 3.0;
        Assert.Equal(0, x.Error);
        Assert.Equal(0, (-x).Error);
        Assert.Equal(0, x.Pick(Math.Abs).Error);
    }

    [Fact]
    public void An_operation_loses_the_size_of_its_result()
    {
        Real a = 3.0, b = -5.0;
        Assert.Equal(2, (a + b).Error);
        Assert.Equal(8, (a - b).Error);
        Assert.Equal(15, (a * b).Error);
        Assert.Equal(0.6, (a / b).Error, 1e-12);
        Assert.Equal(Math.Exp(3), a.Apply(Math.Exp).Error, 1e-12);
    }

    [Fact]
    public void Terms_that_cancel_leave_their_own_error()
    {
        Real a = (Real)1000.0 * 1.0, b = (Real)1000.0 * 1.0;
        Assert.Equal(0, (a - b).Value);
        Assert.Equal(2000, (a - b).Error, 1e-9);
        Assert.Equal(4000, Real.Sum([a, -b]).Error, 1e-9);
    }

    [Fact]
    public void A_function_hands_on_its_operands_error_by_its_slope()
    {
        Real x = new(2, 10);
        Assert.Equal((10 * Math.Exp(2)) + Math.Exp(2), x.Apply(Math.Exp).Error, 1e-3);
        Assert.Equal(0, x.Pick(v => v > 1 ? 1 : 0).Error);
        Assert.Equal(10, x.Pick(v => -v).Error, 1e-6);
    }

    // A sum of 10 may be computed 16 units of 10 · 2⁻²⁴ away from where it is, and ReLU hands on what of that is above 0.
    [Theory]
    [InlineData(-3e-6, 2e-6f, true)]
    [InlineData(-3e-6, 9e-6f, false)]
    [InlineData(-9e-6, 5e-7f, true)]
    [InlineData(-4e-5, 1e-7f, false)]
    [InlineData(3e-6, 0f, true)]
    [InlineData(1.1e-5, 0f, false)]
    public void A_sum_near_a_kink_may_be_computed_on_its_other_side(double sum, float computed, bool close)
    {
        Real rectified = new Real(sum, 10).Pick(v => Math.Max(v, 0));
        Assert.Equal(close, Record.Exception(() => Comparison.Close([rectified], [computed], Tolerances.Convolution, "this")) is null);
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(-9e-6)]
    public void A_sum_near_a_jump_may_be_computed_on_its_other_side(double sum)
    {
        Real sign = new Real(sum, 10).Pick(v => Math.Sign(v));
        Comparison.Close([sign], [-Math.Sign(sum)], Tolerances.Convolution, "this");
        Comparison.Close([new Real(1e-2, 10).Pick(v => Math.Sign(v))], [1], Tolerances.Exact, "this");
    }

    // Backends may pick different places where two are as good as equal, and each has the error of the one it picked.
    [Fact]
    public void The_greatest_of_several_has_the_error_of_any()
    {
        using var reference = new ReferenceBackend();
        using var scope = new TensorScope();
        Tensor large = Tensor.From((1, 1, 1, 1), [1000f], reference), x = Tensor.Concat([(large + 1f) - large, Tensor.From((1, 1, 1, 1), [1.000001f], reference)], 2);
        Real greatest = ReferenceBackend.Read(x.MaxPool2D((1, 2)))[0];
        Assert.Equal(1.000001f, (float)greatest.Value);
        Assert.InRange(greatest.Error, 1000, 3000);
    }

    [Fact]
    public void Products_near_zero_have_the_absolute_precision_of_the_smallest_normal_number() =>
        Assert.Equal(Real.SmallestNormal, ((Real)1e-30 * 1e-30).Error);

    [Theory]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(double.NaN, 1)]
    public void What_is_not_finite_has_no_error(double a, double b)
    {
        Assert.Equal(0, ((Real)a * b).Error);
        Assert.Equal(0, ((Real)a + b).Error);
        Assert.Equal(0, Real.Sum([a, b]).Error);
    }

    [Theory]
    [InlineData(1, 1.0000001f, 0, false)]
    [InlineData(1, 1, 0, true)]
    [InlineData(1, 1.0000001f, 1.2e-7, true)]
    [InlineData(1, 1.0000002f, 1.2e-7, false)]
    [InlineData(1, float.NaN, 1, false)]
    [InlineData(double.NaN, 1, 1, false)]
    [InlineData(double.NaN, float.NaN, 0, true)]
    [InlineData(double.PositiveInfinity, float.MaxValue, 1, false)]
    [InlineData(1e300, float.PositiveInfinity, 0, true)]
    [InlineData(0, float.Epsilon, 1.2e-7, true)]
    [InlineData(0, 1e-44f, 1.2e-7, false)]
    public void The_comparison_takes_what_is_within_the_bound(double expected, float actual, double tolerance, bool close)
    {
        void Compare() => Comparison.Close([Real.Rounded(expected)], [actual], tolerance, "this");
        if (close)
            Compare();
        else
            _ = Assert.ThrowsAny<Exception>(Compare);
    }
}

// Transcendental functions. Those in single precision are the CPU backend's: within about 2 units in the last place over the
// whole range. Those in double precision serve powers, focal terms and normal draws, whose results are rounded to single.
#pragma once
#include "device.cuh"

#define INFINITY_F __builtin_inff()
#define NAN_F __builtin_nanf("")

DEVICE float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
DEVICE double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
DEVICE float abs(float x) { return __builtin_fabsf(x); }
DEVICE double abs(double x) { return __builtin_fabs(x); }
DEVICE float square_root(float x) { return __builtin_sqrtf(x); }
DEVICE bool is_nan(float x) { return x != x; }

// a·b within [0, 1]; 0 where it is NaN.
DEVICE float saturated_product(float a, float b)
{
    float result;
    asm("mul.rn.sat.f32 %0, %1, %2;" : "=f"(result) : "f"(a), "f"(b));
    return result;
}

// The greater and the smaller; NaN if either is.
DEVICE float maximum(float a, float b) { return a > b || is_nan(a) ? a : b; }
DEVICE float minimum(float a, float b) { return a < b || is_nan(a) ? a : b; }

// The greater; NaN only if both are.
DEVICE float greater_number(float a, float b) { return __builtin_fmaxf(a, b); }

// 2^n for n in -126..127.
DEVICE float power_of_two(int n) { return bits_float((u32)(n + 127) << 23); }

// e^r - 1 for |r| ≤ ½ ln 2; the polynomial is that of S. L. Moshier's Cephes library (expf).
DEVICE float exp_tail(float r)
{
    float p = 1.9875691500e-4f;
    p = fma(p, r, 1.3981999507e-3f);
    p = fma(p, r, 8.3334519073e-3f);
    p = fma(p, r, 4.1665795894e-2f);
    p = fma(p, r, 1.6666665459e-1f);
    p = fma(p, r, 5.0000001201e-1f);
    return fma(p, r * r, r);
}

struct ReducedExponent
{
    float tail;
    int n;
};

// e^x = 2^n·(1 + tail); beyond the ends the result is 0 or infinity anyway.
DEVICE ReducedExponent reduce_exp(float x)
{
    float z = x < -104.0f ? -104.0f : x;
    z = z > 89.0f ? 89.0f : z;
    float n = __builtin_rintf(z * 1.44269504f);
    float r = fma(n, -0.693359375f, z);
    r = fma(n, 2.12194440e-4f, r);
    return {exp_tail(r), is_nan(n) ? 0 : (int)n};
}

DEVICE float exp(float x)
{
    ReducedExponent e = reduce_exp(x);
    // Two factors, because 2^n itself may leave the range of normal numbers where e^x does not.
    int half = e.n >> 1;
    return (1.0f + e.tail) * power_of_two(half) * power_of_two(e.n - half);
}

// 2^64·e^x for x ≤ 0, in half the instructions: normal wherever e^x is not 0. ScaledOne is that of 0, and Unscaled takes the factor off.
constexpr float ScaledOne = 18446744073709551616.0f, Unscaled = 5.42101086e-20f;

DEVICE float scaled_exp_below_zero(float x)
{
    // Adding 1.5·2^23 rounds to a whole number n, which then stands in the lower bits. With 127 + 64 more these are the exponent of
    // 2^(n + 64).
    constexpr float Shift = 12582912.0f + 191.0f;
    float z = x < -104.0f ? -104.0f : x;
    float shifted = fma(z, 1.44269504f, Shift), n = shifted - Shift;
    float r = fma(n, -0.693359375f, z);
    r = fma(n, 2.12194440e-4f, r);
    float scale = bits_float(float_bits(shifted) << 23);
    return fma(exp_tail(r), scale, scale);
}

DEVICE float exp_below_zero(float x) { return scaled_exp_below_zero(x) * Unscaled; }

// e^x - 1 for x ≤ 0: below -30 it is -1. With the exponent as in scaled_exp_below_zero.
DEVICE float expm1_below_zero(float x)
{
    constexpr float Shift = 12582912.0f + 127.0f;
    float z = x < -30.0f ? -30.0f : x;
    float shifted = fma(z, 1.44269504f, Shift), n = shifted - Shift;
    float r = fma(n, -0.693359375f, z);
    r = fma(n, 2.12194440e-4f, r);
    float scale = bits_float(float_bits(shifted) << 23);
    return fma(exp_tail(r), scale, scale - 1.0f);
}

DEVICE float expm1(float x)
{
    ReducedExponent e = reduce_exp(x);
    // 2^n·(1 + tail) - 1 as 2·(2^(n-1)·tail + (2^(n-1) - ½)): the bracket is exact, and n = 128 does not overflow.
    float scale = power_of_two(e.n - 1 < -126 ? -126 : e.n - 1);
    float half = fma(scale, e.tail, scale - 0.5f);
    float y = e.n == 0 ? e.tail : half + half;
    return x == 0.0f ? x : y;
}

// x = 2^exponent·(1 + f), and ln(1 + f) = f - f²/2 + curve with curve = f³·P(f), the polynomial of Cephes' logf.
struct ReducedLogarithm
{
    float exponent, f, curve;
};

// Of a normal x, as 2^-shift times it.
DEVICE ReducedLogarithm reduce_normal_log(float x, int shift)
{
    int offset = (int)float_bits(x) - (0x3F3504F3 + (shift << 23));
    float exponent = (float)(offset >> 23);
    float f = bits_float((u32)((offset & 0x007FFFFF) + 0x3F3504F3)) - 1.0f;
    float p = 7.0376836292e-2f;
    p = fma(p, f, -1.1514610310e-1f);
    p = fma(p, f, 1.1676998740e-1f);
    p = fma(p, f, -1.2420140846e-1f);
    p = fma(p, f, 1.4249322787e-1f);
    p = fma(p, f, -1.6668057665e-1f);
    p = fma(p, f, 2.0000714765e-1f);
    p = fma(p, f, -2.4999993993e-1f);
    p = fma(p, f, 3.3333331174e-1f);
    return {exponent, f, p * f * (f * f)};
}

DEVICE ReducedLogarithm reduce_log(float x)
{
    bool tiny = x < 1.17549435e-38f;
    return reduce_normal_log(tiny ? x * 8388608.0f : x, tiny ? 23 : 0);
}

// Of x below 2^100, where a product costs less than to ask.
DEVICE ReducedLogarithm reduce_small_log(float x) { return reduce_normal_log(x * 8388608.0f, 23); }

DEVICE float joined_log(const ReducedLogarithm& l)
{
    float y = fma(l.exponent, -2.12194440e-4f, l.curve);
    y = fma(l.f * l.f, -0.5f, y);
    return fma(l.exponent, 0.693359375f, l.f + y);
}

// ln x for x > 0 and finite.
DEVICE float log_positive(float x) { return joined_log(reduce_log(x)); }

// The same for x below 2^100.
DEVICE float log_small(float x) { return joined_log(reduce_small_log(x)); }

DEVICE float log(float x)
{
    float y = log_positive(x);
    y = x < INFINITY_F ? y : x;
    y = x < 0.0f ? NAN_F : y;
    return x == 0.0f ? -INFINITY_F : y;
}

// x^a for x in [0, 1] and a > 0, as 2^(a·e)·e^(a·ln m) for x = 2^e·m. What the products lose is added at the end, for an error of the
// exponent is one of the result.
DEVICE float fraction_power(float x, float a)
{
    ReducedLogarithm l = reduce_small_log(x);
    float whole = __builtin_rintf(a * l.exponent), rest = fma(a, l.exponent, -whole);
    float high = a * l.f, low = fma(a, l.f, -high);
    low += fma(a, fma(l.f * l.f, -0.5f, l.curve), rest * 0.693147182f);
    float n = __builtin_rintf((high + low) * 1.44269504f);
    float r = fma(n, -0.693359375f, high);
    r = fma(n, 2.12194440e-4f, r) + low;
    float power = whole + n;
    int exponent = (int)(power > -200.0f ? power : -200.0f), half = exponent >> 1;
    float y = (1.0f + exp_tail(r)) * power_of_two(half) * power_of_two(exponent - half);
    return x > 0.0f ? y : x;
}

// ln u + c/u, where u is 1 + x rounded and c what the rounding lost.
DEVICE float log1p(float x)
{
    float u = 1.0f + x, lost = x > 1.0f ? 1.0f - (u - x) : x - (u - 1.0f);
    float y = log(u) + (u > 0.0f && u < INFINITY_F ? lost / u : 0.0f);
    return abs(x) < 1e-8f ? x : y;
}

// The same for x in [0, 2^99], or NaN, with the reciprocal of 1 + x.
DEVICE float log1p_sum(float x, float reciprocal)
{
    float u = 1.0f + x, lost = x > 1.0f ? 1.0f - (u - x) : x - (u - 1.0f);
    return fma(lost, reciprocal, log_small(u));
}

// ln(1 + x) for x in [0, 1] without a quotient, as x + x²·P(x): within 1.5 units in the last place at all multiples of 2^-24.
DEVICE float log1p_fraction(float x)
{
    float p = 5.2326899e-3f;
    p = fma(p, x, -2.9505219e-2f);
    p = fma(p, x, 7.8225918e-2f);
    p = fma(p, x, -0.136632428f);
    p = fma(p, x, 0.191060051f);
    p = fma(p, x, -0.24842982f);
    p = fma(p, x, 0.333190978f);
    p = fma(p, x, -0.499994934f);
    return fma(p * x, x, x);
}

// ln(1 - x) for x in [0, ½], where 1 - u is exact: ln u with what the rounding of u lost, whose factor 1/u is hardly more than 1 + x.
DEVICE float log_of_rest(float x)
{
    float u = 1.0f - x, lost = (1.0f - u) - x;
    return log_small(u) + fma(lost, x, lost);
}

// 1/(1 + e^-x), and that of -x, which is 1 minus it without cancellation; with e^-|x|, which both are made of.
struct Sigmoids
{
    float power, greater, lesser;
    bool isBelow;

    METHOD explicit Sigmoids(float x) : power(exp_below_zero(-abs(x))), greater(1.0f / (1.0f + power)), lesser(power * greater), isBelow(x < 0.0f) {}
    METHOD float of() const { return isBelow ? lesser : greater; }
    METHOD float of_negative() const { return isBelow ? greater : lesser; }
};

DEVICE float sigmoid(float x) { return Sigmoids(x).of(); }

DEVICE float sigmoid_linear_slope(float x)
{
    Sigmoids s(x);
    return s.of() * fma(x, s.of_negative(), 1.0f);
}

DEVICE float tanh(float x)
{
    float t = expm1_below_zero(abs(x) * -2.0f);
    return bits_float((float_bits(t / (t + 2.0f)) & 0x7FFFFFFF) | (float_bits(x) & 0x80000000));
}

DEVICE float softplus(float x) { return (x > 0.0f ? x : 0.0f) + log1p_fraction(exp_below_zero(-abs(x))); }

struct NormalValues
{
    float cdf, bell;
};

// The normal distribution function and e^(-x²/2); the lower tail is e^(-a²/2)·R(a) with R(a)·(1 + a) a polynomial in
// (a - 3)/(a + 3), fitted over 0..15 to 3.3e-8 relative. The rounding error of a² is fed back.
DEVICE NormalValues normal_values(float x)
{
    float a = abs(x), capped = a >= 15.0f ? 15.0f : a, square = capped * capped;
    float bell = exp_below_zero(square * -0.5f);
    bell = fma(bell, fma(capped, capped, -square) * -0.5f, bell);

    // One reciprocal for both quotients.
    float more = 1.0f + capped, sum = capped + 3.0f, reciprocal = 1.0f / (more * sum), u = (capped - 3.0f) * (more * reciprocal);
    float p = -5.94583126e-05f;
    p = fma(p, u, -0.000438184717f);
    p = fma(p, u, -0.000261971663f);
    p = fma(p, u, 0.00298881346f);
    p = fma(p, u, 0.00112560739f);
    p = fma(p, u, -0.0227281423f);
    p = fma(p, u, 0.0451688924f);
    p = fma(p, u, -0.0164321796f);
    p = fma(p, u, -0.0965269533f);
    p = fma(p, u, 0.486055794f);
    float tail = bell * (p * (sum * reciprocal));
    return {x < 0.0f ? tail : 1.0f - tail, bell};
}

DEVICE double power_of_two_double(int n) { return __builtin_bit_cast(double, (u64)(n + 1023) << 52); }

// Taylor's series over |r| ≤ ½ ln 2: the first term left out is below 5e-18.
DEVICE double exp(double x)
{
    double z = x < -760.0 ? -760.0 : x;
    z = z > 720.0 ? 720.0 : z;
    double n = __builtin_rint(z * 1.4426950408889634);
    double r = fma(n, -0.6931471803691238, z);
    r = fma(n, -1.9082149292705877e-10, r);
    double p = 1.6059043836821613e-10;
    p = fma(p, r, 2.08767569878681e-09);
    p = fma(p, r, 2.505210838544172e-08);
    p = fma(p, r, 2.755731922398589e-07);
    p = fma(p, r, 2.7557319223985893e-06);
    p = fma(p, r, 2.48015873015873e-05);
    p = fma(p, r, 0.0001984126984126984);
    p = fma(p, r, 0.001388888888888889);
    p = fma(p, r, 0.008333333333333333);
    p = fma(p, r, 0.041666666666666664);
    p = fma(p, r, 0.16666666666666666);
    p = fma(p, r, 0.5);
    int k = z != z ? 0 : (int)n, half = k >> 1;
    return (1.0 + fma(p, r * r, r)) * power_of_two_double(half) * power_of_two_double(k - half);
}

// ln x = e·ln 2 + 2·artanh(f/(2 + f)) for x = 2^e·(1 + f), by its series; x is positive, finite and not subnormal, or NaN.
DEVICE double log(double x)
{
    long long offset = __builtin_bit_cast(long long, x) - 0x3FE6A09E667F3BCDLL;
    double e = (double)(int)(offset >> 52);
    double m = __builtin_bit_cast(double, (u64)((offset & 0x000FFFFFFFFFFFFFLL) + 0x3FE6A09E667F3BCDLL));
    double f = m - 1.0, s = f / (2.0 + f), t = s * s;
    double p = 1.0 / 23;
    p = fma(p, t, 1.0 / 21);
    p = fma(p, t, 1.0 / 19);
    p = fma(p, t, 1.0 / 17);
    p = fma(p, t, 1.0 / 15);
    p = fma(p, t, 1.0 / 13);
    p = fma(p, t, 1.0 / 11);
    p = fma(p, t, 1.0 / 9);
    p = fma(p, t, 1.0 / 7);
    p = fma(p, t, 1.0 / 5);
    p = fma(p, t, 1.0 / 3);
    double twice = s + s;
    double y = fma(e, 0.6931471803691238, fma(twice * t, p, fma(e, 1.9082149292705877e-10, twice)));
    return x == x ? y : x;
}

// By Kahan's correction: exact near 0. x is above -1.
DEVICE double log1p(double x)
{
    double u = 1.0 + x;
    return u == 1.0 ? x : log(u) * (x / (u - 1.0));
}

// a^b with the special values of IEEE 754's pow.
DEVICE float power(float a, float b)
{
    if (b == 0.0f || a == 1.0f)
        return 1.0f;
    if (is_nan(a) || is_nan(b))
        return NAN_F;
    float size = abs(a), exponent = abs(b);
    bool whole = exponent >= 8388608.0f || (float)(int)b == b;
    bool odd = whole && exponent < 16777216.0f && ((int)b & 1) != 0;
    if (exponent == INFINITY_F)
        return size == 1.0f ? 1.0f : (size > 1.0f) == (b > 0.0f) ? INFINITY_F : 0.0f;
    if (size == 0.0f || size == INFINITY_F)
    {
        float result = (size == 0.0f) == (b > 0.0f) ? 0.0f : INFINITY_F;
        return odd ? bits_float(float_bits(result) | (float_bits(a) & 0x80000000)) : result;
    }

    if (a < 0.0f && !whole)
        return NAN_F;
    float result = (float)exp((double)b * log((double)size));
    return a < 0.0f && odd ? -result : result;
}

// y = f(x), element by element; y may be x. a and b are the function's constants.
#include "elementwise.cuh"

#define UNARY(name, expression)                                                              \
    struct name##_function                                                                   \
    {                                                                                        \
        float a, b;                                                                          \
        METHOD float operator()(float x) const { return expression; }                        \
    };                                                                                       \
    KERNEL unary_##name(const float* x, float* y, u32 count, float a, float b)               \
    {                                                                                        \
        map(x, y, count, name##_function{a, b});                                             \
    }

// Small whole exponents by multiplication; the exponent is the same for all elements.
DEVICE float power_by_factors(float x, float exponent)
{
    float size = abs(exponent);
    if (size > 16.0f || (float)(int)size != size || size == 0.0f)
        return power(x, exponent);
    if (exponent == 1.0f)
        return x;
    double product = x;
    for (int i = 1; i < (int)size; i++)
        product *= x;
    return (float)(exponent > 0.0f ? product : 1.0 / product);
}

UNARY(affine, b == 0.0f ? x * a : x * a + b)
UNARY(power, power_by_factors(x, a))
UNARY(clip, x < a ? a : x > b ? b : x)
UNARY(abs, abs(x))
UNARY(sign, x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x)
UNARY(exp, exp(x))
UNARY(expm1, expm1(x))
UNARY(log, log(x))
UNARY(log1p, log1p(x))
UNARY(sqrt, square_root(x))
UNARY(rsqrt, 1.0f / square_root(x))
UNARY(square, x * x)
UNARY(reciprocal, 1.0f / x)
UNARY(relu, x <= 0.0f ? 0.0f : x)
UNARY(leaky_relu, x < 0.0f ? x * a : x)
UNARY(elu, x > 0.0f ? x : expm1(x) * a)
UNARY(gelu, x * normal_values(x).cdf)
UNARY(sigmoid, sigmoid(x))
UNARY(silu, x * sigmoid(x))
UNARY(softplus, softplus(x))
UNARY(tanh, tanh(x))

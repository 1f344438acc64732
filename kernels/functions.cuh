// The element-wise functions, their slopes and those of two arguments, as objects. a and b are a function's constants.
#pragma once
#include "math.cuh"

#define UNARY_FUNCTION(name, expression)                                \
    struct name##_function                                              \
    {                                                                   \
        float a, b;                                                     \
        METHOD float operator()(float x) const { return expression; }   \
    };

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

UNARY_FUNCTION(affine, b == 0.0f ? x * a : x * a + b)
UNARY_FUNCTION(power, power_by_factors(x, a))
UNARY_FUNCTION(clip, x < a ? a : x > b ? b : x)
UNARY_FUNCTION(abs, abs(x))
UNARY_FUNCTION(sign, x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x)
UNARY_FUNCTION(exp, exp(x))
UNARY_FUNCTION(expm1, expm1(x))
UNARY_FUNCTION(log, log(x))
UNARY_FUNCTION(log1p, log1p(x))
UNARY_FUNCTION(sqrt, square_root(x))
UNARY_FUNCTION(rsqrt, 1.0f / square_root(x))
UNARY_FUNCTION(square, x * x)
UNARY_FUNCTION(reciprocal, 1.0f / x)
UNARY_FUNCTION(relu, x <= 0.0f ? 0.0f : x)
UNARY_FUNCTION(leaky_relu, x < 0.0f ? x * a : x)
UNARY_FUNCTION(elu, x > 0.0f ? x : expm1(x) * a)
UNARY_FUNCTION(gelu, x * normal_values(x).cdf)
UNARY_FUNCTION(sigmoid, sigmoid(x))
UNARY_FUNCTION(silu, x * sigmoid(x))
UNARY_FUNCTION(softplus, softplus(x))
UNARY_FUNCTION(tanh, tanh(x))

// dx of dy; each takes of x and y only what its formula needs.
#define UNARY_GRADIENT(name, expression)                                                                                                       \
    struct name##_gradient                                                                                                                     \
    {                                                                                                                                          \
        float a, b;                                                                                                                            \
        METHOD float operator()([[maybe_unused]] float x, [[maybe_unused]] float y, [[maybe_unused]] float dy) const { return expression; }    \
    };

DEVICE float power_slope(float x, float a) { return a == 0.0f ? 0.0f : a == 2.0f ? x + x : power(x, a - 1.0f) * a; }

DEVICE float gelu_slope(float x)
{
    NormalValues normal = normal_values(x);
    return fma(x, normal.bell * 0.3989422804f, normal.cdf);
}

UNARY_GRADIENT(affine, dy * a)
UNARY_GRADIENT(power, dy * power_slope(x, a))
UNARY_GRADIENT(clip, x >= a && x <= b ? dy : 0.0f)
UNARY_GRADIENT(abs, dy * (x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x))
UNARY_GRADIENT(sign, 0.0f)
UNARY_GRADIENT(exp, dy * y)
UNARY_GRADIENT(expm1, dy * exp(x))
UNARY_GRADIENT(log, dy / x)
UNARY_GRADIENT(log1p, dy / (1.0f + x))
UNARY_GRADIENT(sqrt, dy * 0.5f / y)
UNARY_GRADIENT(rsqrt, dy * (y * -0.5f / x))
UNARY_GRADIENT(square, dy * (x + x))
UNARY_GRADIENT(reciprocal, dy * -(y * y))
UNARY_GRADIENT(relu, y > 0.0f ? dy : 0.0f)
UNARY_GRADIENT(leaky_relu, x < 0.0f ? dy * a : dy)
UNARY_GRADIENT(elu, x > 0.0f ? dy : dy * (exp(x) * a))
UNARY_GRADIENT(gelu, dy * gelu_slope(x))
UNARY_GRADIENT(sigmoid, dy * (y * (1.0f - y)))
UNARY_GRADIENT(silu, dy * sigmoid_linear_slope(x))
UNARY_GRADIENT(softplus, dy * sigmoid(x))
UNARY_GRADIENT(tanh, dy * ((1.0f - y) * (1.0f + y)))

#define BINARY_FUNCTION(name, expression)                                        \
    struct name##_operator                                                         \
    {                                                                            \
        METHOD float operator()(float a, float b) const { return expression; }   \
    };

BINARY_FUNCTION(add, a + b)
BINARY_FUNCTION(subtract, a - b)
BINARY_FUNCTION(multiply, a * b)
BINARY_FUNCTION(divide, a / b)
BINARY_FUNCTION(power, power(a, b))
BINARY_FUNCTION(maximum, maximum(a, b))
BINARY_FUNCTION(minimum, minimum(a, b))
BINARY_FUNCTION(add_relu, relu_function()(a + b))
BINARY_FUNCTION(equal, a == b ? 1.0f : 0.0f)
BINARY_FUNCTION(not_equal, a != b ? 1.0f : 0.0f)
BINARY_FUNCTION(less, a < b ? 1.0f : 0.0f)
BINARY_FUNCTION(less_equal, a <= b ? 1.0f : 0.0f)
BINARY_FUNCTION(greater, a > b ? 1.0f : 0.0f)
BINARY_FUNCTION(greater_equal, a >= b ? 1.0f : 0.0f)

// A convolution's sum with its bias, and ReLU if asked for.
DEVICE float activated(float sum, float bias, u32 relu)
{
    sum += bias;
    return relu && sum <= 0.0f ? 0.0f : sum;
}

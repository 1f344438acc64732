// dx = f'(x)·dy, element by element; dx may be dy. Each reads of x and y only what its formula needs.
#include "elementwise.cuh"

#define UNARY_GRADIENT(name, expression)                                                                                       \
    struct name##_gradient                                                                                                     \
    {                                                                                                                          \
        float a, b;                                                                                                            \
        METHOD float operator()([[maybe_unused]] float x, [[maybe_unused]] float y, [[maybe_unused]] float dy) const { return expression; }     \
    };                                                                                                                         \
    KERNEL unary_gradient_##name(const float* x, const float* y, const float* dy, float* dx, u32 count, float a, float b)      \
    {                                                                                                                          \
        zip3(x, y, dy, dx, count, name##_gradient{a, b});                                                                      \
    }

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
UNARY_GRADIENT(silu, dy * (sigmoid(x) * fma(x, sigmoid(-x), 1.0f)))
UNARY_GRADIENT(softplus, dy * sigmoid(x))
UNARY_GRADIENT(tanh, dy * ((1.0f - y) * (1.0f + y)))

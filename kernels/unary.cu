// y = f(x), element by element; y may be x.
#include "elementwise.cuh"
#include "functions.cuh"

#define UNARY(name)    \
    KERNEL unary_##name(const float* x, float* y, u32 count, float a, float b) { map(x, y, count, name##_function{a, b}); }

UNARY(affine)
UNARY(power)
UNARY(clip)
UNARY(abs)
UNARY(sign)
UNARY(exp)
UNARY(expm1)
UNARY(log)
UNARY(log1p)
UNARY(sqrt)
UNARY(rsqrt)
UNARY(square)
UNARY(reciprocal)
UNARY(relu)
UNARY(leaky_relu)
UNARY(elu)
UNARY(gelu)
UNARY(sigmoid)
UNARY(silu)
UNARY(softplus)
UNARY(tanh)

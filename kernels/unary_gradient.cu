// dx = f'(x)·dy, element by element; dx may be dy.
#include "elementwise.cuh"
#include "functions.cuh"

#define UNARY_GRADIENT_KERNEL(name)                                                                                          \
    KERNEL unary_gradient_##name(const float* x, const float* y, const float* dy, float* dx, u32 count, float a, float b)    \
    {                                                                                                                        \
        zip3(x, y, dy, dx, count, name##_gradient{a, b});                                                                    \
    }

UNARY_GRADIENT_KERNEL(affine)
UNARY_GRADIENT_KERNEL(power)
UNARY_GRADIENT_KERNEL(clip)
UNARY_GRADIENT_KERNEL(abs)
UNARY_GRADIENT_KERNEL(sign)
UNARY_GRADIENT_KERNEL(exp)
UNARY_GRADIENT_KERNEL(expm1)
UNARY_GRADIENT_KERNEL(log)
UNARY_GRADIENT_KERNEL(log1p)
UNARY_GRADIENT_KERNEL(sqrt)
UNARY_GRADIENT_KERNEL(rsqrt)
UNARY_GRADIENT_KERNEL(square)
UNARY_GRADIENT_KERNEL(reciprocal)
UNARY_GRADIENT_KERNEL(relu)
UNARY_GRADIENT_KERNEL(leaky_relu)
UNARY_GRADIENT_KERNEL(elu)
UNARY_GRADIENT_KERNEL(gelu)
UNARY_GRADIENT_KERNEL(sigmoid)
UNARY_GRADIENT_KERNEL(silu)
UNARY_GRADIENT_KERNEL(softplus)
UNARY_GRADIENT_KERNEL(tanh)

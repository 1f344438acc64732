// arch: sm_80
// The activations, their gradients and arithmetic over numbers stored in bfloat16: each is computed in single precision and rounded
// once. y may be x, dx may be dy.
#include "bias.cuh"
#include "elementwise.cuh"

#define ACTIVATION(name)                                                                                                              \
    KERNEL unary_##name##_narrow(const bf16* x, bf16* y, u32 count, float a, float b) { map(x, y, count, name##_function{a, b}); }    \
    KERNEL unary_gradient_##name##_narrow(const bf16* x, const bf16* y, const bf16* dy, bf16* dx, u32 count, float a, float b)        \
    {                                                                                                                                 \
        zip3(x, y, dy, dx, count, name##_gradient{a, b});                                                                             \
    }

ACTIVATION(affine)
ACTIVATION(clip)
ACTIVATION(relu)
ACTIVATION(leaky_relu)
ACTIVATION(elu)
ACTIVATION(gelu)
ACTIVATION(silu)
ACTIVATION(tanh)
ACTIVATION(softplus)
ACTIVATION(abs)
ACTIVATION(sign)

// Of binary.cu, with operands of either type.
#define ARITHMETIC(name)                                                                                         \
    KERNEL binary_##name##_narrow(EitherNumbers a, EitherNumbers b, bf16* y, u32 count, u32 stepA, u32 stepB)    \
    {                                                                                                            \
        zip(a, stepA, b, stepB, y, count, name##_operator());                                                      \
    }                                                                                                            \
    KERNEL binary_##name##_broadcast_narrow(EitherNumbers a, EitherNumbers b, bf16* y, u32 count, Walk walk)     \
    {                                                                                                            \
        zip_broadcast(a, b, y, count, walk, name##_operator());                                                    \
    }

ARITHMETIC(add)
ARITHMETIC(subtract)
ARITHMETIC(multiply)
ARITHMETIC(divide)
ARITHMETIC(add_relu)

KERNEL add_bias_narrow(bf16* y, const float* bias, u32 channels, u32 relu, u32 count) { add_to_channels(y, bias, channels, relu, count); }

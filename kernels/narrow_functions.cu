// arch: sm_80
// What fewer networks do with numbers stored in bfloat16 than what stands in narrow_elementwise.cu: functions that give single precision, for
// probabilities, variances and losses are not rounded; their gradients, which are; comparisons; arithmetic with as many numbers in single precision.
#include "elementwise.cuh"
#include "functions.cuh"

// The gradient's operands are of either type.
#define FUNCTION(name)                                                                                                                        \
    KERNEL unary_##name##_of_narrow(const bf16* x, float* y, u32 count, float a, float b) { map(x, y, count, name##_function{a, b}); }        \
    KERNEL unary_gradient_##name##_to_narrow(EitherNumbers x, EitherNumbers y, EitherNumbers dy, bf16* dx, u32 count, float a, float b)       \
    {                                                                                                                                         \
        zip3(x, y, dy, dx, count, name##_gradient{a, b});                                                                                     \
    }

FUNCTION(power)
FUNCTION(exp)
FUNCTION(expm1)
FUNCTION(log)
FUNCTION(log1p)
FUNCTION(sqrt)
FUNCTION(rsqrt)
FUNCTION(square)
FUNCTION(reciprocal)
FUNCTION(sigmoid)

// Of binary.cu, with operands of either type and a result of the type T.
#define OPERATOR(name, suffix, T)                                                                                  \
    KERNEL binary_##name##suffix(EitherNumbers a, EitherNumbers b, T* y, u32 count, u32 stepA, u32 stepB)          \
    {                                                                                                              \
        zip(a, stepA, b, stepB, y, count, name##_operator());                                                      \
    }                                                                                                              \
    KERNEL binary_##name##_broadcast##suffix(EitherNumbers a, EitherNumbers b, T* y, u32 count, Walk walk)         \
    {                                                                                                              \
        zip_broadcast(a, b, y, count, walk, name##_operator());                                                    \
    }

OPERATOR(maximum, _narrow, bf16)
OPERATOR(minimum, _narrow, bf16)
OPERATOR(equal, _narrow, bf16)
OPERATOR(not_equal, _narrow, bf16)
OPERATOR(less, _narrow, bf16)
OPERATOR(less_equal, _narrow, bf16)
OPERATOR(greater, _narrow, bf16)
OPERATOR(greater_equal, _narrow, bf16)
OPERATOR(add, _of_narrow, float)
OPERATOR(subtract, _of_narrow, float)
OPERATOR(multiply, _of_narrow, float)
OPERATOR(divide, _of_narrow, float)
OPERATOR(add_relu, _of_narrow, float)

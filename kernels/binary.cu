// y = f(a, b), element by element: over equal shapes or a repeated scalar (steps 1 or 0), or over any broadcast. y may be an
// operand of its own shape.
#include "elementwise.cuh"
#include "functions.cuh"

#define BINARY(name)                                                                                    \
    KERNEL binary_##name(const float* a, u32 stepA, const float* b, u32 stepB, float* y, u32 count)     \
    {                                                                                                   \
        zip(Numbers<float>{a}, stepA, Numbers<float>{b}, stepB, y, count, name##_operator());             \
    }                                                                                                   \
    KERNEL binary_##name##_broadcast(const float* a, const float* b, float* y, u32 count, Walk walk)    \
    {                                                                                                   \
        zip_broadcast(Numbers<float>{a}, Numbers<float>{b}, y, count, walk, name##_operator());           \
    }

BINARY(add)
BINARY(subtract)
BINARY(multiply)
BINARY(divide)
BINARY(power)
BINARY(maximum)
BINARY(minimum)
BINARY(add_relu)
BINARY(equal)
BINARY(not_equal)
BINARY(less)
BINARY(less_equal)
BINARY(greater)
BINARY(greater_equal)

KERNEL select(const float* condition, const float* a, const float* b, float* y, u32 count)
{
    zip3(condition, a, b, y, count, [](float c, float first, float second) { return c != 0.0f ? first : second; });
}

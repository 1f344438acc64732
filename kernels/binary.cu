// y = f(a, b), element by element: over equal shapes or a repeated scalar (steps 1 or 0), or over any broadcast. y may be an
// operand of its own shape.
#include "elementwise.cuh"

#define BINARY(name, expression)                                                                                        \
    struct name##_function                                                                                              \
    {                                                                                                                   \
        METHOD float operator()(float a, float b) const { return expression; }                                          \
    };                                                                                                                  \
    KERNEL binary_##name(const float* a, u32 stepA, const float* b, u32 stepB, float* y, u32 count)                     \
    {                                                                                                                   \
        zip(a, stepA, b, stepB, y, count, name##_function());                                                           \
    }                                                                                                                   \
    KERNEL binary_##name##_broadcast(const float* a, const float* b, float* y, u32 count, Walk walk)                    \
    {                                                                                                                   \
        zip_broadcast(a, b, y, count, walk, name##_function());                                                         \
    }

BINARY(add, a + b)
BINARY(subtract, a - b)
BINARY(multiply, a * b)
BINARY(divide, a / b)
BINARY(power, power(a, b))
BINARY(maximum, maximum(a, b))
BINARY(minimum, minimum(a, b))
BINARY(equal, a == b ? 1.0f : 0.0f)
BINARY(not_equal, a != b ? 1.0f : 0.0f)
BINARY(less, a < b ? 1.0f : 0.0f)
BINARY(less_equal, a <= b ? 1.0f : 0.0f)
BINARY(greater, a > b ? 1.0f : 0.0f)
BINARY(greater_equal, a >= b ? 1.0f : 0.0f)

KERNEL select(const float* condition, const float* a, const float* b, float* y, u32 count)
{
    zip3(condition, a, b, y, count, [](float c, float first, float second) { return c != 0.0f ? first : second; });
}

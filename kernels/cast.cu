// Conversions between element types. Float to integer rounds toward zero and saturates, NaN becomes 0; a normalised byte b
// stands for b/255, to which floats round to nearest even.
#include "bfloat16.cuh"
#include "elementwise.cuh"

DEVICE float to_float(u8 x) { return (float)x; }
DEVICE float to_normalised(u8 x) { return (float)x / 255.0f; }
DEVICE float to_float(int x) { return (float)x; }

DEVICE int to_int(float x)
{
    if (is_nan(x))
        return 0;
    return x >= 2147483648.0f ? 0x7FFFFFFF : x <= -2147483648.0f ? (int)0x80000000 : (int)x;
}

DEVICE u8 to_byte(float x) { return x >= 255.0f ? 255 : x > 0.0f ? (u8)(int)x : 0; }
DEVICE u8 to_byte(int x) { return x > 255 ? 255 : x > 0 ? (u8)x : 0; }
DEVICE u8 to_unorm(float x) { return x >= 1.0f ? 255 : x > 0.0f ? (u8)(int)__builtin_rintf(x * 255.0f) : 0; }
DEVICE u8 to_unorm(int x) { return x > 0 ? 255 : 0; }
DEVICE int one_if_full(u8 x) { return x == 255 ? 1 : 0; }

#define CAST(name, From, To, expression)                                             \
    KERNEL cast_##name(const From* xs, To* ys, u32 count)                            \
    {                                                                                \
        convert(xs, ys, count, [](From x) { return (To)(expression); });             \
    }

CAST(uint8_float32, u8, float, to_float(x))
CAST(int32_float32, int, float, to_float(x))
CAST(float32_int32, float, int, to_int(x))
CAST(float32_uint8, float, u8, to_byte(x))
CAST(float32_unorm8, float, u8, to_unorm(x))
CAST(int32_uint8, int, u8, to_byte(x))
CAST(int32_unorm8, int, u8, to_unorm(x))
CAST(uint8_int32, u8, int, (int)x)
CAST(uint8_unorm8, u8, u8, to_unorm((int)x))
CAST(unorm8_int32, u8, int, one_if_full(x))
CAST(unorm8_uint8, u8, u8, (u8)one_if_full(x))

CAST(unorm8_float32, u8, float, to_normalised(x))
CAST(float32_bfloat16, float, u16, narrow(x).bits)
CAST(bfloat16_float32, u16, float, widen(bf16{x}))

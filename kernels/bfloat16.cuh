// Numbers stored in bfloat16, the upper half of a single. Nothing is computed in them: they are widened when they are read, which
// is exact, and rounded to nearest even when they are written.
#pragma once
#include "math.cuh"

struct bf16
{
    unsigned short bits;
};

// NaN stays NaN.
DEVICE bf16 narrow(float x)
{
    u32 bits = float_bits(x);
    return {(unsigned short)(is_nan(x) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)};
}

DEVICE float widen(float x) { return x; }
DEVICE float widen(bf16 x) { return bits_float((u32)x.bits << 16); }

// Four neighbours, the first at a multiple of four.
DEVICE float4 load4(const float* at) { return *(const float4*)at; }
DEVICE float4 load4(const bf16* at)
{
    uint2 words = *(const uint2*)at;
    return (float4){
        bits_float(words.x << 16), bits_float(words.x & 0xFFFF0000), bits_float(words.y << 16), bits_float(words.y & 0xFFFF0000)};
}

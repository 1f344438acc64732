// Numbers stored in bfloat16, the upper half of a single. Nothing is computed in them: they are widened when they are read, which
// is exact, and rounded to nearest even when they are written.
#pragma once
#include "math.cuh"

struct bf16
{
    u16 bits;
};

// NaN stays NaN.
DEVICE bf16 narrow(float x)
{
    u32 bits = float_bits(x);
    return {(u16)(is_nan(x) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)};
}

DEVICE float widen(float x) { return x; }
DEVICE float widen(bf16 x) { return bits_float((u32)x.bits << 16); }

// Two neighbours in a word, on devices of compute capability 8.0 and later; the first is the lower half.
DEVICE u32 narrow2(float first, float second)
{
    u32 word;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(second), "f"(first));
    return word;
}

// How many neighbours a thread takes at a time: 16 bytes of them.
template <class T>
constexpr u32 Neighbours = 16 / sizeof(T);

// Some neighbours, the first at a multiple of as many bytes as they have, or of 16.
template <u32 N>
DEVICE void read(const float* from, float (&v)[N])
{
    static_assert(N == 1 || N % 4 == 0);
    if constexpr (N == 1)
        v[0] = *from;
    else
    {
#pragma unroll
        for (u32 i = 0; i < N; i += 4)
        {
            float4 all = *(const float4*)(from + i);
            v[i] = all.x, v[i + 1] = all.y, v[i + 2] = all.z, v[i + 3] = all.w;
        }
    }
}

template <u32 N>
DEVICE void read(const bf16* from, float (&v)[N])
{
    static_assert(N == 1 || N == 2 || N == 4 || N == 8);
    if constexpr (N == 1)
        v[0] = widen(*from);
    else
    {
        typedef u32 Words __attribute__((ext_vector_type(N / 2)));
        Words words = *(const Words*)from;
#pragma unroll
        for (u32 i = 0; i < N / 2; i++)
        {
            v[2 * i] = bits_float(words[i] << 16);
            v[2 * i + 1] = bits_float(words[i] & 0xFFFF0000);
        }
    }
}

template <u32 N>
DEVICE void write(float* to, const float (&v)[N])
{
    static_assert(N == 1 || N % 4 == 0);
    if constexpr (N == 1)
        *to = v[0];
    else
    {
#pragma unroll
        for (u32 i = 0; i < N; i += 4)
            *(float4*)(to + i) = float4{v[i], v[i + 1], v[i + 2], v[i + 3]};
    }
}

template <u32 N>
DEVICE void write(bf16* to, const float (&v)[N])
{
    static_assert(N == 1 || N == 2 || N == 4 || N == 8);
    if constexpr (N == 1)
        to->bits = (u16)narrow2(v[0], 0.0f);
    else
    {
        typedef u32 Words __attribute__((ext_vector_type(N / 2)));
        Words words;
#pragma unroll
        for (u32 i = 0; i < N / 2; i++)
            words[i] = narrow2(v[2 * i], v[2 * i + 1]);
        *(Words*)to = words;
    }
}

// All of some neighbours are wanted now: the compiler would read each of them where it is used, one at a time.
template <u32 N>
DEVICE void hold(float (&v)[N])
{
#pragma unroll
    for (u32 k = 0; k < N; k++)
        asm volatile("" : "+f"(v[k]));
}

DEVICE float4 load4(const float* at) { return *(const float4*)at; }
DEVICE float4 load4(const bf16* at)
{
    float v[4];
    read(at, v);
    return float4{v[0], v[1], v[2], v[3]};
}

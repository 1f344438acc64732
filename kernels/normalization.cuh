// Batch normalisation of [rows, channels] in single precision or bfloat16; what belongs to channels is in single precision.
#pragma once
#include "bfloat16.cuh"

// Whether neighbouring channels go at a time. A null pointer is aligned.
template <class T>
DEVICE bool has_neighbours(u32 channels, const T* x, const T* y, const float* ofChannels, const float* others)
{
    return channels % Neighbours<T> == 0 && aligned16(x) && aligned16(y) && aligned16(ofChannels) && aligned16(others);
}

DEVICE float normalized(float x, float mean, float factor, float offset, bool relu)
{
    float y = fma(x - mean, factor, offset);
    return relu && y < 0.0f ? 0.0f : y;
}

DEVICE float input_gradient(float dy, float x, float mean, float factor, float a, float b) { return (dy - a - (x - mean) * b) * factor; }

template <class T>
DEVICE void normalize_all(
    const T* x, const float* mean, const float* factor, const float* offset, u32 relu, T* y, u32 channels, u32 count)
{
    constexpr u32 N = Neighbours<T>;
    u32 vectors = has_neighbours(channels, x, y, mean, factor) && aligned16(offset) ? count / N : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        u32 c = N * i % channels;
        float v[N], m[N], f[N], o[N];
        read(x + (u64)i * N, v);
        read(factor + c, f);
        read(offset + c, o);
        if (mean)
            read(mean + c, m);
#pragma unroll
        for (u32 k = 0; k < N; k++)
            v[k] = normalized(v[k], mean ? m[k] : 0.0f, f[k], o[k], relu);
        write(y + (u64)i * N, v);
    }

    for (u32 i = N * vectors + first_index(); i < count; i += index_step())
    {
        u32 c = i % channels;
        float v[1];
        read(x + i, v);
        v[0] = normalized(v[0], mean ? mean[c] : 0.0f, factor[c], offset[c], relu);
        write(y + i, v);
    }
}

template <class T>
DEVICE void normalize_gradients(const T* x, const T* dy, const float* mean, const float* factors, T* dx, u32 channels, u32 count)
{
    constexpr u32 N = Neighbours<T>;
    const float *as = factors + channels, *bs = as + channels;
    u32 vectors = has_neighbours(channels, x, dx, mean, factors) && aligned16(dy) ? count / N : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        u32 c = N * i % channels;
        float v[N], d[N], m[N], f[N], a[N], b[N];
        read(x + (u64)i * N, v);
        read(dy + (u64)i * N, d);
        read(mean + c, m);
        read(factors + c, f);
        read(as + c, a);
        read(bs + c, b);
#pragma unroll
        for (u32 k = 0; k < N; k++)
            v[k] = input_gradient(d[k], v[k], m[k], f[k], a[k], b[k]);
        write(dx + (u64)i * N, v);
    }

    for (u32 i = N * vectors + first_index(); i < count; i += index_step())
    {
        u32 c = i % channels;
        float v[1], d[1];
        read(x + i, v);
        read(dy + i, d);
        v[0] = input_gradient(d[0], v[0], mean[c], factors[c], as[c], bs[c]);
        write(dx + i, v);
    }
}

#define NORMALIZATION(name, T)                                                                                                        \
    KERNEL normalize##name(                                                                                                           \
        const T* x, const float* mean, const float* factor, const float* offset, u32 relu, T* y, u32 channels, u32 count)             \
    {                                                                                                                                 \
        normalize_all(x, mean, factor, offset, relu, y, channels, count);                                                             \
    }                                                                                                                                 \
    KERNEL normalize_gradient##name(                                                                                                  \
        const T* x, const T* dy, const float* mean, const float* factors, T* dx, u32 channels, u32 count)                             \
    {                                                                                                                                 \
        normalize_gradients(x, dy, mean, factors, dx, channels, count);                                                               \
    }

// A bias behind a convolution of the library.
#pragma once
#include "bfloat16.cuh"
#include "functions.cuh"

// y = y + bias for each channel, then max(·, 0) if asked for; in place.
template <class T>
DEVICE void add_to_channels(T* y, const float* bias, u32 channels, u32 relu, u32 count)
{
    constexpr u32 N = Neighbours<T>;
    u32 vectors = channels % N == 0 && aligned16(y) && aligned16(bias) ? count / N : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        float v[N], offset[N];
        read(y + (u64)i * N, v);
        read(bias + N * i % channels, offset);
#pragma unroll
        for (u32 k = 0; k < N; k++)
            v[k] = activated(v[k], offset[k], relu);
        write(y + (u64)i * N, v);
    }

    for (u32 i = N * vectors + first_index(); i < count; i += index_step())
    {
        float v[1] = {activated(widen(y[i]), bias[i % channels], relu)};
        write(y + i, v);
    }
}

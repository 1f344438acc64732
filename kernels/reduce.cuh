// Reductions of the middle axis of x [outer, n, inner] in single precision or bfloat16, a chunk of it at a time: y is
// [outer, chunks, inner] in single precision. Sums are kept in double precision within a chunk.
#pragma once
#include "element.cuh"
#include "reduction.cuh"

// How many loads of a thread are on their way together.
constexpr u32 Batch = 8;

// inner = 1: a warp for each chunk of a row, or a few lanes of it where rows are short; block (lanes, rows), grid (outer · chunks / rows).
template <class Accumulator, class F, class T>
DEVICE void reduce_rows(const T* x, float* y, u32 n, u32 chunk, u32 chunks, u32 outer, float divisor)
{
    u32 index = block_x() * block_height() + thread_y(), lanes = block_width();
    bool inside = index < outer * chunks;

    // Those without a chunk take part in what lanes do together.
    u32 row = inside ? index / chunks : 0, start = inside ? (index - row * chunks) * chunk : n, end = start + chunk < n ? start + chunk : n;
    Accumulator total = (Accumulator)F::Identity;
    x += row * n;
    u32 i = start + thread_x();
    for (; i + (Batch - 1) * lanes < end; i += Batch * lanes)
    {
        float values[Batch];
#pragma unroll
        for (u32 k = 0; k < Batch; k++)
            values[k] = widen(x[i + k * lanes]);
#pragma unroll
        for (u32 k = 0; k < Batch; k++)
            total = F()(total, (Accumulator)values[k]);
    }

    for (; i < end; i += lanes)
        total = F()(total, (Accumulator)widen(x[i]));
    total = reduce_lanes(total, F(), lanes);
    if (thread_x() == 0 && inside)
        y[index] = (float)(total / divisor);
}

// inner > 1: 8 threads for N columns each, 32 times as many a block; grid (outer · ⌈inner / 32 N⌉, chunks). inner is a multiple of N.
template <u32 N, class Accumulator, class F, class Term>
DEVICE void reduce_columns(float* y, u32 n, u32 inner, u32 chunk, float divisor, Term term)
{
    SHARED Accumulator partial[N][8][33];
    u32 bands = (inner + 32 * N - 1) / (32 * N), outer = block_x() / bands, column = ((block_x() - outer * bands) * 32 + thread_x()) * N;
    u32 start = block_y() * chunk, end = start + chunk < n ? start + chunk : n;
    Accumulator total[N];
#pragma unroll
    for (u32 k = 0; k < N; k++)
        total[k] = (Accumulator)F::Identity;
    if (column < inner)
    {
        for (u32 i = start + thread_y(); i < end; i += 8)
        {
            float v[N];
            term((outer * n + i) * inner + column, column, v);
#pragma unroll
            for (u32 k = 0; k < N; k++)
                total[k] = F()(total[k], (Accumulator)v[k]);
        }
    }

#pragma unroll
    for (u32 k = 0; k < N; k++)
        partial[k][thread_y()][thread_x()] = total[k];
    barrier();
    if (thread_y() == 0 && column < inner)
    {
        u32 chunks = (n + chunk - 1) / chunk, at = (outer * (chunks > 0 ? chunks : 1) + block_y()) * inner + column;
#pragma unroll
        for (u32 k = 0; k < N; k++)
        {
            for (u32 i = 1; i < 8; i++)
                total[k] = F()(total[k], partial[k][i][thread_x()]);
            y[at + k] = (float)(total[k] / divisor);
        }
    }
}

// Terms of sums that batch normalisation needs of [rows, channels]: (x - mean)² and dy·(x - mean).
template <class T>
struct SquaredDistance
{
    const T* x;
    const float* mean;
    template <u32 N>
    METHOD void operator()(u32 i, u32 channel, float (&v)[N]) const
    {
        read(x + i, v);
#pragma unroll
        for (u32 k = 0; k < N; k++)
        {
            float distance = v[k] - mean[channel + k];
            v[k] = distance * distance;
        }
    }
};

template <class T>
struct Covariance
{
    const T* x;
    const float* mean;
    const T* dy;
    template <u32 N>
    METHOD void operator()(u32 i, u32 channel, float (&v)[N]) const
    {
        float d[N];
        read(x + i, v);
        read(dy + i, d);
#pragma unroll
        for (u32 k = 0; k < N; k++)
            v[k] = d[k] * (v[k] - mean[channel + k]);
    }
};

// Sums and extremes over the threads of a row: the lanes of a warp, then the warps of a block. The order is fixed by the
// block's size alone.
#pragma once
#include "math.cuh"

struct Add
{
    static constexpr float Identity = 0.0f;
    METHOD float operator()(float a, float b) const { return a + b; }
    METHOD double operator()(double a, double b) const { return a + b; }
};

struct Greatest
{
    static constexpr float Identity = -INFINITY_F;
    METHOD float operator()(float a, float b) const { return maximum(a, b); }
};

// Of those that are numbers.
struct GreatestNumber
{
    static constexpr float Identity = -INFINITY_F;
    METHOD float operator()(float a, float b) const { return greater_number(a, b); }
};

struct Smallest
{
    static constexpr float Identity = INFINITY_F;
    METHOD float operator()(float a, float b) const { return minimum(a, b); }
};

template <class T, class F>
DEVICE T reduce_warp(T value, F f)
{
    for (u32 lanes = 16; lanes > 0; lanes >>= 1)
        value = f(value, shuffle_xor(value, lanes));
    return value;
}

// Over some lanes that stand one behind the other, a power of two of them.
template <class T, class F>
DEVICE T reduce_lanes(T value, F f, u32 count)
{
    for (u32 lanes = count / 2; lanes > 0; lanes >>= 1)
        value = f(value, shuffle_xor(value, lanes));
    return value;
}

// Over the block's x axis: a power of two of threads up to a warp, whose lanes several rows may share, or a multiple of 32 up to 1024
// in a block of one row. All threads of a row get the result.
template <class T, class F>
DEVICE T reduce_row(T value, F f)
{
    SHARED T partial[32];
    if (block_width() < WarpSize)
        return reduce_lanes(value, f, block_width());
    value = reduce_warp(value, f);
    if (block_width() == WarpSize)
        return value;
    u32 lane = thread_x() & 31, warps = block_width() / WarpSize;
    barrier();
    if (lane == 0)
        partial[thread_x() / WarpSize] = value;
    barrier();
    return reduce_warp(lane < warps ? partial[lane] : (T)F::Identity, f);
}

// The sums of count elements over some partial results of them, in a block of 32 × 8 threads: a row of it takes every eighth result.
template <class Store>
DEVICE void add_partials(const float* partials, u32 results, u32 count, Store store)
{
    SHARED float sums[8][32];
    u32 i = block_x() * 32 + thread_x();
    float sum = 0.0f;
    if (i < count)
    {
        for (u32 result = thread_y(); result < results; result += 8)
            sum += partials[result * count + i];
    }

    sums[thread_y()][thread_x()] = sum;
    barrier();
    if (thread_y() != 0 || i >= count)
        return;
    for (u32 row = 1; row < 8; row++)
        sum += sums[row][thread_x()];
    store(i, sum);
}

// Reductions of the middle axis of x [outer, n, inner], a chunk of it at a time, applied to their own result until one chunk is left.
#include "reduce.cuh"

#define REDUCE(name, Accumulator, F)                                                                                        \
    KERNEL reduce_rows_##name(const float* x, float* y, u32 n, u32 chunk, u32 chunks, u32 outer, float divisor)             \
    {                                                                                                                       \
        reduce_rows<Accumulator, F>(x, y, n, chunk, chunks, outer, divisor);                                                \
    }                                                                                                                       \
    KERNEL reduce_columns_##name(const float* x, float* y, u32 n, u32 inner, u32 chunk, float divisor)                      \
    {                                                                                                                       \
        reduce_columns<1, Accumulator, F>(y, n, inner, chunk, divisor, Element<float>{x});                                  \
    }

REDUCE(sum, double, Add)
REDUCE(max, float, Greatest)
REDUCE(min, float, Smallest)

KERNEL squared_distances(const float* x, const float* mean, float* y, u32 rows, u32 channels, u32 chunk, float divisor)
{
    reduce_columns<1, double, Add>(y, rows, channels, chunk, divisor, SquaredDistance<float>{x, mean});
}

KERNEL covariances(const float* x, const float* mean, const float* dy, float* y, u32 rows, u32 channels, u32 chunk, float divisor)
{
    reduce_columns<1, double, Add>(y, rows, channels, chunk, divisor, Covariance<float>{x, mean, dy});
}

// The first NaN beats every number, and nothing beats it.
DEVICE bool wins(float value, float greatest) { return value > greatest || (is_nan(value) && !is_nan(greatest)); }

// inner = 1: a warp for each row; block (32, warps).
KERNEL argmax_rows(const float* x, int* y, u32 n, u32 outer)
{
    u32 row = block_x() * block_height() + thread_y();
    if (row >= outer)
        return;
    // A lane without an element offers the first one, which never wins wrongly.
    u32 best = thread_x() < n ? thread_x() : 0;
    float greatest = x[row * n + best];
    for (u32 i = thread_x() + WarpSize; i < n; i += WarpSize)
    {
        float value = x[row * n + i];
        if (wins(value, greatest))
        {
            greatest = value;
            best = i;
        }
    }

    for (u32 lanes = 16; lanes > 0; lanes >>= 1)
    {
        float other = shuffle_xor(greatest, lanes);
        u32 at = shuffle_xor(best, lanes);
        if (wins(other, greatest) || (at < best && !wins(greatest, other)))
        {
            greatest = other;
            best = at;
        }
    }

    if (thread_x() == 0)
        y[row] = (int)best;
}

// inner > 1: a thread for each column.
KERNEL argmax_columns(const float* x, int* y, u32 n, u32 inner, u32 columns)
{
    for (u32 i = first_index(); i < columns; i += index_step())
    {
        u32 outer = i / inner, column = i - outer * inner;
        const float* at = x + outer * n * inner + column;
        float greatest = at[0];
        u32 best = 0;
        for (u32 k = 1; k < n; k++)
        {
            float value = at[k * inner];
            if (wins(value, greatest))
            {
                greatest = value;
                best = k;
            }
        }

        y[i] = (int)best;
    }
}

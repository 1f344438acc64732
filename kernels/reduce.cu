// Reductions of the middle axis of x [outer, n, inner], a chunk of it at a time: y is [outer, chunks, inner]. Applied to its own
// result until one chunk is left. Sums are kept in double precision within a chunk.
#include "reduction.cuh"

// How many loads of a thread are on their way together.
constexpr u32 Batch = 8;

// inner = 1: a warp for each chunk of a row; block (32, warps), grid (outer · chunks / warps).
#define REDUCE_ROWS(name, Accumulator, F)                                                                                \
    KERNEL reduce_rows_##name(const float* x, float* y, u32 n, u32 chunk, u32 chunks, u32 outer, float divisor)          \
    {                                                                                                                    \
        u32 index = block_x() * block_height() + thread_y();                                                             \
        if (index >= outer * chunks)                                                                                     \
            return;                                                                                                      \
        u32 row = index / chunks, start = (index - row * chunks) * chunk, end = start + chunk < n ? start + chunk : n;   \
        Accumulator total = (Accumulator)F::Identity;                                                                    \
        x += row * n;                                                                                                    \
        u32 i = start + thread_x();                                                                                      \
        for (; i + (Batch - 1) * WarpSize < end; i += Batch * WarpSize)                                                  \
        {                                                                                                                \
            float values[Batch];                                                                                         \
            for (u32 k = 0; k < Batch; k++)                                                                              \
                values[k] = (x + i)[k * WarpSize];                                                                       \
            for (u32 k = 0; k < Batch; k++)                                                                              \
                total = F()(total, (Accumulator)values[k]);                                                              \
        }                                                                                                                \
                                                                                                                         \
        for (; i < end; i += WarpSize)                                                                                   \
            total = F()(total, (Accumulator)x[i]);                                                                       \
        total = reduce_warp(total, F());                                                                                 \
        if (thread_x() == 0)                                                                                             \
            y[index] = (float)(total / divisor);                                                                         \
    }

REDUCE_ROWS(sum, double, Add)
REDUCE_ROWS(max, float, Greatest)
REDUCE_ROWS(min, float, Smallest)

// inner > 1: 32 columns a block, 8 threads for each; grid (outer · ⌈inner / 32⌉, chunks).
template <class Accumulator, class F, class Term>
DEVICE void reduce_columns(float* y, u32 n, u32 inner, u32 chunk, float divisor, Term term)
{
    SHARED Accumulator partial[8][33];
    u32 bands = (inner + 31) / 32, outer = block_x() / bands, column = (block_x() - outer * bands) * 32 + thread_x();
    u32 start = block_y() * chunk, end = start + chunk < n ? start + chunk : n;
    Accumulator total = (Accumulator)F::Identity;
    if (column < inner)
    {
        for (u32 i = start + thread_y(); i < end; i += 8)
            total = F()(total, (Accumulator)term((outer * n + i) * inner + column, column));
    }

    partial[thread_y()][thread_x()] = total;
    barrier();
    if (thread_y() == 0 && column < inner)
    {
        for (u32 i = 1; i < 8; i++)
            total = F()(total, partial[i][thread_x()]);
        u32 chunks = (n + chunk - 1) / chunk;
        y[(outer * (chunks > 0 ? chunks : 1) + block_y()) * inner + column] = (float)(total / divisor);
    }
}

struct Element
{
    const float* x;
    METHOD float operator()(u32 i, u32) const { return x[i]; }
};

#define REDUCE_COLUMNS(name, Accumulator, F)                                                                   \
    KERNEL reduce_columns_##name(const float* x, float* y, u32 n, u32 inner, u32 chunk, float divisor)         \
    {                                                                                                          \
        reduce_columns<Accumulator, F>(y, n, inner, chunk, divisor, Element{x});                               \
    }

REDUCE_COLUMNS(sum, double, Add)
REDUCE_COLUMNS(max, float, Greatest)
REDUCE_COLUMNS(min, float, Smallest)

// Sums that batch normalisation needs of [rows, channels]: (x - mean)² and dy·(x - mean).
struct SquaredDistance
{
    const float* x;
    const float* mean;
    METHOD float operator()(u32 i, u32 channel) const
    {
        float distance = x[i] - mean[channel];
        return distance * distance;
    }
};

struct Covariance
{
    const float* x;
    const float* mean;
    const float* dy;
    METHOD float operator()(u32 i, u32 channel) const { return dy[i] * (x[i] - mean[channel]); }
};

KERNEL squared_distances(const float* x, const float* mean, float* y, u32 rows, u32 channels, u32 chunk, float divisor)
{
    reduce_columns<double, Add>(y, rows, channels, chunk, divisor, SquaredDistance{x, mean});
}

KERNEL covariances(const float* x, const float* mean, const float* dy, float* y, u32 rows, u32 channels, u32 chunk, float divisor)
{
    reduce_columns<double, Add>(y, rows, channels, chunk, divisor, Covariance{x, mean, dy});
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

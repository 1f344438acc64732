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

// The places of the greatest elements, chunk by chunk; what a chunk gave are the candidates of the next pass, by their places.
struct Candidate
{
    float value;
    u32 place;

    // The first of equals; the first NaN beats every number, and nothing beats it. Of later ones, those that are greater.
    METHOD bool loses_to_later(float other) const { return !(other <= value) & !is_nan(value); }

    METHOD void meet(const Candidate& other)
    {
        bool loses = other.place < place ? !Candidate{other.value, 0}.loses_to_later(value) : loses_to_later(other.value);
        value = loses ? other.value : value;
        place = loses ? other.place : place;
    }
};

constexpr u32 NoPlace = ~0u;

// Count candidates k, k + step, .. of one row or column, whose elements are inner apart: their loads are on their way together.
template <u32 Count>
DEVICE void meet_candidates(Candidate& best, const float* x, const int* places, u32 inner, u32 k, u32 step)
{
    float values[Count];
    u32 at[Count];
#pragma unroll
    for (u32 i = 0; i < Count; i++)
        at[i] = places ? (u32)places[(k + i * step) * inner] : k + i * step;
#pragma unroll
    for (u32 i = 0; i < Count; i++)
        values[i] = x[at[i] * inner];
#pragma unroll
    for (u32 i = 0; i < Count; i++)
    {
        bool loses = best.loses_to_later(values[i]) | (best.place == NoPlace);
        best.value = loses ? values[i] : best.value;
        best.place = loses ? at[i] : best.place;
    }
}

// Of those below end.
DEVICE Candidate greatest_of(const float* x, const int* places, u32 inner, u32 k, u32 end, u32 step)
{
    Candidate best = {-INFINITY_F, NoPlace};
    for (; k + (Batch - 1) * step < end; k += Batch * step)
        meet_candidates<Batch>(best, x, places, inner, k, step);
    for (; k < end; k += step)
        meet_candidates<1>(best, x, places, inner, k, step);
    return best;
}

// inner = 1: a warp for each chunk of a row, or a few lanes of it; block (lanes, rows). Of count candidates of a row of n elements.
KERNEL argmax_rows(const float* x, const int* places, int* y, u32 n, u32 count, u32 chunk, u32 chunks, u32 outer)
{
    u32 index = block_x() * block_height() + thread_y(), lanes = block_width();
    bool inside = index < outer * chunks;
    u32 row = inside ? index / chunks : 0, start = inside ? (index - row * chunks) * chunk : count, end = start + chunk < count ? start + chunk : count;
    Candidate best = greatest_of(x + row * n, places ? places + row * count : nullptr, 1, start + thread_x(), end, lanes);
    for (u32 other = lanes / 2; other > 0; other >>= 1)
        best.meet({shuffle_xor(best.value, other), shuffle_xor(best.place, other)});
    if (thread_x() == 0 && inside)
        y[index] = (int)best.place;
}

// inner > 1: 8 threads for each column of a chunk; block (32, 8), grid (outer · ⌈inner / 32⌉, chunks).
KERNEL argmax_columns(const float* x, const int* places, int* y, u32 n, u32 count, u32 inner, u32 chunk, u32 chunks)
{
    constexpr u32 Threads = 8;
    SHARED float values[Threads][WarpSize];
    SHARED u32 found[Threads][WarpSize];
    u32 bands = (inner + WarpSize - 1) / WarpSize, outer = block_x() / bands, column = (block_x() - outer * bands) * WarpSize + thread_x();
    u32 start = block_y() * chunk, end = column >= inner ? 0 : start + chunk < count ? start + chunk : count;
    const int* candidates = places ? places + outer * count * inner + column : nullptr;
    Candidate best = greatest_of(x + outer * n * inner + column, candidates, inner, start + thread_y(), end, Threads);
    values[thread_y()][thread_x()] = best.value;
    found[thread_y()][thread_x()] = best.place;
    barrier();
    if (thread_y() != 0 || column >= inner)
        return;
    for (u32 i = 1; i < Threads; i++)
        best.meet({values[i][thread_x()], found[i][thread_x()]});
    y[(outer * chunks + block_y()) * inner + column] = (int)best.place;
}

// arch: sm_80
// The reductions of reduce.cu, of numbers stored in bfloat16. A thread has two columns where they come in pairs.
#include "reduce.cuh"

template <class Accumulator, class F, class Term>
DEVICE void reduce_pairs(float* y, u32 n, u32 inner, u32 chunk, float divisor, u32 pairs, Term term)
{
    if (pairs)
        reduce_columns<2, Accumulator, F>(y, n, inner, chunk, divisor, term);
    else
        reduce_columns<1, Accumulator, F>(y, n, inner, chunk, divisor, term);
}

#define REDUCE(name, Accumulator, F)                                                                                        \
    KERNEL reduce_rows_##name##_narrow(const bf16* x, float* y, u32 n, u32 chunk, u32 chunks, u32 outer, float divisor)     \
    {                                                                                                                       \
        reduce_rows<Accumulator, F>(x, y, n, chunk, chunks, outer, divisor);                                                \
    }                                                                                                                       \
    KERNEL reduce_columns_##name##_narrow(const bf16* x, float* y, u32 n, u32 inner, u32 chunk, float divisor, u32 pairs)   \
    {                                                                                                                       \
        reduce_pairs<Accumulator, F>(y, n, inner, chunk, divisor, pairs, Element<bf16>{x});                                 \
    }

REDUCE(sum, double, Add)
REDUCE(max, float, Greatest)
REDUCE(min, float, Smallest)

KERNEL squared_distances_narrow(
    const bf16* x, const float* mean, float* y, u32 rows, u32 channels, u32 chunk, float divisor, u32 pairs)
{
    reduce_pairs<double, Add>(y, rows, channels, chunk, divisor, pairs, SquaredDistance<bf16>{x, mean});
}

KERNEL covariances_narrow(
    const bf16* x, const float* mean, const bf16* dy, float* y, u32 rows, u32 channels, u32 chunk, float divisor, u32 pairs)
{
    reduce_pairs<double, Add>(y, rows, channels, chunk, divisor, pairs, Covariance<bf16>{x, mean, dy});
}

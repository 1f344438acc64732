// Walks over elements, four at a time where the addresses allow it.
#pragma once
#include "math.cuh"

template <class F>
DEVICE void map(const float* x, float* y, u32 count, F f)
{
    u32 vectors = aligned16(x) && aligned16(y) ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        float4 v = ((const float4*)x)[i];
        ((float4*)y)[i] = float4{f(v.x), f(v.y), f(v.z), f(v.w)};
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
        y[i] = f(x[i]);
}

// An operand of one element is repeated.
template <class F>
DEVICE void zip(const float* a, u32 stepA, const float* b, u32 stepB, float* y, u32 count, F f)
{
    u32 vectors = stepA == 1 && stepB == 1 && aligned16(a) && aligned16(b) && aligned16(y) ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        float4 v = ((const float4*)a)[i], w = ((const float4*)b)[i];
        ((float4*)y)[i] = float4{f(v.x, w.x), f(v.y, w.y), f(v.z, w.z), f(v.w, w.w)};
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
        y[i] = f(a[i * stepA], b[i * stepB]);
}

// Three operands of equal length.
template <class F>
DEVICE void zip3(const float* a, const float* b, const float* c, float* y, u32 count, F f)
{
    u32 vectors = aligned16(a) && aligned16(b) && aligned16(c) && aligned16(y) ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        float4 u = ((const float4*)a)[i], v = ((const float4*)b)[i], w = ((const float4*)c)[i];
        ((float4*)y)[i] = float4{f(u.x, v.x, w.x), f(u.y, v.y, w.y), f(u.z, v.z, w.z), f(u.w, v.w, w.w)};
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
        y[i] = f(a[i], b[i], c[i]);
}

// Conversions, four elements at a time where the addresses allow it; Vector and Wide are four of From and of To.
template <class From, class Vector, class To, class Wide, class F>
DEVICE void convert(const From* x, To* y, u32 count, F f)
{
    bool aligned = (u64)x % sizeof(Vector) == 0 && (u64)y % sizeof(Wide) == 0;
    u32 vectors = aligned ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        Vector v = ((const Vector*)x)[i];
        ((Wide*)y)[i] = Wide{f(v.x), f(v.y), f(v.z), f(v.w)};
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
        y[i] = f(x[i]);
}

// How operands walk over an output, outermost axis first; see BroadcastPlan and Transpose of the backend.
struct Walk
{
    u32 rank;
    u32 dims[16];
    u32 stepsA[16];
    u32 stepsB[16];
};

struct Offsets
{
    u32 a, b;
};

// Unrolled, so that the parameter is read in place and not copied to local memory.
DEVICE Offsets locate(const Walk& walk, u32 index)
{
    Offsets at = {0, 0};
#pragma unroll
    for (int axis = 15; axis >= 0; axis--)
    {
        if (axis < (int)walk.rank)
        {
            u32 rest = index / walk.dims[axis], position = index - rest * walk.dims[axis];
            at.a += position * walk.stepsA[axis];
            at.b += position * walk.stepsB[axis];
            index = rest;
        }
    }

    return at;
}

// How both operands walk along the innermost axis.
DEVICE u32 innermost(const Walk& walk, Offsets& steps)
{
    u32 length = 1;
#pragma unroll
    for (int axis = 0; axis < 16; axis++)
    {
        if (axis == (int)walk.rank - 1)
        {
            length = walk.dims[axis];
            steps = {walk.stepsA[axis], walk.stepsB[axis]};
        }
    }

    return length;
}

DEVICE float4 load_run(const float* from, u32 step) { return step == 1 ? *(const float4*)from : float4{*from, *from, *from, *from}; }

// Over any broadcast; four neighbours at a time where the innermost axis has whole fours, along which an operand runs or is repeated.
// Steps along the other axes are then multiples of four as well.
template <class F>
DEVICE void zip_broadcast(const float* a, const float* b, float* y, u32 count, const Walk& walk, F f)
{
    Offsets steps = {0, 0};
    bool whole = innermost(walk, steps) % 4 == 0 && steps.a <= 1 && steps.b <= 1 && aligned16(a) && aligned16(b) && aligned16(y);
    u32 vectors = whole ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        Offsets at = locate(walk, 4 * i);
        float4 v = load_run(a + at.a, steps.a), w = load_run(b + at.b, steps.b);
        ((float4*)y)[i] = float4{f(v.x, w.x), f(v.y, w.y), f(v.z, w.z), f(v.w, w.w)};
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
    {
        Offsets at = locate(walk, i);
        y[i] = f(a[at.a], b[at.b]);
    }
}

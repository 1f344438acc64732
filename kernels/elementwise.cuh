// Walks over elements, four at a time where the addresses allow it.
#pragma once
#include "bfloat16.cuh"

// What is read: numbers of one type, or of either. The latter is the same for all of a launch.
template <class T>
struct Numbers
{
    const T* at;

    METHOD bool is_aligned() const { return aligned16(at); }
    template <u32 N>
    METHOD void read(u64 i, float (&v)[N]) const
    {
        ::read(at + i, v);
    }
};

struct EitherNumbers
{
    const void* at;
    u32 isNarrow;

    METHOD bool is_aligned() const { return aligned16(at); }
    template <u32 N>
    METHOD void read(u64 i, float (&v)[N]) const
    {
        if (isNarrow)
            ::read((const bf16*)at + i, v);
        else
            ::read((const float*)at + i, v);
    }
};

// As many at a time as make 16 bytes of the wider type.
template <class From, class To, class F>
DEVICE void map(const From* x, To* y, u32 count, F f)
{
    constexpr u32 N = Neighbours<From> < Neighbours<To> ? Neighbours<From> : Neighbours<To>;
    u32 vectors = aligned16(x) && aligned16(y) ? count / N : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        float v[N];
        read(x + (u64)i * N, v);
#pragma unroll
        for (u32 k = 0; k < N; k++)
            v[k] = f(v[k]);
        write(y + (u64)i * N, v);
    }

    for (u32 i = N * vectors + first_index(); i < count; i += index_step())
    {
        float v[1];
        read(x + i, v);
        v[0] = f(v[0]);
        write(y + i, v);
    }
}

// Neighbours (step 1), or one element that is repeated (step 0).
template <class A, u32 N>
DEVICE void read_run(A from, u64 at, u32 step, float (&v)[N])
{
    if (step == 1)
    {
        from.read(at, v);
        return;
    }

    float one[1];
    from.read(at, one);
#pragma unroll
    for (u32 k = 0; k < N; k++)
        v[k] = one[0];
}

// An operand of one element is repeated.
template <class A, class B, class T, class F>
DEVICE void zip(A a, u32 stepA, B b, u32 stepB, T* y, u32 count, F f)
{
    constexpr u32 N = Neighbours<T>;
    u32 vectors = (stepA == 0 || a.is_aligned()) && (stepB == 0 || b.is_aligned()) && aligned16(y) ? count / N : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        float v[N], w[N];
        read_run(a, (u64)i * N * stepA, stepA, v);
        read_run(b, (u64)i * N * stepB, stepB, w);
#pragma unroll
        for (u32 k = 0; k < N; k++)
            v[k] = f(v[k], w[k]);
        write(y + (u64)i * N, v);
    }

    for (u32 i = N * vectors + first_index(); i < count; i += index_step())
    {
        float v[1], w[1];
        a.read(i * stepA, v);
        b.read(i * stepB, w);
        v[0] = f(v[0], w[0]);
        write(y + i, v);
    }
}

// Three operands of equal length.
template <class A, class B, class C, class T, class F>
DEVICE void zip3(A a, B b, C c, T* y, u32 count, F f)
{
    constexpr u32 N = Neighbours<T>;
    u32 vectors = a.is_aligned() && b.is_aligned() && c.is_aligned() && aligned16(y) ? count / N : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        float u[N], v[N], w[N];
        a.read((u64)i * N, u);
        b.read((u64)i * N, v);
        c.read((u64)i * N, w);
#pragma unroll
        for (u32 k = 0; k < N; k++)
            u[k] = f(u[k], v[k], w[k]);
        write(y + (u64)i * N, u);
    }

    for (u32 i = N * vectors + first_index(); i < count; i += index_step())
    {
        float u[1], v[1], w[1];
        a.read(i, u);
        b.read(i, v);
        c.read(i, w);
        u[0] = f(u[0], v[0], w[0]);
        write(y + i, u);
    }
}

template <class T, class F>
DEVICE void zip3(const T* a, const T* b, const T* c, T* y, u32 count, F f)
{
    zip3(Numbers<T>{a}, Numbers<T>{b}, Numbers<T>{c}, y, count, f);
}

template <class T>
using Four __attribute__((ext_vector_type(4))) = T;

// Conversions, four elements at a time where the addresses allow it.
template <class From, class To, class F>
DEVICE void convert(const From* x, To* y, u32 count, F f)
{
    bool aligned = (u64)x % sizeof(Four<From>) == 0 && (u64)y % sizeof(Four<To>) == 0;
    u32 vectors = aligned ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        Four<From> v = ((const Four<From>*)x)[i];
        ((Four<To>*)y)[i] = Four<To>{f(v.x), f(v.y), f(v.z), f(v.w)};
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

// Over any broadcast; four neighbours at a time where the innermost axis has whole fours, along which an operand runs or is repeated.
// Steps along the other axes are then multiples of four as well.
template <class A, class B, class T, class F>
DEVICE void zip_broadcast(A a, B b, T* y, u32 count, const Walk& walk, F f)
{
    Offsets steps = {0, 0};
    bool whole = innermost(walk, steps) % 4 == 0 && steps.a <= 1 && steps.b <= 1 && a.is_aligned() && b.is_aligned() && aligned16(y);
    u32 vectors = whole ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        Offsets at = locate(walk, 4 * i);
        float v[4], w[4];
        read_run(a, at.a, steps.a, v);
        read_run(b, at.b, steps.b, w);
#pragma unroll
        for (u32 k = 0; k < 4; k++)
            v[k] = f(v[k], w[k]);
        write(y + 4 * i, v);
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
    {
        Offsets at = locate(walk, i);
        float v[1], w[1];
        a.read(at.a, v);
        b.read(at.b, w);
        v[0] = f(v[0], w[0]);
        write(y + i, v);
    }
}

// Rows as the threads of a block have them: block_width() of them a row, which is up to a warp, or a block of one row. See EachHeldRow
// of the backend.
#pragma once
#include "reduction.cuh"

// A row of four elements for each of its threads at most, read once and kept in registers.
struct HeldRow
{
    static constexpr bool IsHeld = true;
    static constexpr u32 Slots = 4;
    float v[Slots];
    u32 n;

    METHOD HeldRow(const float* x, u32 n) : n(n)
    {
        u32 at = index(0);
        if (n % Slots == 0 && aligned16(x) && at < n)
        {
            float4 four = *(const float4*)(x + at);
            v[0] = four.x, v[1] = four.y, v[2] = four.z, v[3] = four.w;
            return;
        }

#pragma unroll
        for (u32 slot = 0; slot < Slots; slot++)
            v[slot] = at + slot < n ? x[at + slot] : 0.0f;
    }

    METHOD u32 index(u32 slot) const { return Slots * thread_x() + slot; }
    METHOD float get(u32 slot) const { return v[slot]; }
    METHOD void set(u32 slot, float value) { v[slot] = value; }

    // f(slot) for all elements of the thread.
    template <class F>
    METHOD void each(F f) const
    {
#pragma unroll
        for (u32 slot = 0; slot < Slots; slot++)
        {
            if (index(slot) < n)
                f(slot);
        }
    }

    // f(index) for those that is says; what is done to them stands there once, whatever the number of slots.
    template <class Is, class F>
    METHOD void each_where(Is is, F f) const
    {
        u32 slots = 0;
        each([&](u32 slot) { slots |= is(slot) ? 1u << slot : 0; });
#pragma unroll 1
        for (u32 at = index(0); slots != 0; at++, slots >>= 1)
        {
            if (slots & 1)
                f(at);
        }
    }

    // y[index] = f(slot).
    template <class F>
    METHOD void store(float* y, F f) const
    {
        u32 at = index(0);
        if (n % Slots == 0 && aligned16(y))
        {
            if (at < n)
                *(float4*)(y + at) = float4{f(0), f(1), f(2), f(3)};
        }
        else
        {
            each([&](u32 slot) { y[at + slot] = f(slot); });
        }
    }
};

// A row of any length, read whenever it is asked for.
struct ReadRow
{
    static constexpr bool IsHeld = false;
    const float* x;
    u32 n;

    METHOD ReadRow(const float* x, u32 n) : x(x), n(n) {}
    METHOD u32 index(u32 slot) const { return slot * block_width() + thread_x(); }
    METHOD float get(u32 slot) const { return x[index(slot)]; }
    METHOD void set(u32, float) {}

    template <class F>
    METHOD void each(F f) const
    {
        for (u32 slot = 0; index(slot) < n; slot++)
            f(slot);
    }

    template <class Is, class F>
    METHOD void each_where(Is is, F f) const
    {
        each([&](u32 slot) {
            if (is(slot))
                f(index(slot));
        });
    }

    template <class F>
    METHOD void store(float* y, F f) const
    {
        each([&](u32 slot) { y[index(slot)] = f(slot); });
    }
};

// The kernels of a function of rows that are held, and of longer ones.
#define ROW_KERNELS(name, function, PARAMETERS, ...)                   \
    KERNEL name PARAMETERS { function<HeldRow>(__VA_ARGS__); }         \
    KERNEL name##_long PARAMETERS { function<ReadRow>(__VA_ARGS__); }

// The row that a thread has a part of. Threads without one take part in reductions with a row of no elements.
struct RowPlace
{
    u32 row, start, n;
    bool inside;
};

DEVICE RowPlace this_row(u32 rows, u32 n)
{
    u32 row = block_x() * block_height() + thread_y();
    bool inside = row < rows;
    return {inside ? row : 0, inside ? row * n : 0, inside ? n : 0, inside};
}

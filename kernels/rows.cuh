// Rows as the threads of a block have them: block_width() of them a row, which is up to a warp, or a block of one row. See EachHeldRow
// of the backend.
#pragma once
#include "reduction.cuh"

// A row that the lanes of a warp, or a few of them, read once and keep in registers, in turns of four elements a lane.
template <u32 Turns>
struct HeldRow
{
    static constexpr bool IsHeld = true;
    float v[4 * Turns];
    u32 n;

    METHOD HeldRow(const float* x, u32 n) : n(n)
    {
        bool isAligned = n % 4 == 0 && aligned16(x);
        each_turn([&](u32 slot, u32 at) {
            if (isAligned && at < n)
            {
                float4 four = *(const float4*)(x + at);
                v[slot] = four.x, v[slot + 1] = four.y, v[slot + 2] = four.z, v[slot + 3] = four.w;
                return;
            }

#pragma unroll
            for (u32 i = 0; i < 4; i++)
                v[slot + i] = at + i < n ? x[at + i] : 0.0f;
        });
    }

    METHOD u32 index(u32 slot) const { return 4 * (slot / 4 * block_width() + thread_x()) + slot % 4; }
    METHOD float get(u32 slot) const { return v[slot]; }
    METHOD void set(u32 slot, float value) { v[slot] = value; }

    // f(slot) for all elements of the thread.
    template <class F>
    METHOD void each(F f) const
    {
        each_turn([&](u32 slot, u32 at) {
#pragma unroll
            for (u32 i = 0; i < 4; i++)
            {
                if (at + i < n)
                    f(slot + i);
            }
        });
    }

    // Which elements is says, a bit for each slot.
    template <class Is>
    METHOD u32 where(Is is) const
    {
        u32 slots = 0;
        each([&](u32 slot) { slots |= is(slot) ? 1u << slot : 0; });
        return slots;
    }

    // f(index) for those that is says; what is done to them stands there once, whatever the number of slots.
    template <class Is, class F>
    METHOD void each_where(Is is, F f) const
    {
        u32 slots = where(is);
#pragma unroll 1
        for (u32 slot = 0; slots != 0; slot++, slots >>= 1)
        {
            if (slots & 1)
                f(index(slot));
        }
    }

    // y[index] = f(slot).
    template <class F>
    METHOD void store(float* y, F f) const
    {
        bool isAligned = n % 4 == 0 && aligned16(y);
        each_turn([&](u32 slot, u32 at) {
            if (isAligned && at < n)
            {
                *(float4*)(y + at) = float4{f(slot), f(slot + 1), f(slot + 2), f(slot + 3)};
                return;
            }

#pragma unroll
            for (u32 i = 0; i < 4; i++)
            {
                if (at + i < n)
                    y[at + i] = f(slot + i);
            }
        });
    }

    // f(slot, index) for the first of each four; turns in which no lane has an element are left out.
    template <class F>
    METHOD void each_turn(F f) const
    {
#pragma unroll
        for (u32 turn = 0; turn < Turns; turn++)
        {
            if (turn > 0 && 4 * turn * block_width() >= n)
                break;
            f(4 * turn, 4 * (turn * block_width() + thread_x()));
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

// The kernels of a function of rows of up to 128 elements, of up to 1024, and of longer ones.
#define ROW_KERNELS(name, function, PARAMETERS, ...)                      \
    KERNEL name PARAMETERS { function<HeldRow<1>>(__VA_ARGS__); }         \
    KERNEL name##_wide PARAMETERS { function<HeldRow<8>>(__VA_ARGS__); }  \
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

// Rows as the threads of a block have them, block_width() of them a row: one, up to a warp, or a block of one row. See EachHeldRow of
// the backend. What the passes over a row do stands in functions of a slot, one of the elements of a thread; slots come in groups, whose
// elements are there together. Where a group reaches beyond the row, it has a number there that the kernel chose, so that it need not ask.
#pragma once
#include "reduction.cuh"

// The row that a thread has a part of. Threads without one take part in all that is done together.
struct RowPlace
{
    u32 row, rows, length;
    bool inside;

    METHOD u32 start() const { return inside ? row * length : 0; }
    METHOD u32 n() const { return inside ? length : 0; }
};

DEVICE RowPlace this_row(u32 rows, u32 length)
{
    u32 row = block_x() * block_height() + thread_y();
    return {row, rows, length, row < rows};
}

// The numbers of a group of slots.
template <u32 N>
struct Numbers
{
    float v[N];

    template <class F>
    static METHOD Numbers of(F f)
    {
        Numbers result;
#pragma unroll
        for (u32 i = 0; i < N; i++)
            result.v[i] = f(i);
        return result;
    }

    METHOD bool any() const
    {
        bool is = false;
#pragma unroll
        for (u32 i = 0; i < N; i++)
            is |= v[i] != 0.0f;
        return is;
    }

    METHOD float sum() const
    {
        Numbers sums = *this;
#pragma unroll
        for (u32 half = N / 2; half > 0; half /= 2)
        {
#pragma unroll
            for (u32 i = 0; i < half; i++)
                sums.v[i] += sums.v[i + half];
        }

        return sums.v[0];
    }
};

// Four numbers in one access, which the compiler would split where it sees that some of them are needed later than others.
DEVICE float4 load_four(const float* x)
{
    float a, b, c, d;
    asm volatile("ld.global.v4.f32 {%0, %1, %2, %3}, [%4];"
        : "=f"(a), "=f"(b), "=f"(c), "=f"(d) : "l"((const __attribute__((address_space(1))) float*)x));
    return float4{a, b, c, d};
}

// A row that the lanes of a warp, or a few of them, read once and keep in registers, in turns of four elements a lane.
template <u32 Turns>
struct HeldRow
{
    static constexpr bool IsHeld = true;
    static constexpr u32 Group = 4;
    float v[4 * Turns];
    u32 start, n;

    // A row of the same form, whose elements are set.
    METHOD explicit HeldRow(const RowPlace& place) : start(place.start()), n(place.n()) {}

    METHOD HeldRow(const float* tensor, const RowPlace& place, float outside) : HeldRow(place)
    {
        const float* x = tensor + start;
        bool isAligned = n % 4 == 0 && aligned16(x);
        each_group([&](u32 slot) {
            u32 at = index(slot);
            if (isAligned)
            {
                float4 four = at < n ? load_four(x + at) : float4{outside, outside, outside, outside};
                v[slot] = four.x, v[slot + 1] = four.y, v[slot + 2] = four.z, v[slot + 3] = four.w;
                return;
            }

#pragma unroll
            for (u32 i = 0; i < 4; i++)
                v[slot + i] = at + i < n ? x[at + i] : outside;
        });
    }

    METHOD u32 index(u32 slot) const { return 4 * (slot / 4 * block_width() + thread_x()) + slot % 4; }
    METHOD float get(u32 slot) const { return v[slot]; }
    METHOD void set(u32 slot, float value) { v[slot] = value; }

    // f(slot) for the first of each group; those in which no lane has an element are left out.
    template <class F>
    METHOD void each_group(F f) const
    {
#pragma unroll
        for (u32 turn = 0; turn < Turns; turn++)
        {
            if (turn > 0 && 4 * turn * block_width() >= n)
                break;
            f(4 * turn);
        }
    }

    // tensor[index] = f(slot), the numbers of a group.
    template <class F>
    METHOD void store_groups(float* tensor, F f) const
    {
        float* y = tensor + start;
        bool isAligned = n % 4 == 0 && aligned16(y);
        each_group([&](u32 slot) {
            u32 at = index(slot);
            Numbers<4> four = f(slot);
            if (isAligned)
            {
                if (at < n)
                    *(float4*)(y + at) = float4{four.v[0], four.v[1], four.v[2], four.v[3]};
                return;
            }

#pragma unroll
            for (u32 i = 0; i < 4; i++)
            {
                if (at + i < n)
                    y[at + i] = four.v[i];
            }
        });
    }

    template <class T, class F>
    static METHOD T reduce(T value, F f)
    {
        return reduce_row(value, f);
    }
};

// Room for some numbers in shared memory.
template <u32 N>
DEVICE float* staged_rows()
{
    SHARED __attribute__((aligned(16))) float numbers[N];
    return numbers;
}

// A row of a few elements that a thread has alone. The rows of a block, which stand one behind the other, come through shared memory, so
// that neighbouring threads read neighbouring elements; those of one or two elements do so anyway. A thread's walk over its row meets the
// other threads' in no bank: in steps of one where the length is odd, and of two where it is even and no multiple of four.
template <u32 Longest>
struct OwnRow
{
    static constexpr bool IsHeld = true;
    static constexpr u32 Group = 2;
    static constexpr u32 MostThreads = 256;
    float v[Longest];
    RowPlace place;

    METHOD explicit OwnRow(const RowPlace& place) : place(place) {}

    METHOD OwnRow(const float* tensor, const RowPlace& place, float outside) : OwnRow(place)
    {
        if (place.length <= Group)
        {
            read(tensor + place.start(), 0, aligned8(tensor), outside);
            return;
        }

        barrier();
        copy(tensor + first(), staged_rows<MostThreads * (Longest - 1)>(), aligned16(tensor + first()));
        barrier();
        each_group([&](u32 slot) { read(staged_rows<MostThreads * (Longest - 1)>() + thread_y() * place.length, slot, true, outside); });
    }

    METHOD u32 index(u32 slot) const { return slot; }
    METHOD float get(u32 slot) const { return v[slot]; }
    METHOD void set(u32 slot, float value) { v[slot] = value; }

    template <class F>
    METHOD void each_group(F f) const
    {
#pragma unroll
        for (u32 slot = 0; slot < Longest; slot += Group)
        {
            if (slot > 0 && slot >= place.length)
                break;
            f(slot);
        }
    }

    template <class F>
    METHOD void store_groups(float* tensor, F f) const
    {
        if (place.length <= Group)
        {
            write(tensor + place.start(), 0, aligned8(tensor), f);
            return;
        }

        barrier();
        each_group([&](u32 slot) { write(staged_rows<MostThreads * (Longest - 1)>() + thread_y() * place.length, slot, true, f); });
        barrier();
        copy(staged_rows<MostThreads * (Longest - 1)>(), tensor + first(), aligned16(tensor + first()));
    }

    template <class T, class F>
    static METHOD T reduce(T value, F)
    {
        return value;
    }

    METHOD void read(const float* own, u32 slot, bool isAligned, float outside)
    {
        u32 n = place.n();
        if (isAligned && place.length % 2 == 0)
        {
            float2 pair = slot < n ? *(const float2*)(own + slot) : float2{outside, outside};
            v[slot] = pair.x, v[slot + 1] = pair.y;
            return;
        }

        v[slot] = slot < n ? own[slot] : outside;
        v[slot + 1] = slot + 1 < n ? own[slot + 1] : outside;
    }

    template <class F>
    METHOD void write(float* own, u32 slot, bool isAligned, F f) const
    {
        u32 n = place.n();
        Numbers<2> two = f(slot);
        if (isAligned && place.length % 2 == 0)
        {
            if (slot < n)
                *(float2*)(own + slot) = float2{two.v[0], two.v[1]};
            return;
        }

        if (slot < n)
            own[slot] = two.v[0];
        if (slot + 1 < n)
            own[slot + 1] = two.v[1];
    }

    // Where the block's rows begin.
    METHOD u32 first() const { return block_x() * block_height() * place.length; }

    // The block's rows, by all its threads.
    METHOD void copy(const float* from, float* to, bool isAligned) const
    {
        u32 left = place.rows * place.length - first(), whole = block_height() * place.length, count = left < whole ? left : whole;
        u32 vectors = isAligned ? count / 4 : 0;
        for (u32 i = thread_y(); i < vectors; i += block_height())
            ((float4*)to)[i] = ((const float4*)from)[i];
        for (u32 i = 4 * vectors + thread_y(); i < count; i += block_height())
            to[i] = from[i];
    }
};

// A row of any length, read whenever it is asked for.
struct ReadRow
{
    static constexpr bool IsHeld = false;
    static constexpr u32 Group = 1;
    const float* x;
    u32 start, n;

    METHOD explicit ReadRow(const RowPlace& place) : x(nullptr), start(place.start()), n(place.n()) {}
    METHOD ReadRow(const float* tensor, const RowPlace& place, float) : x(tensor + place.start()), start(place.start()), n(place.n()) {}
    METHOD u32 index(u32 slot) const { return slot * block_width() + thread_x(); }
    METHOD float get(u32 slot) const { return x[index(slot)]; }
    METHOD void set(u32, float) {}

    template <class F>
    METHOD void each_group(F f) const
    {
        for (u32 slot = 0; index(slot) < n; slot++)
            f(slot);
    }

    template <class F>
    METHOD void store_groups(float* tensor, F f) const
    {
        each_group([&](u32 slot) { tensor[start + index(slot)] = f(slot).v[0]; });
    }

    template <class T, class F>
    static METHOD T reduce(T value, F f)
    {
        return reduce_row(value, f);
    }
};

// f(slot) for all elements of the thread.
template <class Row, class F>
DEVICE void each(const Row& row, F f)
{
    row.each_group([&](u32 slot) {
#pragma unroll
        for (u32 i = 0; i < Row::Group; i++)
            f(slot + i);
    });
}

// The sum over the row of f(slot), the numbers of a group: in single precision within a group, in double precision over groups and threads.
template <class Row, class F>
DEVICE double sum_groups(const Row& row, F f)
{
    double total = 0;
    row.each_group([&](u32 slot) { total += f(slot).sum(); });
    return Row::reduce(total, Add());
}

// The same of f(slot), a number.
template <class Row, class F>
DEVICE double sum(const Row& row, F f)
{
    return sum_groups(row, [&](u32 slot) { return Numbers<Row::Group>::of([&](u32 i) { return f(slot + i); }); });
}

// tensor[index] = f(slot).
template <class Row, class F>
DEVICE void store(const Row& row, float* tensor, F f)
{
    row.store_groups(tensor, [&](u32 slot) { return Numbers<Row::Group>::of([&](u32 i) { return f(slot + i); }); });
}

// The greatest element that is a number, or -∞.
template <class Row>
DEVICE float greatest_number(const Row& row)
{
    float greatest = -INFINITY_F;
    each(row, [&](u32 slot) { greatest = greater_number(greatest, row.get(slot)); });
    return Row::reduce(greatest, GreatestNumber());
}

// The kernels of a function of rows: of up to 512 elements, of up to 1024, of longer ones, and of a few that would leave lanes idle.
#define ROW_KERNELS(name, function, PARAMETERS, ...)                      \
    KERNEL name PARAMETERS { function<HeldRow<4>>(__VA_ARGS__); }         \
    KERNEL name##_wide PARAMETERS { function<HeldRow<8>>(__VA_ARGS__); }  \
    KERNEL name##_long PARAMETERS { function<ReadRow>(__VA_ARGS__); }     \
    KERNEL name##_short PARAMETERS { function<OwnRow<16>>(__VA_ARGS__); }

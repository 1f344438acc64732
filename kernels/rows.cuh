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

    METHOD bool any_nan() const
    {
        bool is = false;
#pragma unroll
        for (u32 i = 0; i < N; i += 2)
            is |= __builtin_isunordered(v[i], v[i + 1 < N ? i + 1 : i]);
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

// An element of a row that is not what the others are; none.
struct RowException
{
    u32 index = ~0u;
    float value = 0.0f;
};

// Two or four numbers in one access, which the compiler would split where it sees that some of them are needed later than others.
DEVICE float2 load_two(const float* x)
{
    float a, b;
    asm volatile("ld.global.v2.f32 {%0, %1}, [%2];" : "=f"(a), "=f"(b) : "l"((const __attribute__((address_space(1))) float*)x));
    return float2{a, b};
}

DEVICE float4 load_four(const float* x)
{
    float a, b, c, d;
    asm volatile("ld.global.v4.f32 {%0, %1, %2, %3}, [%4];"
        : "=f"(a), "=f"(b), "=f"(c), "=f"(d) : "l"((const __attribute__((address_space(1))) float*)x));
    return float4{a, b, c, d};
}

// A row that the lanes of a warp, or a few of them, read once and keep in registers, in turns of four elements a lane: Width lanes where
// that is known when this is compiled.
template <u32 Turns, u32 Width = 0>
struct HeldRow
{
    static constexpr bool IsHeld = true, SkipsUnlabelled = true;
    static constexpr u32 Group = 4;
    typedef float Total;
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

    static METHOD u32 lanes() { return Width > 0 ? Width : block_width(); }
    METHOD u32 index(u32 slot) const { return 4 * (slot / 4 * lanes() + thread_x()) + slot % 4; }
    METHOD float get(u32 slot) const { return v[slot]; }
    METHOD void set(u32 slot, float value) { v[slot] = value; }

    // f(slot) for the first of each group; those in which no lane has an element are left out.
    template <class F>
    METHOD void each_group(F f) const
    {
#pragma unroll
        for (u32 turn = 0; turn < Turns; turn++)
        {
            if (turn > 0 && 4 * turn * lanes() >= n)
                break;
            f(4 * turn);
        }
    }

    // tensor[index] = f(slot), the numbers of a group; the thread that has the exception then writes that.
    template <class F>
    METHOD void store_groups(float* tensor, F f, RowException except = {}) const
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

        if (except.index < n && except.index / 4 % lanes() == thread_x())
            y[except.index] = except.value;
    }

    METHOD float read(const float* tensor, u32 at) const { return tensor[start + at]; }

    template <class T, class F>
    static METHOD T reduce(T value, F f)
    {
        return Width == WarpSize ? reduce_warp(value, f) : reduce_lanes(value, f, lanes());
    }
};

// Room for some numbers in shared memory.
template <u32 N>
DEVICE float* staged_rows()
{
    SHARED __attribute__((aligned(16))) float numbers[N];
    return numbers;
}

// A row of a few elements that a thread has alone, Length of them where it is known when this is compiled. The rows of a block, which stand
// one behind the other, come through shared memory, so that neighbouring threads read neighbouring elements. A thread's walk over its row
// meets the other threads' in no bank: in steps of one where the length is odd, and of two where it is even and no multiple of four. Threads
// without a row walk over whatever stands there, and nobody reads what they make of it.
template <u32 Longest, u32 Length = 0>
struct OwnRow
{
    static constexpr bool IsHeld = true, SkipsUnlabelled = false;
    static constexpr u32 Group = Length % 2 == 1 ? 1 : 2, Threads = 256;
    typedef float Total;
    float v[Longest];
    RowPlace place;

    METHOD explicit OwnRow(const RowPlace& place) : place(place) {}

    METHOD OwnRow(const float* tensor, const RowPlace& place, float outside) : OwnRow(place)
    {
        barrier();
        copy_in(tensor + first());
        barrier();
        if constexpr (Group == 2)
        {
            if (length() % 2 == 0)
            {
                each_group([&](u32 slot) {
                    float2 pair = *(const float2*)(own() + slot);
                    v[slot] = pair.x, v[slot + 1] = pair.y;
                });
                return;
            }
        }

        each_group([&](u32 slot) {
            v[slot] = own()[slot];
            if constexpr (Group == 2)
                v[slot + 1] = slot + 1 < length() ? own()[slot + 1] : outside;
        });
    }

    METHOD u32 length() const { return Length > 0 ? Length : place.length; }
    METHOD u32 index(u32 slot) const { return slot; }
    METHOD float get(u32 slot) const { return v[slot]; }
    METHOD void set(u32 slot, float value) { v[slot] = value; }

    // Of the tensor that was read last.
    METHOD float read(const float*, u32 at) const { return own()[at]; }

    template <class F>
    METHOD void each_group(F f) const
    {
#pragma unroll
        for (u32 slot = 0; slot < Longest; slot += Group)
        {
            if (slot > 0 && slot >= length())
                break;
            f(slot);
        }
    }

    template <class F>
    METHOD void store_groups(float* tensor, F f, RowException except = {}) const
    {
        barrier();
        each_group([&](u32 slot) {
            float* to = own() + slot;
            Numbers<Group> numbers = f(slot);
            if constexpr (Group == 2)
            {
                if (length() % 2 == 0)
                {
                    *(float2*)to = float2{numbers.v[0], numbers.v[1]};
                    return;
                }

                if (slot + 1 < length())
                    to[1] = numbers.v[1];
            }

            to[0] = numbers.v[0];
        });

        if (except.index < length())
            own()[except.index] = except.value;
        barrier();
        copy_out(tensor + first());
    }

    template <class T, class F>
    static METHOD T reduce(T value, F)
    {
        return value;
    }

    // Where the thread's row stands in shared memory.
    METHOD float* own() const { return staged() + thread_y() * length(); }
    static METHOD float* staged() { return staged_rows<Threads * (Length > 0 ? Length : Longest - 1)>(); }

    // Where the block's rows begin, and how many elements they have.
    METHOD u32 first() const { return block_x() * Threads * length(); }

    METHOD u32 count() const
    {
        u32 left = place.rows * length() - first();
        return left < Threads * length() ? left : Threads * length();
    }

    // By all the block's threads, each of which has several loads on their way before it waits for the first.
    METHOD void copy_in(const float* from) const
    {
        u32 vectors = aligned16(from) ? count() / 4 : 0;
        float4 fours[Turns];
        const float* begin = from + 4 * thread_y();
        each_turn(vectors, [&](u32 turn) { fours[turn] = load_four(begin + turn * 4 * Threads); });
        each_turn(vectors, [&](u32 turn) { ((float4*)staged() + thread_y())[turn * Threads] = fours[turn]; });
        for (u32 i = 4 * vectors + thread_y(); i < count(); i += Threads)
            staged()[i] = from[i];
    }

    METHOD void copy_out(float* to) const
    {
        u32 vectors = aligned16(to) ? count() / 4 : 0;
        float4* begin = (float4*)to + thread_y();
        each_turn(vectors, [&](u32 turn) { begin[turn * Threads] = ((const float4*)staged() + thread_y())[turn * Threads]; });
        for (u32 i = 4 * vectors + thread_y(); i < count(); i += Threads)
            to[i] = staged()[i];
    }

private:
    static constexpr u32 Turns = (Longest + 3) / 4;

    // f(turn) while the thread has one of some vectors.
    template <class F>
    static METHOD void each_turn(u32 vectors, F f)
    {
        u32 left = vectors > thread_y() ? vectors - thread_y() : 0;
#pragma unroll
        for (u32 turn = 0; turn < Turns; turn++)
        {
            if (turn * Threads >= left)
                break;
            f(turn);
        }
    }
};

// A row of any length, read whenever it is asked for.
struct ReadRow
{
    static constexpr bool IsHeld = false, SkipsUnlabelled = true;
    static constexpr u32 Group = 1;
    typedef double Total;
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
    METHOD void store_groups(float* tensor, F f, RowException except = {}) const
    {
        each_group([&](u32 slot) { tensor[start + index(slot)] = f(slot).v[0]; });
        if (except.index < n && except.index % block_width() == thread_x())
            tensor[start + except.index] = except.value;
    }

    METHOD float read(const float* tensor, u32 at) const { return tensor[start + at]; }

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

// The sum over the row of f(slot), the numbers of a group: in single precision over what a thread holds, in double precision over threads
// and over what it reads.
template <class Row, class F>
DEVICE double sum_groups(const Row& row, F f)
{
    typename Row::Total total = 0;
    row.each_group([&](u32 slot) { total += f(slot).sum(); });
    return Row::reduce((double)total, Add());
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

// The numbers of a group.
template <class Row>
DEVICE Numbers<Row::Group> group(const Row& row, u32 slot)
{
    return Numbers<Row::Group>::of([&](u32 i) { return row.get(slot + i); });
}

// The kernels of a function of rows: of up to 512 elements, of up to 1024, of longer ones, and of a few that would leave lanes idle; of three
// and of ten, which many data sets have; and of two, for which there is another function, of pairs of rows.
#define ROW_KERNELS(name, function, pair_function, PARAMETERS, ...)                  \
    KERNEL name PARAMETERS { function<HeldRow<4>>(__VA_ARGS__); }                    \
    BLOCKS2 KERNEL name##_wide PARAMETERS { function<HeldRow<8, 32>>(__VA_ARGS__); } \
    KERNEL name##_long PARAMETERS { function<ReadRow>(__VA_ARGS__); }                \
    KERNEL name##_short PARAMETERS { function<OwnRow<16>>(__VA_ARGS__); }            \
    KERNEL name##_three PARAMETERS { function<OwnRow<3, 3>>(__VA_ARGS__); }          \
    KERNEL name##_ten PARAMETERS { function<OwnRow<10, 10>>(__VA_ARGS__); }          \
    KERNEL name##_two PARAMETERS { pair_function(__VA_ARGS__); }

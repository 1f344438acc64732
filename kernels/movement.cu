// Copies that reorder, repeat or pick elements. Types are told apart by their size alone; runs that allow it go 16 bytes at a time, as
// elements of that size. See UnitOf of the backend.
#include "elementwise.cuh"

#define WALKED(name, T)                                                                  \
    KERNEL walk_##name(const T* x, T* y, u32 count, Walk walk)                           \
    {                                                                                    \
        for (u32 i = first_index(); i < count; i += index_step())                        \
            y[i] = x[locate(walk, i).a];                                                 \
    }

WALKED(bytes, u8)
WALKED(halves, u16)
WALKED(words, u32)
WALKED(vectors, uint4)

// The innermost axis repeats one element, several to a vector.
KERNEL spread_words(const u32* x, uint4* y, u32 count, Walk walk)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        u32 word = x[locate(walk, i).a];
        y[i] = uint4{word, word, word, word};
    }
}

KERNEL spread_halves(const u16* x, uint4* y, u32 count, Walk walk)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        u32 half = x[locate(walk, i).a], word = half | half << 16;
        y[i] = uint4{word, word, word, word};
    }
}

// Each matrix of a batch transposed, by tiles of 32 × 32 in shared memory, a block of 32 × 8 threads each: reads and writes both run
// along rows. The column too many keeps the lanes of a warp on different banks; a thread's reads are on their way together.
template <class T>
DEVICE void transpose(const T* x, T* y, u32 rows, u32 columns)
{
    constexpr u32 Side = 32, Step = 8;
    SHARED T tile[Side][Side + 1];
    u32 tilesAcross = (columns + Side - 1) / Side, tiles = tilesAcross * ((rows + Side - 1) / Side);
    u32 matrix = block_x() / tiles, within = block_x() - matrix * tiles;
    u32 row = within / tilesAcross * Side, column = within % tilesAcross * Side;
    x += matrix * rows * columns;
    y += matrix * rows * columns;
    T values[Side / Step];
#pragma unroll
    for (u32 i = 0; i < Side / Step; i++)
    {
        u32 r = row + i * Step + thread_y(), c = column + thread_x();
        values[i] = x[r < rows && c < columns ? r * columns + c : 0];
    }

#pragma unroll
    for (u32 i = 0; i < Side / Step; i++)
        tile[i * Step + thread_y()][thread_x()] = values[i];
    barrier();
#pragma unroll
    for (u32 i = 0; i < Side / Step; i++)
    {
        u32 r = column + i * Step + thread_y(), c = row + thread_x();
        if (r < columns && c < rows)
            y[r * rows + c] = tile[thread_x()][i * Step + thread_y()];
    }
}

#define TRANSPOSED(name, T)                                                                                                       \
    KERNEL transpose_##name(const T* x, T* y, u32 rows, u32 columns)                                                              \
    {                                                                                                                             \
        transpose(x, y, rows, columns);                                                                                           \
    }

TRANSPOSED(bytes, u8)
TRANSPOSED(halves, u16)
TRANSPOSED(words, u32)

// Runs of elements at equal distances: slices of a middle axis, read or written.
#define RUNS(name, T)                                                                                     \
    KERNEL copy_runs_##name(const T* x, u32 stepX, T* y, u32 stepY, u32 run, u32 count)                   \
    {                                                                                                     \
        for (u32 i = first_index(); i < count; i += index_step())                                         \
        {                                                                                                 \
            u32 outer = i / run, at = i - outer * run;                                                    \
            y[outer * stepY + at] = x[outer * stepX + at];                                                \
        }                                                                                                 \
    }

RUNS(bytes, u8)
RUNS(halves, u16)
RUNS(words, u32)
RUNS(vectors, uint4)

DEVICE u32 clamp_index(int index, u32 n) { return index < 0 ? 0 : (u32)index >= n ? n - 1 : (u32)index; }

// x [outer, n, inner], y [outer, picked, inner].
#define GATHER(name, T)                                                                                                  \
    KERNEL gather_##name(const T* x, const int* indices, T* y, u32 n, u32 picked, u32 inner, u32 count)                  \
    {                                                                                                                    \
        for (u32 i = first_index(); i < count; i += index_step())                                                        \
        {                                                                                                                \
            u32 row = i / inner, at = i - row * inner, outer = row / picked;                                             \
            y[i] = x[(outer * n + clamp_index(indices[row - outer * picked], n)) * inner + at];                          \
        }                                                                                                                \
    }

GATHER(bytes, u8)
GATHER(halves, u16)
GATHER(words, u32)
GATHER(vectors, uint4)

// A block for 32 rows of dx and up to 128 columns of them, block (32, 8), grid outer · ⌈n / 32⌉ · ⌈inner / 128⌉. It looks through the indices,
// 256 at a time, for those of its rows; each warp has four of these, and sums up
// in the order of the indices.
KERNEL scatter_add(const float* dy, const int* indices, float* dx, u32 n, u32 picked, u32 inner)
{
    constexpr u32 RowsOfBlock = 32, Warps = 8, Turns = 4, Columns = Turns * WarpSize;
    SHARED float sums[RowsOfBlock][Columns];
    SHARED u32 rows[Warps][WarpSize];
    SHARED u32 found[Warps];
    u32 bands = (inner + Columns - 1) / Columns, group = block_x() / bands, column = (block_x() - group * bands) * Columns + thread_x(), used = 0;
    u32 groups = (n + RowsOfBlock - 1) / RowsOfBlock, outer = group / groups, firstRow = (group - outer * groups) * RowsOfBlock;
    const float* from = dy + (u64)outer * picked * inner;
    float* to = dx + ((u64)outer * n + firstRow) * inner;
    for (u32 i = thread_x(); i < RowsOfBlock / Warps * Columns; i += WarpSize)
        sums[i / Columns * Warps + thread_y()][i % Columns] = 0.0f;
    for (u32 first = 0; first < picked; first += Warps * WarpSize)
    {
        u32 own = first + thread_y() * WarpSize + thread_x(), target = own < picked ? clamp_index(indices[own], n) - firstRow : RowsOfBlock;
        u32 matches = ballot(target < RowsOfBlock);
        barrier();
        rows[thread_y()][thread_x()] = target;
        if (thread_x() == 0)
            found[thread_y()] = matches;
        barrier();
        for (u32 parts = ballot(thread_x() < Warps && found[thread_x() % Warps]); parts; parts &= parts - 1)
        {
            u32 part = first_bit(parts), ofLane = rows[part][thread_x()];
            for (u32 bits = ballot(ofLane < RowsOfBlock && ofLane % Warps == thread_y()); bits; bits &= bits - 1)
            {
                u32 lane = first_bit(bits), row = rows[part][lane], index = first + part * WarpSize + lane;
                used |= 1u << row;
#pragma unroll
                for (u32 k = 0; k < Turns; k++)
                {
                    u32 c = column + k * WarpSize;
                    if (c < inner)
                        sums[row][thread_x() + k * WarpSize] += from[(u64)index * inner + c];
                }
            }
        }
    }

    for (; used; used &= used - 1)
    {
        u32 row = first_bit(used);
#pragma unroll
        for (u32 k = 0; k < Turns; k++)
        {
            if (column + k * WarpSize < inner)
                to[row * inner + column + k * WarpSize] += sums[row][thread_x() + k * WarpSize];
        }
    }
}

DEVICE float is_class(u32 number, u32 place) { return number == place ? 1.0f : 0.0f; }

KERNEL one_hot(const int* indices, float* y, u32 depth, u32 count)
{
    u32 vectors = depth % 4 == 0 && aligned16(y) ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        u32 row = 4 * i / depth, place = 4 * i - row * depth, number = (u32)indices[row];
        float v[4] = {is_class(number, place), is_class(number, place + 1), is_class(number, place + 2), is_class(number, place + 3)};
        write(y + 4 * i, v);
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
    {
        u32 row = i / depth;
        y[i] = is_class((u32)indices[row], i - row * depth);
    }
}

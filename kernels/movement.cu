// Copies that reorder, repeat or pick elements. Types are told apart by their size alone.
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

// One thread for each column of each outer matrix: it adds in the order of the indices, so that equal ones are added in
// a fixed order.
KERNEL scatter_add(const float* dy, const int* indices, float* dx, u32 n, u32 picked, u32 inner, u32 columns)
{
    for (u32 i = first_index(); i < columns; i += index_step())
    {
        u32 outer = i / inner, at = i - outer * inner;
        for (u32 k = 0; k < picked; k++)
        {
            u32 target = (outer * n + clamp_index(indices[k], n)) * inner + at;
            dx[target] += dy[(outer * picked + k) * inner + at];
        }
    }
}

KERNEL one_hot(const int* indices, float* y, u32 depth, u32 count)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        u32 row = i / depth;
        y[i] = (u32)indices[row] == i - row * depth ? 1.0f : 0.0f;
    }
}

// Copies that reorder, repeat or pick elements. Types are told apart by their size alone.
#include "elementwise.cuh"

#define WALKED(name, T)                                                                  \
    KERNEL walk_##name(const T* x, T* y, u32 count, Walk walk)                           \
    {                                                                                    \
        for (u32 i = first_index(); i < count; i += index_step())                        \
            y[i] = x[locate(walk, i).a];                                                 \
    }

WALKED(bytes, u8)
WALKED(words, u32)

// Each matrix of a batch transposed, by tiles of 32 × 32 in shared memory: reads and writes both run along rows. The column
// too many keeps the lanes of a warp on different banks.
#define TRANSPOSED(name, T)                                                                                                       \
    KERNEL transpose_##name(const T* x, T* y, u32 rows, u32 columns)                                                              \
    {                                                                                                                             \
        SHARED T tile[32][33];                                                                                                    \
        u32 tilesAcross = (columns + 31) / 32, tiles = tilesAcross * ((rows + 31) / 32);                                          \
        u32 matrix = block_x() / tiles, within = block_x() - matrix * tiles;                                                      \
        u32 row = within / tilesAcross * 32, column = within % tilesAcross * 32;                                                  \
        x += matrix * rows * columns;                                                                                             \
        y += matrix * rows * columns;                                                                                             \
        for (u32 r = thread_y(); r < 32; r += block_height())                                                                     \
        {                                                                                                                         \
            if (row + r < rows && column + thread_x() < columns)                                                                  \
                tile[r][thread_x()] = x[(row + r) * columns + column + thread_x()];                                               \
        }                                                                                                                         \
        barrier();                                                                                                                \
        for (u32 r = thread_y(); r < 32; r += block_height())                                                                     \
        {                                                                                                                         \
            if (column + r < columns && row + thread_x() < rows)                                                                  \
                y[(column + r) * rows + row + thread_x()] = tile[thread_x()][r];                                                  \
        }                                                                                                                         \
    }

TRANSPOSED(bytes, u8)
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

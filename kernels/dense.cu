// Dense layers for which a library's blocks are too large: few rows of a long sum, and few outputs.
#include "bfloat16.cuh"
#include "block_loop.cuh"
#include "reduction.cuh"

// RowStep keeps lanes that store neighbours of one row on different banks.
constexpr u32 Rows = 32, RowStep = 36, Columns = 2, Ahead = 8;

// Partial sums [slices, rows, out] of x [rows, in] times w [in, out] over slices of in: a block reads its part of the weights once,
// for all of its 32 rows; a thread has two columns of them. The slice's part of x lies in shared memory, rows side by side.
template <class T>
DEVICE void few_rows(const T* x, const float* w, float* partials, u32 rows, u32 ins, u32 outs, u32 length)
{
    SHARED __attribute__((aligned(16))) float inputs[128 * RowStep];
    u32 first = block_x() * length, end = first + length < ins ? first + length : ins, count = end - first;
    u32 firstRow = block_y() * Rows, out = (block_z() * block_width() + thread_x()) * Columns;
    each_of_block<Ahead>(
        Rows * 128,
        block_width(),
        [&](u32 item) {
            u32 in = item % 128, row = firstRow + item / 128;
            bool there = in < count && row < rows;
            float v = widen(x[there ? row * ins + first + in : 0]);
            return there ? v : 0.0f;
        },
        [&](u32 item, float v) { inputs[item % 128 * RowStep + item / 128] = v; });

    barrier();
    if (out >= outs)
        return;
    float sums[Rows][Columns];
#pragma unroll
    for (u32 i = 0; i < Rows * Columns; i++)
        sums[i / Columns][i % Columns] = 0.0f;
    const float* from = w + first * outs + out;
    for (u32 in = 0; in < count; in += Ahead)
    {
        // Loads of several rows are on their way at a time.
        float2 weights[Ahead];
#pragma unroll
        for (u32 i = 0; i < Ahead; i++)
        {
            bool there = in + i < count;
            float2 v = *(const float2*)(from + (there ? in + i : 0) * outs);
            weights[i] = there ? v : (float2){0.0f, 0.0f};
        }

#pragma unroll
        for (u32 i = 0; i < Ahead; i++)
        {
#pragma unroll
            for (u32 row = 0; row < Rows; row += 4)
            {
                float4 v = *(const float4*)(inputs + (in + i) * RowStep + row);
#pragma unroll
                for (u32 r = 0; r < 4; r++)
                {
                    sums[row + r][0] = fma(v[r], weights[i].x, sums[row + r][0]);
                    sums[row + r][1] = fma(v[r], weights[i].y, sums[row + r][1]);
                }
            }
        }
    }

    float* to = partials + (block_x() * rows + firstRow) * outs + out;
#pragma unroll
    for (u32 row = 0; row < Rows; row++)
    {
        if (firstRow + row < rows)
            *(float2*)(to + row * outs) = (float2){sums[row][0], sums[row][1]};
    }
}

KERNEL dense_few_rows(const float* x, const float* w, float* partials, u32 rows, u32 ins, u32 outs, u32 length)
{
    few_rows(x, w, partials, rows, ins, outs, length);
}

KERNEL dense_few_rows_narrow(const bf16* x, const float* w, float* partials, u32 rows, u32 ins, u32 outs, u32 length)
{
    few_rows(x, w, partials, rows, ins, outs, length);
}

// y [rows, out]: the sums of all slices, a bias and ReLU.
KERNEL dense_sum(const float* partials, u32 slices, const float* bias, float* y, u32 relu, u32 outs, u32 count)
{
    add_partials(partials, slices, count, [&](u32 i, float sum) {
        sum += bias[i % outs];
        y[i] = relu && sum <= 0.0f ? 0.0f : sum;
    });
}

// A warp for each output of a few.
template <class T>
DEVICE void few_outputs(const T* x, const float* w, const float* bias, float* y, u32 relu, u32 rows, u32 ins, u32 outs)
{
    u32 i = block_x() * block_height() + thread_y(), row = i / outs, out = i - row * outs;
    if (row >= rows)
        return;
    float sum = 0.0f;
    for (u32 in = thread_x(); in < ins; in += WarpSize)
        sum = fma(widen(x[row * ins + in]), w[in * outs + out], sum);
    sum = reduce_warp(sum, Add{}) + bias[out];
    if (thread_x() == 0)
        y[i] = relu && sum <= 0.0f ? 0.0f : sum;
}

KERNEL dense_few_outputs(const float* x, const float* w, const float* bias, float* y, u32 relu, u32 rows, u32 ins, u32 outs)
{
    few_outputs(x, w, bias, y, relu, rows, ins, outs);
}

KERNEL dense_few_outputs_narrow(const bf16* x, const float* w, const float* bias, float* y, u32 relu, u32 rows, u32 ins, u32 outs)
{
    few_outputs(x, w, bias, y, relu, rows, ins, outs);
}

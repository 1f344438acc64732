// Softmax and log-softmax of rows, and their gradients. Short rows have a warp each (block 32 × several rows), long ones a
// block; all threads of a row stay until its last reduction.
#include "reduction.cuh"

struct Row
{
    u32 index;
    u32 start;
    bool inside;
};

DEVICE Row this_row(u32 rows, u32 n)
{
    u32 index = block_x() * block_height() + thread_y();
    return {index, index < rows ? index * n : 0, index < rows};
}

DEVICE float row_max(const float* x, const Row& row, u32 n)
{
    float greatest = -INFINITY_F;
    for (u32 i = thread_x(); row.inside && i < n; i += block_width())
        greatest = maximum(greatest, x[row.start + i]);
    return reduce_row(greatest, Greatest());
}

DEVICE double row_sum_exp(const float* x, const Row& row, u32 n, float max)
{
    double sum = 0;
    for (u32 i = thread_x(); row.inside && i < n; i += block_width())
        sum += exp(x[row.start + i] - max);
    return reduce_row(sum, Add());
}

KERNEL softmax(const float* x, float* y, u32 rows, u32 n)
{
    Row row = this_row(rows, n);
    float max = row_max(x, row, n);
    float sum = (float)row_sum_exp(x, row, n, max);
    for (u32 i = thread_x(); row.inside && i < n; i += block_width())
        y[row.start + i] = exp(x[row.start + i] - max) / sum;
}

KERNEL softmax_gradient(const float* y, const float* dy, float* dx, u32 rows, u32 n)
{
    Row row = this_row(rows, n);
    double dot = 0;
    for (u32 i = thread_x(); row.inside && i < n; i += block_width())
        dot += (double)dy[row.start + i] * y[row.start + i];
    float total = (float)reduce_row(dot, Add());
    for (u32 i = thread_x(); row.inside && i < n; i += block_width())
        dx[row.start + i] = y[row.start + i] * (dy[row.start + i] - total);
}

KERNEL log_softmax(const float* x, float* y, u32 rows, u32 n)
{
    Row row = this_row(rows, n);
    float max = row_max(x, row, n);
    float shift = (float)log(row_sum_exp(x, row, n, max));
    for (u32 i = thread_x(); row.inside && i < n; i += block_width())
        y[row.start + i] = x[row.start + i] - max - shift;
}

KERNEL log_softmax_gradient(const float* y, const float* dy, float* dx, u32 rows, u32 n)
{
    Row row = this_row(rows, n);
    double sum = 0;
    for (u32 i = thread_x(); row.inside && i < n; i += block_width())
        sum += dy[row.start + i];
    float total = (float)reduce_row(sum, Add());
    for (u32 i = thread_x(); row.inside && i < n; i += block_width())
        dx[row.start + i] = dy[row.start + i] - exp(y[row.start + i]) * total;
}

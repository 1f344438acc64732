// Softmax and log-softmax of rows, and their gradients. A NaN makes the row NaN, by way of its sum.
#include "rows.cuh"

template <class Row>
DEVICE void softmax_row(const float* x, float* y, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(x, place, -INFINITY_F);
    float greatest = greatest_number(values);
    float total = (float)sum(values, [&](u32 slot) {
        float power = exp_below_zero(values.get(slot) - greatest);
        values.set(slot, power);
        return power;
    });
    float scale = 1.0f / total;
    store(values, y, [&](u32 slot) { return (Row::IsHeld ? values.get(slot) : exp_below_zero(values.get(slot) - greatest)) * scale; });
}

template <class Row>
DEVICE void softmax_gradient_row(const float* y, const float* dy, float* dx, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(y, place, 0.0f), outer(dy, place, 0.0f);
    float total = (float)sum(values, [&](u32 slot) { return outer.get(slot) * values.get(slot); });
    store(values, dx, [&](u32 slot) { return values.get(slot) * (outer.get(slot) - total); });
}

template <class Row>
DEVICE void log_softmax_row(const float* x, float* y, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(x, place, -INFINITY_F);
    float greatest = greatest_number(values);
    float shift = (float)log(sum(values, [&](u32 slot) { return exp_below_zero(values.get(slot) - greatest); }));
    store(values, y, [&](u32 slot) { return values.get(slot) - greatest - shift; });
}

template <class Row>
DEVICE void log_softmax_gradient_row(const float* y, const float* dy, float* dx, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(y, place, 0.0f), outer(dy, place, 0.0f);
    float total = (float)sum(outer, [&](u32 slot) { return outer.get(slot); });
    store(values, dx, [&](u32 slot) { return outer.get(slot) - exp_below_zero(values.get(slot)) * total; });
}

ROW_KERNELS(softmax, softmax_row, (const float* x, float* y, u32 rows, u32 n), x, y, rows, n)
ROW_KERNELS(softmax_gradient, softmax_gradient_row, (const float* y, const float* dy, float* dx, u32 rows, u32 n), y, dy, dx, rows, n)
ROW_KERNELS(log_softmax, log_softmax_row, (const float* x, float* y, u32 rows, u32 n), x, y, rows, n)
ROW_KERNELS(log_softmax_gradient, log_softmax_gradient_row, (const float* y, const float* dy, float* dx, u32 rows, u32 n), y, dy, dx, rows, n)

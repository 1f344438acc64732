// Softmax and log-softmax of rows, and their gradients.
#include "rows.cuh"

template <class Row>
DEVICE float row_max(const Row& x)
{
    float greatest = -INFINITY_F;
    x.each([&](u32 slot) { greatest = maximum(greatest, x.get(slot)); });
    return reduce_row(greatest, Greatest());
}

template <class Row>
DEVICE void softmax_row(const float* x, float* y, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(x + place.start, place.n);
    float max = row_max(values);
    double sum = 0;
    values.each([&](u32 slot) {
        float power = exp(values.get(slot) - max);
        values.set(slot, power);
        sum += power;
    });
    float total = (float)reduce_row(sum, Add());
    values.store(y + place.start, [&](u32 slot) { return (Row::IsHeld ? values.get(slot) : exp(values.get(slot) - max)) / total; });
}

template <class Row>
DEVICE void softmax_gradient_row(const float* y, const float* dy, float* dx, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(y + place.start, place.n), outer(dy + place.start, place.n);
    double dot = 0;
    values.each([&](u32 slot) { dot += (double)outer.get(slot) * values.get(slot); });
    float total = (float)reduce_row(dot, Add());
    values.store(dx + place.start, [&](u32 slot) { return values.get(slot) * (outer.get(slot) - total); });
}

template <class Row>
DEVICE void log_softmax_row(const float* x, float* y, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(x + place.start, place.n);
    float max = row_max(values);
    double sum = 0;
    values.each([&](u32 slot) { sum += exp(values.get(slot) - max); });
    float shift = (float)log(reduce_row(sum, Add()));
    values.store(y + place.start, [&](u32 slot) { return values.get(slot) - max - shift; });
}

template <class Row>
DEVICE void log_softmax_gradient_row(const float* y, const float* dy, float* dx, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(y + place.start, place.n), outer(dy + place.start, place.n);
    double sum = 0;
    outer.each([&](u32 slot) { sum += outer.get(slot); });
    float total = (float)reduce_row(sum, Add());
    values.store(dx + place.start, [&](u32 slot) { return outer.get(slot) - exp(values.get(slot)) * total; });
}

ROW_KERNELS(softmax, softmax_row, (const float* x, float* y, u32 rows, u32 n), x, y, rows, n)
ROW_KERNELS(softmax_gradient, softmax_gradient_row, (const float* y, const float* dy, float* dx, u32 rows, u32 n), y, dy, dx, rows, n)
ROW_KERNELS(log_softmax, log_softmax_row, (const float* x, float* y, u32 rows, u32 n), x, y, rows, n)
ROW_KERNELS(log_softmax_gradient, log_softmax_gradient_row, (const float* y, const float* dy, float* dx, u32 rows, u32 n), y, dy, dx, rows, n)

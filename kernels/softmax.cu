// Softmax and log-softmax of rows, and their gradients. A NaN makes the row NaN, by way of its sum.
#include "row_pairs.cuh"

template <class Row>
DEVICE void softmax_row(const float* x, float* y, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(x, place, -INFINITY_F);
    float greatest = greatest_number(values);
    float total = (float)sum(values, [&](u32 slot) {
        float power = scaled_exp_below_zero(values.get(slot) - greatest);
        values.set(slot, power);
        return power;
    });

    // The powers and their sum have the same factor.
    float scale = 1.0f / total;
    store(values, y, [&](u32 slot) { return (Row::IsHeld ? values.get(slot) : scaled_exp_below_zero(values.get(slot) - greatest)) * scale; });
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
    float shift = log((float)sum(values, [&](u32 slot) { return scaled_exp_below_zero(values.get(slot) - greatest); }) * Unscaled);
    store(values, y, [&](u32 slot) { return values.get(slot) - greatest - shift; });
}

template <class Row>
DEVICE void log_softmax_gradient_row(const float* y, const float* dy, float* dx, u32 rows, u32 n)
{
    RowPlace place = this_row(rows, n);
    Row values(y, place, 0.0f), outer(dy, place, 0.0f);
    float total = (float)sum(outer, [&](u32 slot) { return outer.get(slot); });
    store(values, dx, [&](u32 slot) { return fma(exp_below_zero(values.get(slot)), -total, outer.get(slot)); });
}

// y = f of the two shares and of which of the two it is.
template <class F>
DEVICE void map_pairs(const float* x, float* y, u32 rows, F f)
{
    RowPair pair = this_pair(rows, (u64)x | (u64)y, 0);
    Numbers<4> z = pair.load(x);
    TwoShares shares[2] = {TwoShares(z.v[0], z.v[1]), TwoShares(z.v[2], z.v[3])};
    pair.store(y, Numbers<4>::of([&](u32 i) { return f(shares[i / 2], i % 2); }));
}

// dx = f(y, dy, other y, other dy).
template <class F>
DEVICE void zip_pairs(const float* y, const float* dy, float* dx, u32 rows, F f)
{
    RowPair pair = this_pair(rows, (u64)y | (u64)dy | (u64)dx, 0);
    Numbers<4> a = pair.load(y), b = pair.load(dy);
    pair.store(dx, Numbers<4>::of([&](u32 i) { return f(a.v[i], b.v[i], a.v[i ^ 1], b.v[i ^ 1]); }));
}

DEVICE void softmax_pair(const float* x, float* y, u32 rows, u32)
{
    map_pairs(x, y, rows, [](const TwoShares& s, u32 i) { return s.ordered(i, s.greater, s.lesser); });
}

DEVICE void softmax_gradient_pair(const float* y, const float* dy, float* dx, u32 rows, u32)
{
    zip_pairs(y, dy, dx, rows, [](float own, float outer, float other, float otherOuter) {
        return own * (outer - (own * outer + other * otherOuter));
    });
}

DEVICE void log_softmax_pair(const float* x, float* y, u32 rows, u32)
{
    map_pairs(x, y, rows, [](const TwoShares& s, u32 i) { return s.ordered(i, s.logGreater, s.log_lesser()); });
}

DEVICE void log_softmax_gradient_pair(const float* y, const float* dy, float* dx, u32 rows, u32)
{
    zip_pairs(y, dy, dx, rows, [](float own, float outer, float, float otherOuter) { return outer - exp_below_zero(own) * (outer + otherOuter); });
}

ROW_KERNELS(softmax, softmax_row, softmax_pair, (const float* x, float* y, u32 rows, u32 n), x, y, rows, n)

ROW_KERNELS(
    softmax_gradient, softmax_gradient_row, softmax_gradient_pair, (const float* y, const float* dy, float* dx, u32 rows, u32 n), y, dy, dx, rows, n)

ROW_KERNELS(log_softmax, log_softmax_row, log_softmax_pair, (const float* x, float* y, u32 rows, u32 n), x, y, rows, n)

ROW_KERNELS(
    log_softmax_gradient, log_softmax_gradient_row, log_softmax_gradient_pair, (const float* y, const float* dy, float* dx, u32 rows, u32 n), y, dy,
    dx, rows, n)

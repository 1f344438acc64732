// Focal terms of rows of classes and their gradients; a row has a warp or a few lanes of one. Only labels that are not 0 cost more
// than a read or an exponential in single precision; those are computed in double precision.
#include "rows.cuh"

// u^gamma for u in [0, 1]; 0^0 is 1. gamma is the same for all rows.
DEVICE double focal_power(double u, float gamma)
{
    if (gamma == 0.0f)
        return 1.0;
    if (gamma == 1.0f)
        return u;
    if (gamma == 2.0f)
        return u * u;
    return u > 0.0 ? exp((double)gamma * log(u)) : u;
}

// Soft labels [rows, classes], or class numbers [rows] where those are null; a number that is no class is no label.
struct Labels
{
    const float* soft;
    const int* numbers;
    const float* alpha;
    u32 alphas;
    float gamma, poly;

    METHOD double weight(u32 c) const { return alpha[alphas == 1 ? 0 : c]; }
};

// A row's labels: soft ones as they are read, or the number of the class.
template <class Row>
struct RowLabels
{
    Row soft;
    u32 number;
    bool isNumber;

    METHOD RowLabels(const Labels& labels, const RowPlace& place)
        : soft(labels.numbers ? nullptr : labels.soft + place.start, labels.numbers ? 0 : place.n),
          number(labels.numbers && place.inside ? (u32)labels.numbers[place.row] : ~0u), isNumber(labels.numbers)
    {
    }

    METHOD float get(u32 slot) const { return isNumber ? (soft.index(slot) == number ? 1.0f : 0.0f) : soft.get(slot); }
};

// One of them, read again.
DEVICE double label_of(const Labels& labels, const RowPlace& place, u32 c)
{
    return labels.numbers ? (labels.numbers[place.row] == (int)c ? 1.0 : 0.0) : (double)labels.soft[place.start + c];
}

// loss = Σ y·(1-q)^gamma·(poly·(1-q) - alpha·ln q) with q = clip(p, epsilon, 1 - epsilon).
template <class Row>
DEVICE void categorical_focal_row(const Labels& labels, const float* probabilities, float epsilon, float* loss, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    const float* from = probabilities + place.start;
    Row p(from, place.n);
    RowLabels<Row> y(labels, place);
    double total = 0;
    p.each_where(
        [&](u32 slot) { return y.get(slot) != 0.0f || is_nan(p.get(slot)); },
        [&](u32 c) {
            double v = from[c], q = v < epsilon ? (double)epsilon : v > 1 - (double)epsilon ? 1 - (double)epsilon : v;
            total += label_of(labels, place, c) * focal_power(1 - q, labels.gamma) * (labels.poly * (1 - q) - labels.weight(c) * log(q));
        });
    total = reduce_row(total, Add());
    if (thread_x() == 0 && place.inside)
        loss[place.row] = (float)total;
}

// The slope of -(1-p)^gamma·ln p is (1-p)^gamma·(gamma·ln p/(1-p) - 1/p); zero where p was clipped.
template <class Row>
DEVICE void categorical_focal_gradient_row(
    const Labels& labels, const float* probabilities, float epsilon, const float* dloss, float* dp, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    const float* from = probabilities + place.start;
    Row p(from, place.n);
    RowLabels<Row> y(labels, place);
    p.store(dp + place.start, [](u32) { return 0.0f; });
    p.each_where(
        [&](u32 slot) {
            double q = p.get(slot);
            return !(q < epsilon || q > 1 - (double)epsilon || (y.get(slot) == 0.0f && q == q));
        },
        [&](u32 c) {
            double q = from[c], u = 1 - q, slope = labels.weight(c) * (labels.gamma * log(q) / u - 1 / q) - labels.poly * (labels.gamma + 1);
            dp[place.start + c] = (float)(dloss[place.row] * label_of(labels, place, c) * focal_power(u, labels.gamma) * slope);
        });
}

// A row's greatest logit z_k with R = Σ_{j≠k} e^(z_j - z_k): class k has ln p = -ln(1 + R) and u = R/(1 + R) without
// cancellation; every other class has p ≤ ½, so that u = 1 - p is exact enough.
struct Peak
{
    u32 at;
    float logit;
    double others;
    double logSum;
};

struct Share
{
    double logP, p, u;
};

// What is held of the row afterwards are the powers e^(z_j - z_k). A NaN makes all of it NaN.
template <class Row>
DEVICE Peak find_peak(Row& z)
{
    float greatest = -INFINITY_F;
    z.each([&](u32 slot) { greatest = maximum(greatest, z.get(slot)); });
    greatest = reduce_row(greatest, Greatest());
    u32 at = ~0u;
    z.each([&](u32 slot) { at = at == ~0u && z.get(slot) == greatest ? z.index(slot) : at; });
    at = reduce_row(at, First());
    double others = 0;
    z.each([&](u32 slot) {
        float power = exp(z.get(slot) - greatest);
        z.set(slot, power);
        if (z.index(slot) != at)
            others += power;
    });
    others = reduce_row(others, Add());
    return {at, greatest, others, log1p(others)};
}

DEVICE Share share(u32 c, double z, const Peak& peak)
{
    double sum = 1 + peak.others;
    if (c == peak.at)
        return {-peak.logSum, 1 / sum, peak.others / sum};
    double below = z - peak.logit, p = exp(below) / sum;
    return {below - peak.logSum, p, 1 - p};
}

// loss = Σ y·u^gamma·(poly·u - alpha·ln p).
template <class Row>
DEVICE void softmax_categorical_focal_row(const Labels& labels, const float* logits, float* loss, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    const float* from = logits + place.start;
    Row z(from, place.n);
    RowLabels<Row> y(labels, place);
    Peak peak = find_peak(z);
    double total = 0;
    z.each_where(
        [&](u32 slot) { return y.get(slot) != 0.0f; },
        [&](u32 c) {
            Share s = share(c, from[c], peak);
            total += label_of(labels, place, c) * focal_power(s.u, labels.gamma) * (labels.poly * s.u - labels.weight(c) * s.logP);
        });
    total = reduce_row(total, Add());
    if (thread_x() == 0 && place.inside)
        loss[place.row] = peak.others != peak.others ? NAN_F : (float)total;
}

// h = y·u^gamma·(alpha·(gamma·p·r - 1) - poly·(gamma + 1)·p) with r = ln p/u → -1; dz_j = h_j·u_j - p_j·Σ_{c≠j} h_c.
template <class Row>
DEVICE void softmax_categorical_focal_gradient_row(
    const Labels& labels, const float* logits, const float* dloss, float* dz, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    const float* from = logits + place.start;
    Row z(from, place.n);
    RowLabels<Row> y(labels, place);
    Peak peak = find_peak(z);
    float outer = place.inside ? dloss[place.row] : 0.0f;
    double total = 0;
    for (u32 pass = 0; pass < 2; pass++)
    {
        z.each_where(
            [&](u32 slot) { return y.get(slot) != 0.0f; },
            [&](u32 c) {
                Share s = share(c, from[c], peak);
                double ratio = s.u == 0 ? -1 : s.p == 0 ? 0 : s.logP / s.u;
                double h = label_of(labels, place, c) * focal_power(s.u, labels.gamma)
                    * (labels.weight(c) * (labels.gamma * s.p * ratio - 1) - labels.poly * (labels.gamma + 1) * s.p);
                if (pass == 0)
                    total += h;
                else
                    dz[place.start + c] = (float)(outer * (h * s.u - s.p * (total - h)));
            });
        if (pass == 0)
        {
            total = reduce_row(total, Add());
            float scale = (float)(-outer * total / (1 + peak.others));
            z.store(dz + place.start, [&](u32 slot) { return scale * (Row::IsHeld ? z.get(slot) : exp(z.get(slot) - peak.logit)); });
        }
    }
}

ROW_KERNELS(
    categorical_focal, categorical_focal_row,
    (const float* soft, const int* numbers, const float* probabilities, const float* alpha, u32 alphas, float gamma, float poly, float epsilon,
        float* loss, u32 rows, u32 classes),
    Labels{soft, numbers, alpha, alphas, gamma, poly}, probabilities, epsilon, loss, rows, classes)

ROW_KERNELS(
    categorical_focal_gradient, categorical_focal_gradient_row,
    (const float* soft, const int* numbers, const float* probabilities, const float* alpha, u32 alphas, float gamma, float poly, float epsilon,
        const float* dloss, float* dp, u32 rows, u32 classes),
    Labels{soft, numbers, alpha, alphas, gamma, poly}, probabilities, epsilon, dloss, dp, rows, classes)

ROW_KERNELS(
    softmax_categorical_focal, softmax_categorical_focal_row,
    (const float* soft, const int* numbers, const float* logits, const float* alpha, u32 alphas, float gamma, float poly, float* loss, u32 rows,
        u32 classes),
    Labels{soft, numbers, alpha, alphas, gamma, poly}, logits, loss, rows, classes)

ROW_KERNELS(
    softmax_categorical_focal_gradient, softmax_categorical_focal_gradient_row,
    (const float* soft, const int* numbers, const float* logits, const float* alpha, u32 alphas, float gamma, float poly, const float* dloss,
        float* dz, u32 rows, u32 classes),
    Labels{soft, numbers, alpha, alphas, gamma, poly}, logits, dloss, dz, rows, classes)

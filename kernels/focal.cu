// Focal terms of rows of classes and their gradients; a row has a warp or a few lanes of one. Only labels that are not 0 cost more
// than a read or an exponential. Their terms are computed in double precision where single precision would lose digits: where a
// probability was clipped, u = 1 - p is the rest of a difference, or a power multiplies the error of a logarithm that is far from 0.
#include "rows.cuh"

// u^gamma for u in [0, 1]; 0^0 is 1. gamma is the same for all rows.
template <class T>
DEVICE T focal_power(T u, float gamma)
{
    if (gamma == 0.0f)
        return 1;
    if (gamma == 1.0f)
        return u;
    if (gamma == 2.0f)
        return u * u;
    return u > 0 ? exp((T)gamma * log(u)) : u;
}

// Soft labels [rows, classes], or class numbers [rows] where those are null; a number that is no class is no label.
struct Labels
{
    const float* soft;
    const int* numbers;
    const float* alpha;
    u32 alphas;
    float gamma, poly;

    METHOD float weight(u32 c) const { return alpha[alphas == 1 ? 0 : c]; }
    METHOD bool multiplies() const { return gamma == 0.0f || gamma == 1.0f || gamma == 2.0f; }
};

// Which elements of a row have a label that is not 0. Of rows that are held a bit for each is kept, not the labels.
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

    METHOD bool has(u32 slot) const { return isNumber ? soft.index(slot) == number : soft.get(slot) != 0.0f; }
};

template <u32 Turns>
struct RowLabels<HeldRow<Turns>>
{
    u32 slots;

    METHOD RowLabels(const Labels& labels, const RowPlace& place)
    {
        if (labels.numbers)
        {
            // The lane that has the class, and which of its slots that is.
            u32 number = place.inside ? (u32)labels.numbers[place.row] : ~0u, four = number / 4;
            slots = number < place.n && four % block_width() == thread_x() ? 1u << (four / block_width() * 4 + number % 4) : 0;
            return;
        }

        HeldRow<Turns> soft(labels.soft + place.start, place.n);
        slots = soft.where([&](u32 slot) { return soft.get(slot) != 0.0f; });
    }

    METHOD bool has(u32 slot) const { return slots >> slot & 1; }
};

// One of them, read again.
DEVICE float label_of(const Labels& labels, const RowPlace& place, u32 c)
{
    return labels.numbers ? (labels.numbers[place.row] == (int)c ? 1.0f : 0.0f) : labels.soft[place.start + c];
}

// u^gamma·(poly·u - alpha·ln q).
template <class T>
DEVICE T focal_term(const Labels& labels, u32 c, T logQ, T u)
{
    return focal_power(u, labels.gamma) * ((T)labels.poly * u - (T)labels.weight(c) * logQ);
}

// u^gamma·(alpha·(gamma·ln q/u - 1/q) - poly·(gamma + 1)), all of one sign.
template <class T>
DEVICE T focal_slope(const Labels& labels, u32 c, T q, T u)
{
    return focal_power(u, labels.gamma) * ((T)labels.weight(c) * ((T)labels.gamma * log(q) / u - 1 / q) - (T)labels.poly * ((T)labels.gamma + 1));
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
        [&](u32 slot) { return y.has(slot) || is_nan(p.get(slot)); },
        [&](u32 c) {
            float v = from[c];
            double high = 1 - (double)epsilon, q = v < epsilon ? (double)epsilon : v > high ? high : v;
            total += (double)label_of(labels, place, c)
                * (q == v && labels.multiplies() ? (double)focal_term(labels, c, log(v), 1 - v) : focal_term(labels, c, log(q), 1 - q));
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
            return !(q < epsilon || q > 1 - (double)epsilon || (!y.has(slot) && q == q));
        },
        [&](u32 c) {
            float q = from[c];
            double slope = labels.multiplies() ? (double)focal_slope(labels, c, q, 1 - q) : focal_slope(labels, c, (double)q, 1 - (double)q);
            dp[place.start + c] = (float)(dloss[place.row] * (double)label_of(labels, place, c) * slope);
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

template <class T>
struct Share
{
    T logP, p, u;

    // u^gamma·(alpha·(gamma·p·r - 1) - poly·(gamma + 1)·p) with r = ln p/u → -1.
    METHOD T slope(const Labels& labels, u32 c) const
    {
        T ratio = u == 0 ? -1 : p == 0 ? 0 : logP / u;
        return focal_power(u, labels.gamma) * ((T)labels.weight(c) * ((T)labels.gamma * p * ratio - 1) - (T)labels.poly * ((T)labels.gamma + 1) * p);
    }
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

DEVICE Share<double> share_of_peak(const Peak& peak)
{
    double sum = 1 + peak.others;
    return {-peak.logSum, 1 / sum, peak.others / sum};
}

// Of another class than the greatest: u is ½ or more, so that single precision has all its digits.
DEVICE Share<float> share_below(float z, const Peak& peak)
{
    float below = z - peak.logit, p = exp(below) / (float)(1 + peak.others);
    return {below - (float)peak.logSum, p, 1 - p};
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
        [&](u32 slot) { return y.has(slot); },
        [&](u32 c) {
            double term;
            if (c == peak.at)
            {
                Share<double> s = share_of_peak(peak);
                term = focal_term(labels, c, s.logP, s.u);
            }
            else
            {
                Share<float> s = share_below(from[c], peak);
                term = focal_term(labels, c, s.logP, s.u);
            }

            total += (double)label_of(labels, place, c) * term;
        });
    total = reduce_row(total, Add());
    if (thread_x() == 0 && place.inside)
        loss[place.row] = peak.others != peak.others ? NAN_F : (float)total;
}

// h = y·slope; dz_j = h_j·u_j - p_j·Σ_{c≠j} h_c.
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
            [&](u32 slot) { return y.has(slot); },
            [&](u32 c) {
                double h = label_of(labels, place, c), p, u;
                if (c == peak.at)
                {
                    Share<double> s = share_of_peak(peak);
                    h *= s.slope(labels, c), p = s.p, u = s.u;
                }
                else
                {
                    Share<float> s = share_below(from[c], peak);
                    h *= s.slope(labels, c), p = s.p, u = s.u;
                }

                if (pass == 0)
                    total += h;
                else
                    dz[place.start + c] = (float)(outer * (h * u - p * (total - h)));
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

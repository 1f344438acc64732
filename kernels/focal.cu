// Focal terms of rows of classes and their gradients; one warp a row, block (32, warps). Only labels that are not 0 cost more
// than a read or an exponential in single precision; those are computed in double precision.
#include "reduction.cuh"

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
    u32 classes;
    METHOD float of(u32 row, u32 c) const { return numbers ? (numbers[row] == (int)c ? 1.0f : 0.0f) : soft[row * classes + c]; }
    METHOD double weight(u32 c) const { return alpha[alphas == 1 ? 0 : c]; }
};

// loss = Σ y·(1-q)^gamma·(poly·(1-q) - alpha·ln q) with q = clip(p, epsilon, 1 - epsilon).
KERNEL categorical_focal(
    const float* soft, const int* numbers, const float* probabilities, const float* alpha, u32 alphas, float gamma, float poly, float epsilon,
    float* loss, u32 rows, u32 classes)
{
    u32 row = block_x() * block_height() + thread_y(), start = row * classes;
    if (row >= rows)
        return;
    Labels labels = {soft, numbers, alpha, alphas, classes};
    double total = 0;
    for (u32 c = thread_x(); c < classes; c += WarpSize)
    {
        double p = probabilities[start + c], y = labels.of(row, c);
        if (y == 0 && p == p)
            continue;
        double q = p < epsilon ? (double)epsilon : p > 1 - (double)epsilon ? 1 - (double)epsilon : p;
        total += y * focal_power(1 - q, gamma) * (poly * (1 - q) - labels.weight(c) * log(q));
    }

    total = reduce_warp(total, Add());
    if (thread_x() == 0)
        loss[row] = (float)total;
}

// The slope of -(1-p)^gamma·ln p is (1-p)^gamma·(gamma·ln p/(1-p) - 1/p); zero where p was clipped.
KERNEL categorical_focal_gradient(
    const float* soft, const int* numbers, const float* probabilities, const float* alpha, u32 alphas, float gamma, float poly, float epsilon,
    const float* dloss, float* dp, u32 rows, u32 classes)
{
    Labels labels = {soft, numbers, alpha, alphas, classes};
    for (u32 i = first_index(); i < rows * classes; i += index_step())
    {
        u32 row = i / classes, c = i - row * classes;
        double q = probabilities[i], y = labels.of(row, c);
        if (q < epsilon || q > 1 - (double)epsilon || (y == 0 && q == q))
        {
            dp[i] = 0.0f;
            continue;
        }

        double u = 1 - q, slope = labels.weight(c) * (gamma * log(q) / u - 1 / q) - poly * (gamma + 1);
        dp[i] = (float)(dloss[row] * y * focal_power(u, gamma) * slope);
    }
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

DEVICE Peak find_peak(const float* z, u32 classes)
{
    float greatest = -INFINITY_F;
    u32 at = ~0u;
    bool nan = false;
    for (u32 c = thread_x(); c < classes; c += WarpSize)
    {
        nan |= is_nan(z[c]);
        if (z[c] > greatest || at == ~0u)
        {
            greatest = z[c];
            at = c;
        }
    }

    for (u32 lanes = 16; lanes > 0; lanes >>= 1)
    {
        float value = shuffle_xor(greatest, lanes);
        u32 place = shuffle_xor(at, lanes);
        nan |= shuffle_xor((u32)nan, lanes) != 0;
        if (value > greatest || (value == greatest && place < at))
        {
            greatest = value;
            at = place;
        }
    }

    double others = 0;
    for (u32 c = thread_x(); c < classes; c += WarpSize)
    {
        if (c != at)
            others += exp(z[c] - greatest);
    }

    others = nan ? (double)NAN_F : reduce_warp(others, Add());
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
KERNEL softmax_categorical_focal(
    const float* soft, const int* numbers, const float* logits, const float* alpha, u32 alphas, float gamma, float poly, float* loss, u32 rows,
    u32 classes)
{
    u32 row = block_x() * block_height() + thread_y(), start = row * classes;
    if (row >= rows)
        return;
    Labels labels = {soft, numbers, alpha, alphas, classes};
    Peak peak = find_peak(logits + start, classes);
    double total = 0;
    for (u32 c = thread_x(); c < classes; c += WarpSize)
    {
        double y = labels.of(row, c);
        if (y == 0)
            continue;
        Share s = share(c, logits[start + c], peak);
        total += y * focal_power(s.u, gamma) * (poly * s.u - labels.weight(c) * s.logP);
    }

    total = reduce_warp(total, Add());
    if (thread_x() == 0)
        loss[row] = peak.others != peak.others ? NAN_F : (float)total;
}

// h = y·u^gamma·(alpha·(gamma·p·r - 1) - poly·(gamma + 1)·p) with r = ln p/u → -1; dz_j = h_j·u_j - p_j·Σ_{c≠j} h_c.
KERNEL softmax_categorical_focal_gradient(
    const float* soft, const int* numbers, const float* logits, const float* alpha, u32 alphas, float gamma, float poly, const float* dloss,
    float* dz, u32 rows, u32 classes)
{
    u32 row = block_x() * block_height() + thread_y(), start = row * classes;
    if (row >= rows)
        return;
    Labels labels = {soft, numbers, alpha, alphas, classes};
    Peak peak = find_peak(logits + start, classes);
    double total = 0;
    for (u32 pass = 0; pass < 2; pass++)
    {
        float scale = (float)(-dloss[row] * total / (1 + peak.others));
        for (u32 c = thread_x(); c < classes; c += WarpSize)
        {
            double y = labels.of(row, c), h = 0;
            if (y == 0)
            {
                if (pass == 1)
                    dz[start + c] = scale * exp(logits[start + c] - peak.logit);
                continue;
            }

            Share s = share(c, logits[start + c], peak);
            double ratio = s.u == 0 ? -1 : s.p == 0 ? 0 : s.logP / s.u;
            h = y * focal_power(s.u, gamma) * (labels.weight(c) * (gamma * s.p * ratio - 1) - poly * (gamma + 1) * s.p);
            if (pass == 0)
                total += h;
            else
                dz[start + c] = (float)(dloss[row] * (h * s.u - s.p * (total - h)));
        }

        if (pass == 0)
            total = reduce_warp(total, Add());
    }
}

// Focal terms of rows and their gradients; one warp a row, block (32, warps). Only labels that are not 0 cost more than a read,
// and those are computed in double precision.
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

struct Labels
{
    const float* target;
    const float* alpha;
    u32 alphas;
    METHOD double weight(u32 start, u32 c) const { return (double)alpha[alphas == 1 ? 0 : c] * target[start + c]; }
};

// loss = -Σ alpha·y·(1-q)^gamma·ln q with q = clip(p, epsilon, 1 - epsilon).
KERNEL categorical_focal(
    const float* target, const float* probabilities, const float* alpha, u32 alphas, float gamma, float epsilon, float* loss, u32 rows, u32 classes)
{
    u32 row = block_x() * block_height() + thread_y(), start = row * classes;
    if (row >= rows)
        return;
    Labels labels = {target, alpha, alphas};
    double total = 0;
    for (u32 c = thread_x(); c < classes; c += WarpSize)
    {
        double p = probabilities[start + c];
        if (target[start + c] == 0.0f && p == p)
            continue;
        double q = p < epsilon ? (double)epsilon : p > 1 - (double)epsilon ? 1 - (double)epsilon : p;
        total -= labels.weight(start, c) * focal_power(1 - q, gamma) * log(q);
    }

    total = reduce_warp(total, Add());
    if (thread_x() == 0)
        loss[row] = (float)total;
}

// The slope of -(1-p)^gamma·ln p is (1-p)^gamma·(gamma·ln p/(1-p) - 1/p); zero where p was clipped.
KERNEL categorical_focal_gradient(
    const float* target, const float* probabilities, const float* alpha, u32 alphas, float gamma, float epsilon, const float* dloss, float* dp,
    u32 rows, u32 classes)
{
    Labels labels = {target, alpha, alphas};
    for (u32 i = first_index(); i < rows * classes; i += index_step())
    {
        u32 row = i / classes, c = i - row * classes;
        double q = probabilities[i];
        if (q < epsilon || q > 1 - (double)epsilon || (target[i] == 0.0f && q == q))
        {
            dp[i] = 0.0f;
            continue;
        }

        double u = 1 - q, slope = focal_power(u, gamma) * (gamma * log(q) / u - 1 / q);
        dp[i] = (float)(dloss[row] * labels.weight(row * classes, c) * slope);
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
            others += exp((double)z[c] - greatest);
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

// loss = -Σ alpha·y·u^gamma·ln p.
KERNEL softmax_categorical_focal(
    const float* target, const float* logits, const float* alpha, u32 alphas, float gamma, float* loss, u32 rows, u32 classes)
{
    u32 row = block_x() * block_height() + thread_y(), start = row * classes;
    if (row >= rows)
        return;
    Labels labels = {target, alpha, alphas};
    Peak peak = find_peak(logits + start, classes);
    double total = 0;
    for (u32 c = thread_x(); c < classes; c += WarpSize)
    {
        if (target[start + c] == 0.0f)
            continue;
        Share s = share(c, logits[start + c], peak);
        total -= labels.weight(start, c) * focal_power(s.u, gamma) * s.logP;
    }

    total = reduce_warp(total, Add());
    if (thread_x() == 0)
        loss[row] = peak.others != peak.others ? NAN_F : (float)total;
}

// h = alpha·y·u^gamma·(gamma·p·r - 1) with r = ln p/u → -1; dz_j = h_j·u_j - p_j·Σ_{c≠j} h_c.
KERNEL softmax_categorical_focal_gradient(
    const float* target, const float* logits, const float* alpha, u32 alphas, float gamma, const float* dloss, float* dz, u32 rows, u32 classes)
{
    u32 row = block_x() * block_height() + thread_y(), start = row * classes;
    if (row >= rows)
        return;
    Labels labels = {target, alpha, alphas};
    Peak peak = find_peak(logits + start, classes);
    double total = 0;
    for (u32 pass = 0; pass < 2; pass++)
    {
        for (u32 c = thread_x(); c < classes; c += WarpSize)
        {
            bool labelled = target[start + c] != 0.0f;
            if (pass == 0 && !labelled)
                continue;
            Share s = share(c, logits[start + c], peak);
            double h = 0;
            if (labelled)
            {
                double ratio = s.u == 0 ? -1 : s.p == 0 ? 0 : s.logP / s.u;
                h = labels.weight(start, c) * focal_power(s.u, gamma) * (gamma * s.p * ratio - 1);
            }

            if (pass == 0)
                total += h;
            else
                dz[start + c] = (float)(dloss[row] * (h * s.u - s.p * (total - h)));
        }

        if (pass == 0)
            total = reduce_warp(total, Add());
    }
}

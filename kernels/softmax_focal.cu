// Focal terms of rows of logits and their gradients, softmax included.
#include "focal_terms.cuh"

// A row's greatest logit z_k with R = Σ_{j≠k} e^(z_j - z_k): class k has ln p = -ln(1 + R) and u = R/(1 + R) without cancellation; every
// other class has p ≤ ½, so that u = 1 - p is exact enough. Where several are greatest, R is 1 or more and each of them may be k.
struct Peak
{
    float logit, logSum, scale, u;

    template <class Row>
    METHOD float below(const Row& z, u32 slot) const
    {
        return Row::IsHeld ? z.get(slot) : z.get(slot) - logit;
    }
};

// What is held afterwards are z_j - z_k, and their exponentials in powers. A NaN makes all of it NaN.
template <class Row>
DEVICE Peak find_peak(Row& z, Row& powers)
{
    float greatest = greatest_number(z), peaks = 0;
    double others = sum(z, [&](u32 slot) {
        float below = z.get(slot) - greatest, power = exp_below_zero(below), isPeak = below == 0.0f ? 1.0f : 0.0f;
        z.set(slot, below);
        powers.set(slot, power);
        peaks += isPeak;
        return power - isPeak;
    });
    float rest = (float)(others + (Row::reduce(peaks, Add()) - 1.0f)), scale = 1.0f / (1.0f + rest);
    return {greatest, log1p(rest), scale, rest * scale};
}

// Of some classes.
template <u32 N>
struct Shares
{
    Numbers<N> logP, p, u;
};

template <class Row>
DEVICE Shares<Row::Group> shares(const Row& z, const Row& powers, const Peak& peak, u32 slot)
{
    typedef Numbers<Row::Group> Group;
    Group below = Group::of([&](u32 i) { return peak.below(z, slot + i); });
    Group p = Group::of([&](u32 i) { return (Row::IsHeld ? powers.get(slot + i) : exp_below_zero(below.v[i])) * peak.scale; });
    return {Group::of([&](u32 i) { return below.v[i] - peak.logSum; }), p,
        Group::of([&](u32 i) { return below.v[i] == 0.0f ? peak.u : 1.0f - p.v[i]; })};
}

// loss = Σ y·u^gamma·(poly·u - alpha·ln p).
template <class Row>
DEVICE void softmax_categorical_focal_row(const Labels& labels, const float* logits, float* loss, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row z(logits, place, -INFINITY_F), powers(place);
    RowLabels<Row> y(labels, place);
    Peak peak = find_peak(z, powers);
    typedef Numbers<Row::Group> Group;
    int factors = labels.factors();
    double total = sum_groups(z, [&](u32 slot) {
        Group label = Group::of([&](u32 i) { return y.get(slot + i); });
        if (!label.any())
            return label;
        Shares<Row::Group> s = shares(z, powers, peak, slot);
        Group power = focal_powers(s.u, labels.gamma, factors).power, weight = labels.weights<Row::Group>(z.index(slot));
        return Group::of([&](u32 i) {
            float term = power.v[i] * (labels.poly * s.u.v[i] - weight.v[i] * s.logP.v[i]);
            return label.v[i] != 0.0f ? label.v[i] * term : 0.0f;
        });
    });
    if (thread_x() == 0 && place.inside)
        loss[place.row] = is_nan(peak.u) ? NAN_F : (float)total;
}

// h = y·u^gamma·(alpha·(gamma·p·r - 1) - poly·(gamma + 1)·p) with r = ln p/u → -1; dz_j = h_j·u_j - p_j·Σ_{c≠j} h_c. The sum is that of the
// peak, which may have nearly all of it and needs the rest alone, and of the others, whose own part of it is less than what h_j·u_j loses.
template <class Row>
DEVICE void softmax_categorical_focal_gradient_row(
    const Labels& labels, const float* logits, const float* dloss, float* dz, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row z(logits, place, -INFINITY_F), powers(place);
    RowLabels<Row> y(labels, place);
    Peak peak = find_peak(z, powers);
    typedef Numbers<Row::Group> Group;
    int factors = labels.factors();
    float linear = labels.poly * (labels.gamma + 1);
    auto slopes = [&](u32 slot) {
        Group label = Group::of([&](u32 i) { return y.get(slot + i); });
        if (!label.any())
            return label;
        Shares<Row::Group> s = shares(z, powers, peak, slot);
        Powers<Row::Group> power = focal_powers(s.u, labels.gamma, factors);
        Group weight = labels.weights<Row::Group>(z.index(slot));
        return Group::of([&](u32 i) {
            // A probability of 0 adds nothing, although its logarithm is infinite.
            float slope = power.slope.v[i] * s.p.v[i] * greater_number(s.logP.v[i], -3.4e38f) - power.power.v[i];
            return label.v[i] * (weight.v[i] * slope - linear * s.p.v[i] * power.power.v[i]);
        });
    };

    float ofPeaks = 0;
    float rest = (float)sum_groups(z, [&](u32 slot) {
        Group h = slopes(slot);
        return Group::of([&](u32 i) {
            bool isPeak = peak.below(z, slot + i) == 0.0f;
            y.hold(slot + i, h.v[i]);
            ofPeaks += isPeak ? h.v[i] : 0.0f;
            return isPeak ? 0.0f : h.v[i];
        });
    });
    ofPeaks = Row::reduce(ofPeaks, Add());
    float outer = place.inside ? dloss[place.row] : 0.0f;
    z.store_groups(dz, [&](u32 slot) {
        Group h = Row::IsHeld ? Group::of([&](u32 i) { return y.get(slot + i); }) : slopes(slot);
        Shares<Row::Group> s = shares(z, powers, peak, slot);
        return Group::of([&](u32 i) { return outer * (h.v[i] * s.u.v[i] + s.p.v[i] * ((h.v[i] - ofPeaks) - rest)); });
    });
}

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

// Focal terms of rows of logits and their gradients, softmax included.
#include "focal_terms.cuh"

// A row's greatest logit z_k with R = Σ_{j≠k} e^(z_j - z_k): class k has ln p = -ln(1 + R) and u = R/(1 + R) without cancellation; every
// other class has p ≤ ½, so that u = 1 - p is exact enough. Where several are greatest, R is 1 or more and each of them may be k.
struct Peak
{
    // scale makes a probability of a power that has the factor of scaled_exp_below_zero.
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
    typedef Numbers<Row::Group> Group;
    float greatest = greatest_number(z), peaks = 0;
    float others = (float)sum_groups(z, [&](u32 slot) {
        // 0 for a peak and 1 for the others; in between where z_j - z_k is hardly more than nothing, with a power of 1, of which a part then
        // counts here and the rest as a part of a peak.
        Group below = Group::of([&](u32 i) { return z.get(slot + i) - greatest; });
        Group isOther = Group::of([&](u32 i) { return saturated_product(below.v[i], -3.4e38f); });
        Group power = Group::of([&](u32 i) { return scaled_exp_below_zero(below.v[i]); });
#pragma unroll
        for (u32 i = 0; i < Row::Group; i++)
            z.set(slot + i, below.v[i]), powers.set(slot + i, power.v[i]);
        peaks += (float)Row::Group - isOther.sum();
        return Group::of([&](u32 i) { return power.v[i] * isOther.v[i]; });
    });
    float rest = fma(others, Unscaled, Row::reduce(peaks, Add()) - 1.0f), scale = 1.0f / (1.0f + rest);
    return {greatest, log1p_sum(rest, scale), scale * Unscaled, rest * scale};
}

// Of some classes.
template <u32 N>
struct Shares
{
    Numbers<N> logP, p, u;

    METHOD void set(u32 i, float below, float power, const Peak& peak)
    {
        logP.v[i] = below - peak.logSum;
        p.v[i] = power * peak.scale;
        u.v[i] = below == 0.0f ? peak.u : 1.0f - p.v[i];
    }

    // u^gamma·(poly·u - alpha·ln p).
    METHOD Numbers<N> terms(const FocalPower& focal, const Numbers<N>& weight, float poly) const
    {
        Numbers<N> power = focal.of(u).power;
        return Numbers<N>::of([&](u32 i) { return power.v[i] * fma(weight.v[i], -logP.v[i], poly * u.v[i]); });
    }

    // u^gamma·(alpha·(gamma·p·r - 1) - poly·(gamma + 1)·p) with r = ln p/u → -1.
    METHOD Numbers<N> pulls(const FocalPower& focal, const Numbers<N>& weight, float poly) const
    {
        float linear = poly * (focal.gamma + 1);
        Powers<N> powers = focal.of(u);
        return Numbers<N>::of([&](u32 i) {
            // A probability of 0 adds nothing, although its logarithm is infinite.
            float slope = fma(powers.slope.v[i] * p.v[i], greater_number(logP.v[i], -3.4e38f), -powers.power.v[i]);
            return fma(weight.v[i], slope, -linear * p.v[i] * powers.power.v[i]);
        });
    }
};

template <class Row>
DEVICE Shares<Row::Group> shares(const Row& z, const Row& powers, const Peak& peak, u32 slot)
{
    Shares<Row::Group> s;
#pragma unroll
    for (u32 i = 0; i < Row::Group; i++)
    {
        float below = peak.below(z, slot + i);
        s.set(i, below, Row::IsHeld ? powers.get(slot + i) : scaled_exp_below_zero(below), peak);
    }

    return s;
}

// Of a class by its logit.
DEVICE Shares<1> share_of(float logit, const Peak& peak)
{
    float below = logit - peak.logit;
    Shares<1> s;
    s.set(0, below, scaled_exp_below_zero(below), peak);
    return s;
}

// loss = Σ y·term.
template <class Row>
DEVICE void softmax_categorical_focal_row(const Labels<float>& labels, const float* logits, float* loss, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row z(logits, place, -INFINITY_F), y(labels.of, place, 0.0f), powers(place);
    Peak peak = find_peak(z, powers);
    typedef Numbers<Row::Group> Group;
    FocalPower focal(labels.gamma);
    Weights weights(labels);
    float total = (float)sum_groups(z, [&](u32 slot) {
        Group label = group(y, slot);
        if (Row::SkipsUnlabelled && !label.any())
            return label;
        Group term = shares(z, powers, peak, slot).terms(focal, weights.from<Row::Group>(z.index(slot)), labels.poly);
        return Group::of([&](u32 i) { return label.v[i] != 0.0f ? label.v[i] * term.v[i] : 0.0f; });
    });
    if (thread_x() == 0 && place.inside)
        loss[place.row] = is_nan(peak.u) ? NAN_F : total;
}

template <class Row>
DEVICE void softmax_categorical_focal_row(const Labels<int>& labels, const float* logits, float* loss, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row z(logits, place, -INFINITY_F), powers(place);
    u32 number = class_of(labels, place);
    float logit = number != NoClass ? z.read(logits, number) : 0.0f, total = 0.0f;
    Peak peak = find_peak(z, powers);
    if (number != NoClass)
    {
        FocalPower focal(labels.gamma);
        total = share_of(logit, peak).terms(focal, {Weights(labels).of(number)}, labels.poly).v[0];
    }

    if (thread_x() == 0 && place.inside)
        loss[place.row] = is_nan(peak.u) ? NAN_F : total;
}

// With h = y·pull, dz_j = h_j·u_j - p_j·Σ_{c≠j} h_c. The sum is that of the peak, which may have nearly all of it and needs the rest alone,
// and of the others, whose own part of it is less than what h_j·u_j loses.
template <class Row>
DEVICE void softmax_categorical_focal_gradient_row(
    const Labels<float>& labels, const float* logits, const float* dloss, float* dz, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row z(logits, place, -INFINITY_F), y(labels.of, place, 0.0f), powers(place);
    Peak peak = find_peak(z, powers);
    typedef Numbers<Row::Group> Group;
    FocalPower focal(labels.gamma);
    Weights weights(labels);
    float outer = place.inside ? dloss[place.row] : 0.0f;
    auto pulls = [&](u32 slot) {
        Group label = group(y, slot);
        if (Row::SkipsUnlabelled && !label.any())
            return label;
        Group pull = shares(z, powers, peak, slot).pulls(focal, weights.from<Row::Group>(z.index(slot)), labels.poly);
        return Group::of([&](u32 i) { return label.v[i] * pull.v[i]; });
    };

    float ofPeaks = 0;
    float rest = (float)sum_groups(z, [&](u32 slot) {
        Group h = pulls(slot);
        return Group::of([&](u32 i) {
            bool isPeak = peak.below(z, slot + i) == 0.0f;
            y.set(slot + i, h.v[i]);
            ofPeaks += isPeak ? h.v[i] : 0.0f;
            return isPeak ? 0.0f : h.v[i];
        });
    });
    ofPeaks = Row::reduce(ofPeaks, Add());
    z.store_groups(dz, [&](u32 slot) {
        Group h = Row::IsHeld ? group(y, slot) : pulls(slot);
        Shares<Row::Group> s = shares(z, powers, peak, slot);
        return Group::of([&](u32 i) { return outer * fma(s.p.v[i], (h.v[i] - ofPeaks) - rest, h.v[i] * s.u.v[i]); });
    });
}

// Of the label t alone, dz_t = h·u_t and dz_j = -h·p_j.
template <class Row>
DEVICE void softmax_categorical_focal_gradient_row(
    const Labels<int>& labels, const float* logits, const float* dloss, float* dz, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row z(logits, place, -INFINITY_F), powers(place);
    RowException label = {class_of(labels, place)};
    float outer = place.inside ? dloss[place.row] : 0.0f, h = 0.0f;
    float logit = label.index != NoClass ? z.read(logits, label.index) : 0.0f;
    Peak peak = find_peak(z, powers);
    if (label.index != NoClass)
    {
        Shares<1> s = share_of(logit, peak);
        FocalPower focal(labels.gamma);
        h = outer * s.pulls(focal, {Weights(labels).of(label.index)}, labels.poly).v[0];
        label.value = h * s.u.v[0];
    }

    // The product of all that does not depend on the class would be too small a number.
    z.store_groups(
        dz,
        [&](u32 slot) {
            return Numbers<Row::Group>::of([&](u32 i) {
                return -h * ((Row::IsHeld ? powers.get(slot + i) : scaled_exp_below_zero(peak.below(z, slot + i))) * peak.scale);
            });
        },
        label);
}

// Of both classes of two rows, the greater first.
DEVICE Shares<4> shares_of_pairs(const TwoShares* two)
{
    return {Numbers<4>::of([&](u32 i) { return i % 2 == 0 ? two[i / 2].logGreater : two[i / 2].log_lesser(); }),
        Numbers<4>::of([&](u32 i) { return i % 2 == 0 ? two[i / 2].greater : two[i / 2].lesser; }),
        Numbers<4>::of([&](u32 i) { return i % 2 == 0 ? two[i / 2].lesser : two[i / 2].greater; })};
}

// Of the label of each.
DEVICE Shares<2> shares_of_labels(const TwoShares* two, const LabelPair& label)
{
    auto pick = [&](u32 i, float ofGreater, float ofLesser) { return label.is(2 * i) == two[i].isFirst ? ofGreater : ofLesser; };
    return {Numbers<2>::of([&](u32 i) { return pick(i, two[i].logGreater, two[i].log_lesser()); }),
        Numbers<2>::of([&](u32 i) { return pick(i, two[i].greater, two[i].lesser); }),
        Numbers<2>::of([&](u32 i) { return pick(i, two[i].lesser, two[i].greater); })};
}

// What stands in the order of the rows, the greater's first.
DEVICE Numbers<4> greater_first(const TwoShares* two, const Numbers<4>& x)
{
    return Numbers<4>::of([&](u32 i) {
        float own = x.v[i], other = x.v[i ^ 1];
        return two[i / 2].isFirst ? own : other;
    });
}

DEVICE void softmax_categorical_focal_pair(const Labels<float>& labels, const float* logits, float* loss, u32 rows, u32)
{
    RowPair pair = this_pair(rows, (u64)logits | (u64)labels.of, (u64)loss);
    Numbers<4> z = pair.load(logits), y = pair.load(labels.of), weights = Weights(labels).of_pairs();
    TwoShares two[2] = {TwoShares(z.v[0], z.v[1]), TwoShares(z.v[2], z.v[3])};
    Numbers<4> label = greater_first(two, y);
    Numbers<4> term = shares_of_pairs(two).terms(FocalPower(labels.gamma), greater_first(two, weights), labels.poly);
    term = Numbers<4>::of([&](u32 i) { return label.v[i] != 0.0f ? label.v[i] * term.v[i] : 0.0f * two[i / 2].greater; });
    pair.store_each(loss, {term.v[0] + term.v[1], term.v[2] + term.v[3]});
}

DEVICE void softmax_categorical_focal_pair(const Labels<int>& labels, const float* logits, float* loss, u32 rows, u32)
{
    RowPair pair = this_pair(rows, (u64)logits, (u64)loss | (u64)labels.of);
    Numbers<4> z = pair.load(logits), weights = Weights(labels).of_pairs();
    LabelPair label(labels, pair);
    TwoShares two[2] = {TwoShares(z.v[0], z.v[1]), TwoShares(z.v[2], z.v[3])};
    Numbers<2> term = shares_of_labels(two, label).terms(FocalPower(labels.gamma), label.of(weights), labels.poly);
    pair.store_each(loss, Numbers<2>::of([&](u32 i) { return label.has(i) ? term.v[i] : 0.0f * two[i].greater; }));
}

// Of two logits, the gradient of the second is that of the first with the other sign.
DEVICE void softmax_categorical_focal_gradient_pair(
    const Labels<float>& labels, const float* logits, const float* dloss, float* dz, u32 rows, u32)
{
    RowPair pair = this_pair(rows, (u64)logits | (u64)labels.of | (u64)dz, (u64)dloss);
    Numbers<4> z = pair.load(logits), y = pair.load(labels.of), weights = Weights(labels).of_pairs();
    Numbers<2> outer = pair.load_each(dloss);
    TwoShares two[2] = {TwoShares(z.v[0], z.v[1]), TwoShares(z.v[2], z.v[3])};
    Numbers<4> label = greater_first(two, y);
    Numbers<4> h = shares_of_pairs(two).pulls(FocalPower(labels.gamma), greater_first(two, weights), labels.poly);
    h = Numbers<4>::of([&](u32 i) { return label.v[i] * h.v[i]; });
    Numbers<2> first = Numbers<2>::of([&](u32 i) {
        float slope = outer.v[i] * fma(h.v[2 * i], two[i].lesser, -two[i].greater * h.v[2 * i + 1]);
        return two[i].isFirst ? slope : -slope;
    });
    pair.store(dz, {first.v[0], -first.v[0], first.v[1], -first.v[1]});
}

DEVICE void softmax_categorical_focal_gradient_pair(
    const Labels<int>& labels, const float* logits, const float* dloss, float* dz, u32 rows, u32)
{
    RowPair pair = this_pair(rows, (u64)logits | (u64)dz, (u64)dloss | (u64)labels.of);
    Numbers<4> z = pair.load(logits), weights = Weights(labels).of_pairs();
    Numbers<2> outer = pair.load_each(dloss);
    LabelPair label(labels, pair);
    TwoShares two[2] = {TwoShares(z.v[0], z.v[1]), TwoShares(z.v[2], z.v[3])};
    Shares<2> s = shares_of_labels(two, label);
    Numbers<2> pull = s.pulls(FocalPower(labels.gamma), label.of(weights), labels.poly);
    Numbers<2> first = Numbers<2>::of([&](u32 i) {
        float slope = outer.v[i] * pull.v[i] * (label.has(i) ? s.u.v[i] : 0.0f * s.u.v[i]);
        return label.is(2 * i) ? slope : -slope;
    });
    pair.store(dz, {first.v[0], -first.v[0], first.v[1], -first.v[1]});
}

#define SOFTMAX_FOCAL_KERNELS(name, Label)                                                                                                  \
    ROW_KERNELS(                                                                                                                            \
        name, softmax_categorical_focal_row, softmax_categorical_focal_pair,                                                                \
        (const Label* labels, const float* logits, const float* alpha, u32 alphas, float gamma, float poly, float* loss, u32 rows,          \
            u32 classes),                                                                                                                   \
        Labels<Label>{labels, alpha, alphas, gamma, poly}, logits, loss, rows, classes)                                                     \
    ROW_KERNELS(                                                                                                                            \
        name##_gradient, softmax_categorical_focal_gradient_row, softmax_categorical_focal_gradient_pair,                                   \
        (const Label* labels, const float* logits, const float* alpha, u32 alphas, float gamma, float poly, const float* dloss, float* dz,  \
            u32 rows, u32 classes),                                                                                                         \
        Labels<Label>{labels, alpha, alphas, gamma, poly}, logits, dloss, dz, rows, classes)

SOFTMAX_FOCAL_KERNELS(softmax_categorical_focal, float)
SOFTMAX_FOCAL_KERNELS(softmax_sparse_categorical_focal, int)

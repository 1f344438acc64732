// Focal terms of rows of probabilities and their gradients. Where a probability was clipped, u = 1 - p is exact and the logarithm of the
// upper end comes from the host.
#include "focal_terms.cuh"

// The ends of the range that probabilities are clipped to, and the logarithm of the upper one.
struct Clip
{
    float epsilon, logHigh;

    METHOD float at_least(float p) const { return greater_number(p, epsilon); }

    // p > 1 - epsilon without the rounding of 1 - epsilon: near 1, 1 - p is exact.
    METHOD bool is_high(float p) const { return 1.0f - p < epsilon; }
};

// u^gamma·(poly·u - alpha·ln q) with q = clip(p, epsilon, 1 - epsilon) and u = 1 - q; finite, even where p is NaN.
template <u32 N>
DEVICE Numbers<N> clipped_terms(const Numbers<N>& p, const Clip& clip, const FocalPower& focal, const Numbers<N>& weight, float poly)
{
    Numbers<N> u = Numbers<N>::of([&](u32 i) { return greater_number(1.0f - clip.at_least(p.v[i]), clip.epsilon); });
    Numbers<N> power = focal.of(u).power;
    return Numbers<N>::of([&](u32 i) {
        float q = clip.at_least(p.v[i]), logarithm = clip.is_high(q) ? clip.logHigh : log_small(q);
        return power.v[i] * fma(weight.v[i], -logarithm, poly * u.v[i]);
    });
}

// alpha·(gamma·u^(gamma - 1)·ln p - u^gamma/p) - poly·(gamma + 1)·u^gamma, all of one sign; zero where p was clipped, NaN where it is NaN.
template <u32 N>
DEVICE Numbers<N> clipped_slopes(const Numbers<N>& p, const Clip& clip, const FocalPower& focal, const Numbers<N>& weight, float poly)
{
    float linear = poly * (focal.gamma + 1);
    Powers<N> powers = focal.of(Numbers<N>::of([&](u32 i) { return 1.0f - p.v[i]; }));
    return Numbers<N>::of([&](u32 i) {
        float slope = fma(powers.slope.v[i], log_small(clip.at_least(p.v[i])), -powers.power.v[i] / p.v[i]);
        slope = fma(weight.v[i], slope, -linear * powers.power.v[i]);
        return p.v[i] < clip.epsilon || clip.is_high(p.v[i]) ? 0.0f : slope;
    });
}

DEVICE float nan_or_zero(float x) { return is_nan(x) ? x : 0.0f; }

// loss = Σ y·term. A NaN counts without a label, too.
template <class Row>
DEVICE void categorical_focal_row(const Labels<float>& labels, const float* probabilities, Clip clip, float* loss, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row p(probabilities, place, 0.5f), y(labels.of, place, 0.0f);
    typedef Numbers<Row::Group> Group;
    FocalPower focal(labels.gamma);
    Weights weights(labels);
    bool hasNaN = false;
    float total = (float)sum_groups(p, [&](u32 slot) {
        Group label = group(y, slot), share = group(p, slot);
        hasNaN |= share.any_nan();
        if (Row::SkipsUnlabelled && !label.any())
            return label;
        Group term = clipped_terms(share, clip, focal, weights.from<Row::Group>(p.index(slot)), labels.poly);
        return Group::of([&](u32 i) { return label.v[i] * term.v[i]; });
    });
    total += Row::reduce(hasNaN ? NAN_F : 0.0f, Add());
    if (thread_x() == 0 && place.inside)
        loss[place.row] = total;
}

template <class Row>
DEVICE void categorical_focal_row(const Labels<int>& labels, const float* probabilities, Clip clip, float* loss, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row p(probabilities, place, 0.5f);
    FocalPower focal(labels.gamma);
    Weights weights(labels);
    u32 number = class_of(labels, place);
    bool hasNaN = false;
    p.each_group([&](u32 slot) { hasNaN |= group(p, slot).any_nan(); });
    float total = Row::reduce(hasNaN ? NAN_F : 0.0f, Add());
    if (number != NoClass)
        total += clipped_terms<1>({p.read(probabilities, number)}, clip, focal, {weights.of(number)}, labels.poly).v[0];
    if (thread_x() == 0 && place.inside)
        loss[place.row] = total;
}

// dp = dloss·y·slope.
template <class Row>
DEVICE void categorical_focal_gradient_row(
    const Labels<float>& labels, const float* probabilities, Clip clip, const float* dloss, float* dp, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row p(probabilities, place, 0.5f), y(labels.of, place, 0.0f);
    typedef Numbers<Row::Group> Group;
    FocalPower focal(labels.gamma);
    Weights weights(labels);
    float outer = place.inside ? dloss[place.row] : 0.0f;
    p.store_groups(dp, [&](u32 slot) {
        Group label = group(y, slot), share = group(p, slot);
        if (Row::SkipsUnlabelled && !label.any())
            return Group::of([&](u32 i) { return nan_or_zero(share.v[i]); });
        Group slope = clipped_slopes(share, clip, focal, weights.from<Row::Group>(p.index(slot)), labels.poly);
        return Group::of([&](u32 i) { return outer * label.v[i] * slope.v[i]; });
    });
}

template <class Row>
DEVICE void categorical_focal_gradient_row(
    const Labels<int>& labels, const float* probabilities, Clip clip, const float* dloss, float* dp, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row p(probabilities, place, 0.5f);
    FocalPower focal(labels.gamma);
    Weights weights(labels);
    float outer = place.inside ? dloss[place.row] : 0.0f;
    RowException label = {class_of(labels, place)};
    if (label.index != NoClass)
        label.value = outer * clipped_slopes<1>({p.read(probabilities, label.index)}, clip, focal, {weights.of(label.index)}, labels.poly).v[0];
    p.store_groups(
        dp, [&](u32 slot) { return Numbers<Row::Group>::of([&](u32 i) { return nan_or_zero(p.get(slot + i)); }); }, label);
}

DEVICE void store_losses(const RowPair& pair, float* loss, const Numbers<4>& p, const Numbers<2>& total)
{
    pair.store_each(loss, Numbers<2>::of([&](u32 i) { return __builtin_isunordered(p.v[2 * i], p.v[2 * i + 1]) ? NAN_F : total.v[i]; }));
}

DEVICE void categorical_focal_pair(const Labels<float>& labels, const float* probabilities, Clip clip, float* loss, u32 rows, u32)
{
    RowPair pair = this_pair(rows, (u64)probabilities | (u64)labels.of, (u64)loss);
    Numbers<4> p = pair.load(probabilities), label = pair.load(labels.of);
    Numbers<4> term = clipped_terms(p, clip, FocalPower(labels.gamma), Weights(labels).of_pairs(), labels.poly);
    store_losses(pair, loss, p, Numbers<2>::of([&](u32 i) { return label.v[2 * i] * term.v[2 * i] + label.v[2 * i + 1] * term.v[2 * i + 1]; }));
}

DEVICE void categorical_focal_pair(const Labels<int>& labels, const float* probabilities, Clip clip, float* loss, u32 rows, u32)
{
    RowPair pair = this_pair(rows, (u64)probabilities, (u64)loss | (u64)labels.of);
    Numbers<4> p = pair.load(probabilities);
    LabelPair label(labels, pair);
    Numbers<2> term = clipped_terms(label.of(p), clip, FocalPower(labels.gamma), label.of(Weights(labels).of_pairs()), labels.poly);
    store_losses(pair, loss, p, Numbers<2>::of([&](u32 i) { return label.has(i) ? term.v[i] : 0.0f; }));
}

DEVICE void categorical_focal_gradient_pair(
    const Labels<float>& labels, const float* probabilities, Clip clip, const float* dloss, float* dp, u32 rows, u32)
{
    RowPair pair = this_pair(rows, (u64)probabilities | (u64)labels.of | (u64)dp, (u64)dloss);
    Numbers<4> p = pair.load(probabilities), label = pair.load(labels.of);
    Numbers<2> outer = pair.load_each(dloss);
    Numbers<4> slope = clipped_slopes(p, clip, FocalPower(labels.gamma), Weights(labels).of_pairs(), labels.poly);
    pair.store(dp, Numbers<4>::of([&](u32 i) { return outer.v[i / 2] * label.v[i] * slope.v[i]; }));
}

DEVICE void categorical_focal_gradient_pair(
    const Labels<int>& labels, const float* probabilities, Clip clip, const float* dloss, float* dp, u32 rows, u32)
{
    RowPair pair = this_pair(rows, (u64)probabilities | (u64)dp, (u64)dloss | (u64)labels.of);
    Numbers<4> p = pair.load(probabilities);
    Numbers<2> outer = pair.load_each(dloss);
    LabelPair label(labels, pair);
    Numbers<2> slope = clipped_slopes(label.of(p), clip, FocalPower(labels.gamma), label.of(Weights(labels).of_pairs()), labels.poly);
    pair.store(dp, Numbers<4>::of([&](u32 i) { return label.is(i) ? outer.v[i / 2] * slope.v[i / 2] : nan_or_zero(p.v[i]); }));
}

#define FOCAL_KERNELS(name, Label)                                                                                                          \
    ROW_KERNELS(                                                                                                                            \
        name, categorical_focal_row, categorical_focal_pair,                                                                                \
        (const Label* labels, const float* probabilities, const float* alpha, u32 alphas, float gamma, float poly, float epsilon,           \
            float logHigh, float* loss, u32 rows, u32 classes),                                                                             \
        Labels<Label>{labels, alpha, alphas, gamma, poly}, probabilities, Clip{epsilon, logHigh}, loss, rows, classes)                      \
    ROW_KERNELS(                                                                                                                            \
        name##_gradient, categorical_focal_gradient_row, categorical_focal_gradient_pair,                                                   \
        (const Label* labels, const float* probabilities, const float* alpha, u32 alphas, float gamma, float poly, float epsilon,           \
            const float* dloss, float* dp, u32 rows, u32 classes),                                                                          \
        Labels<Label>{labels, alpha, alphas, gamma, poly}, probabilities, Clip{epsilon, 0.0f}, dloss, dp, rows, classes)

FOCAL_KERNELS(categorical_focal, float)
FOCAL_KERNELS(sparse_categorical_focal, int)

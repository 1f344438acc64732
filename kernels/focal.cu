// Focal terms of rows of probabilities and their gradients. Where a probability was clipped, u = 1 - p is exact and the logarithm comes
// from the host.
#include "focal_terms.cuh"

// The ends of the range that probabilities are clipped to, and the logarithms of both.
struct Clip
{
    float epsilon, logLow, logHigh;

    // p > 1 - epsilon without the rounding of 1 - epsilon: near 1, 1 - p is exact.
    METHOD bool is_high(float p) const { return 1.0f - p < epsilon; }
};

// loss = Σ y·u^gamma·(poly·u - alpha·ln q) with q = clip(p, epsilon, 1 - epsilon) and u = 1 - q. A NaN counts without a label, too.
template <class Row>
DEVICE void categorical_focal_row(const Labels& labels, const float* probabilities, Clip clip, float* loss, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row p(probabilities, place, 0.5f);
    RowLabels<Row> y(labels, place);
    typedef Numbers<Row::Group> Group;
    int factors = labels.factors();
    double total = sum_groups(p, [&](u32 slot) {
        Group label = Group::of([&](u32 i) { return is_nan(p.get(slot + i)) ? p.get(slot + i) : y.get(slot + i); });
        if (!label.any())
            return label;
        Group u = Group::of([&](u32 i) {
            float v = p.get(slot + i);
            return v <= clip.epsilon ? 1.0f - clip.epsilon : clip.is_high(v) ? clip.epsilon : 1.0f - v;
        });
        Group power = focal_powers(u, labels.gamma, factors).power, weight = labels.weights<Row::Group>(p.index(slot));
        return Group::of([&](u32 i) {
            float v = p.get(slot + i), logarithm = v <= clip.epsilon ? clip.logLow : clip.is_high(v) ? clip.logHigh : log_positive(v);
            float term = power.v[i] * (labels.poly * u.v[i] - weight.v[i] * logarithm);
            return label.v[i] != 0.0f ? label.v[i] * term : 0.0f;
        });
    });
    if (thread_x() == 0 && place.inside)
        loss[place.row] = (float)total;
}

// dp = y·(alpha·(gamma·u^(gamma - 1)·ln p - u^gamma/p) - poly·(gamma + 1)·u^gamma), all of one sign; zero where p was clipped.
template <class Row>
DEVICE void categorical_focal_gradient_row(
    const Labels& labels, const float* probabilities, Clip clip, const float* dloss, float* dp, u32 rows, u32 classes)
{
    RowPlace place = this_row(rows, classes);
    Row p(probabilities, place, 0.5f);
    RowLabels<Row> y(labels, place);
    typedef Numbers<Row::Group> Group;
    int factors = labels.factors();
    float outer = place.inside ? dloss[place.row] : 0.0f, linear = labels.poly * (labels.gamma + 1);
    p.store_groups(dp, [&](u32 slot) {
        Group label = Group::of([&](u32 i) {
            float v = p.get(slot + i);
            return is_nan(v) ? v : v < clip.epsilon || clip.is_high(v) ? 0.0f : y.get(slot + i);
        });
        if (!label.any())
            return label;
        Powers<Row::Group> powers = focal_powers(Group::of([&](u32 i) { return 1.0f - p.get(slot + i); }), labels.gamma, factors);
        Group weight = labels.weights<Row::Group>(p.index(slot));
        return Group::of([&](u32 i) {
            float v = p.get(slot + i), slope = powers.slope.v[i] * log_positive(v) - powers.power.v[i] / v;
            slope = weight.v[i] * slope - linear * powers.power.v[i];
            return label.v[i] != 0.0f ? outer * label.v[i] * slope : 0.0f;
        });
    });
}

ROW_KERNELS(
    categorical_focal, categorical_focal_row,
    (const float* soft, const int* numbers, const float* probabilities, const float* alpha, u32 alphas, float gamma, float poly, float epsilon,
        float logLow, float logHigh, float* loss, u32 rows, u32 classes),
    Labels{soft, numbers, alpha, alphas, gamma, poly}, probabilities, Clip{epsilon, logLow, logHigh}, loss, rows, classes)

ROW_KERNELS(
    categorical_focal_gradient, categorical_focal_gradient_row,
    (const float* soft, const int* numbers, const float* probabilities, const float* alpha, u32 alphas, float gamma, float poly, float epsilon,
        const float* dloss, float* dp, u32 rows, u32 classes),
    Labels{soft, numbers, alpha, alphas, gamma, poly}, probabilities, Clip{epsilon, 0.0f, 0.0f}, dloss, dp, rows, classes)

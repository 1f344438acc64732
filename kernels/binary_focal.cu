// The focal term of yes/no predictions, element by element, and its gradients; the arithmetic is the CPU backend's.
#include "elementwise.cuh"

struct BinaryTerm
{
    float gammaPositive, gammaNegative, weightPositive, weightNegative, positiveLog, margin;
    METHOD float mix(float y, float positive, float negative) const { return y * positive + (1.0f - y) * negative; }
    METHOD float weight(float y) const { return mix(y, weightPositive, weightNegative); }
    METHOD float gamma(float y) const { return mix(y, gammaPositive, gammaNegative); }
    METHOD float shifted(float p) const { return p - margin < 0.0f ? 0.0f : p - margin; }
    METHOD float negative(float y, float p) const { return margin == 0.0f || p > margin ? 1.0f - y : 0.0f; }

    // Small whole exponents, which nearly all are, without a branch that depends on the label.
    METHOD float focus(float wrong, float y) const
    {
        float square = wrong * wrong;
        if (gammaPositive == 2.0f && gammaNegative == 2.0f)
            return square;
        float exponent = gamma(y);
        float power = exponent == 0.0f ? 1.0f : exponent == 1.0f ? wrong : exponent == 2.0f ? square : exponent == 3.0f ? square * wrong : square * square;
        bool isWhole = exponent == 0.0f | exponent == 1.0f | exponent == 2.0f | exponent == 3.0f | exponent == 4.0f;
        return isWhole ? power : fraction_power(wrong, exponent);
    }
};

struct BinaryShare
{
    float p, q, shifted, wrong, crossEntropy;
};

// 1-p and p, their logarithms' negatives, and what follows from them for a label.
DEVICE BinaryShare finish(const BinaryTerm& term, float y, float p, float q, float logP, float logQ)
{
    float shifted = p, no = 1.0f - y;
    if (term.margin != 0.0f)
    {
        shifted = term.shifted(p);
        // Of NaN, too, which a γ of 0 would hide; and of 0, next to which a small margin leaves p.
        logQ = -log(1.0f - shifted);
    }

    return {p, q, shifted, y * q + no * shifted, y * logP * term.positiveLog + no * logQ};
}

DEVICE BinaryShare share_of_logit(const BinaryTerm& term, float y, float z)
{
    Sigmoids s(z);
    float tail = log1p_fraction(s.power);
    return finish(term, y, s.of(), s.of_negative(), s.isBelow ? tail - z : tail, s.isBelow ? tail : tail + z);
}

// Single precision cannot hold 1 - 1e-7, so the upper end is clipped where it is small: on 1 - p.
DEVICE BinaryShare share_of_probability(const BinaryTerm& term, float y, float p, float epsilon)
{
    float rest = 1.0f - p, low = p < epsilon ? epsilon : p, high = rest < epsilon ? epsilon : rest;
    bool near = p > 0.5f;
    float less = near ? high : low, logLess = -log_small(less), logMore = -log_of_rest(less);
    return finish(term, y, near ? 1.0f - high : low, near ? high : 1.0f - low, near ? logMore : logLess, near ? logLess : logMore);
}

KERNEL binary_focal(const float* target, const float* probabilities, BinaryTerm term, float epsilon, float* loss, u32 count)
{
    zip(Numbers<float>{target}, 1, Numbers<float>{probabilities}, 1, loss, count, [&](float y, float p) {
        BinaryShare s = share_of_probability(term, y, p, epsilon);
        return term.weight(y) * term.focus(s.wrong, y) * s.crossEntropy;
    });
}

KERNEL binary_focal_gradient(
    const float* target, const float* probabilities, BinaryTerm term, float epsilon, const float* dloss, float* dp, u32 count)
{
    zip3(target, probabilities, dloss, dp, count, [&](float y, float p, float outer) {
        BinaryShare s = share_of_probability(term, y, p, epsilon);
        float negative = term.negative(y, s.p), rest = term.margin == 0.0f ? s.q : 1.0f - s.shifted;
        // m is 0 only below the margin, where nothing depends on p.
        float focus = s.wrong == 0.0f ? 0.0f : term.gamma(y) * (negative - y) * s.crossEntropy / s.wrong;
        float slope = focus + (negative / rest - y * term.positiveLog / s.p);
        return p < epsilon || 1.0f - p < epsilon ? 0.0f : term.weight(y) * term.focus(s.wrong, y) * slope * outer;
    });
}

KERNEL sigmoid_binary_focal(const float* target, const float* logits, BinaryTerm term, float* loss, u32 count)
{
    zip(Numbers<float>{target}, 1, Numbers<float>{logits}, 1, loss, count, [&](float y, float z) {
        BinaryShare s = share_of_logit(term, y, z);
        return term.weight(y) * term.focus(s.wrong, y) * s.crossEntropy;
    });
}

KERNEL sigmoid_binary_focal_gradient(const float* target, const float* logits, BinaryTerm term, const float* dloss, float* dz, u32 count)
{
    zip3(target, logits, dloss, dz, count, [&](float y, float z, float outer) {
        BinaryShare s = share_of_logit(term, y, z);
        float bell = s.p * s.q, negative = term.negative(y, s.p);
        float share = s.wrong == 0.0f ? 1.0f : bell / s.wrong, log = term.margin == 0.0f ? s.p : bell / (1.0f - s.shifted);
        float slope = term.gamma(y) * share * (negative - y) * s.crossEntropy + (negative * log - y * s.q * term.positiveLog);
        return term.weight(y) * term.focus(s.wrong, y) * slope * outer;
    });
}

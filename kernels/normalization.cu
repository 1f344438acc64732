// Batch normalisation of [rows, channels], with sums from the reduction kernels. What is the same for a channel is computed once.
#include "normalization.cuh"

// factor = gamma/√(variance + epsilon).
KERNEL normalization_factors(const float* gamma, const float* variance, float epsilon, float* factor, u32 channels)
{
    for (u32 c = first_index(); c < channels; c += index_step())
        factor[c] = gamma[c] / square_root(variance[c] + epsilon);
}

// dgamma = covariance/√(variance + epsilon), in place, and what normalize_gradient takes: gamma/√(variance + epsilon), dbeta/rows and
// dgamma/rows/√(variance + epsilon), [3, channels].
KERNEL normalization_gradient_factors(
    float* covariance, const float* dbeta, const float* gamma, const float* variance, float epsilon, float rows, float* factors, u32 channels)
{
    for (u32 c = first_index(); c < channels; c += index_step())
    {
        float deviation = square_root(variance[c] + epsilon), dgamma = covariance[c] / deviation;
        covariance[c] = dgamma;
        factors[c] = gamma[c] / deviation;
        factors[channels + c] = dbeta[c] / rows;
        factors[2 * channels + c] = dgamma / rows / deviation;
    }
}

// y = (x - mean)·factor + offset, then max(·, 0) if asked for; without a mean x·factor + offset.
// dx = gamma/√(variance + epsilon)·(dy - dbeta/rows - (x - mean)/√(variance + epsilon)·dgamma/rows). dy may be dx.
NORMALIZATION(, float)

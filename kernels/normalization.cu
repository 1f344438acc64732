// Batch normalisation of [rows, channels], with sums from the reduction kernels.
#include "math.cuh"

// y = (x - mean)·gamma/√(variance + epsilon) + beta.
KERNEL normalize(
    const float* x, const float* mean, const float* variance, const float* gamma, const float* beta, float epsilon, float* y, u32 channels, u32 count)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        u32 c = i % channels;
        y[i] = fma(x[i] - mean[c], gamma[c] / square_root(variance[c] + epsilon), beta[c]);
    }
}

// dgamma = covariance/√(variance + epsilon), in place.
KERNEL scale_by_deviation(float* covariance, const float* variance, float epsilon, u32 channels)
{
    for (u32 c = first_index(); c < channels; c += index_step())
        covariance[c] = covariance[c] / square_root(variance[c] + epsilon);
}

// dx = gamma/√(variance + epsilon)·(dy - dbeta/rows - (x - mean)/√(variance + epsilon)·dgamma/rows).
KERNEL normalize_gradient(
    const float* x, const float* dy, const float* mean, const float* variance, const float* gamma, const float* dgamma, const float* dbeta,
    float epsilon, float rows, float* dx, u32 channels, u32 count)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        u32 c = i % channels;
        float deviation = square_root(variance[c] + epsilon);
        float rest = dy[i] - dbeta[c] / rows - (x[i] - mean[c]) / deviation * (dgamma[c] / rows);
        dx[i] = rest * (gamma[c] / deviation);
    }
}

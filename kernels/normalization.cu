// Batch normalisation of [rows, channels], with sums from the reduction kernels. What is the same for a channel is computed once.
#include "math.cuh"

// Whether four channels go at a time. A null pointer is aligned.
DEVICE bool whole_fours(u32 channels, const float* x, const float* y, const float* ofChannels, const float* others)
{
    return channels % 4 == 0 && aligned16(x) && aligned16(y) && aligned16(ofChannels) && aligned16(others);
}

DEVICE float normalized(float x, float mean, float factor, float offset, bool relu)
{
    float y = fma(x - mean, factor, offset);
    return relu && y < 0.0f ? 0.0f : y;
}

DEVICE float input_gradient(float dy, float x, float mean, float factor, float a, float b) { return (dy - a - (x - mean) * b) * factor; }

// factor = gamma/√(variance + epsilon).
KERNEL normalization_factors(const float* gamma, const float* variance, float epsilon, float* factor, u32 channels)
{
    for (u32 c = first_index(); c < channels; c += index_step())
        factor[c] = gamma[c] / square_root(variance[c] + epsilon);
}

// y = (x - mean)·factor + offset, then max(·, 0) if asked for; without a mean x·factor + offset.
KERNEL normalize(
    const float* x, const float* mean, const float* factor, const float* offset, u32 relu, float* y, u32 channels, u32 count)
{
    u32 vectors = whole_fours(channels, x, y, mean, factor) && aligned16(offset) ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        u32 c = 4 * i % channels;
        float4 v = ((const float4*)x)[i], m = mean ? *(const float4*)(mean + c) : float4{0.0f, 0.0f, 0.0f, 0.0f};
        float4 f = *(const float4*)(factor + c), o = *(const float4*)(offset + c);
        ((float4*)y)[i] = float4{
            normalized(v.x, m.x, f.x, o.x, relu), normalized(v.y, m.y, f.y, o.y, relu), normalized(v.z, m.z, f.z, o.z, relu),
            normalized(v.w, m.w, f.w, o.w, relu)};
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
    {
        u32 c = i % channels;
        y[i] = normalized(x[i], mean ? mean[c] : 0.0f, factor[c], offset[c], relu);
    }
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

// dx = gamma/√(variance + epsilon)·(dy - dbeta/rows - (x - mean)/√(variance + epsilon)·dgamma/rows). dy may be dx.
KERNEL normalize_gradient(const float* x, const float* dy, const float* mean, const float* factors, float* dx, u32 channels, u32 count)
{
    const float *as = factors + channels, *bs = as + channels;
    u32 vectors = whole_fours(channels, x, dx, mean, factors) && aligned16(dy) ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        u32 c = 4 * i % channels;
        float4 v = ((const float4*)x)[i], d = ((const float4*)dy)[i], m = *(const float4*)(mean + c), f = *(const float4*)(factors + c);
        float4 a = *(const float4*)(as + c), b = *(const float4*)(bs + c);
        ((float4*)dx)[i] = float4{
            input_gradient(d.x, v.x, m.x, f.x, a.x, b.x), input_gradient(d.y, v.y, m.y, f.y, a.y, b.y),
            input_gradient(d.z, v.z, m.z, f.z, a.z, b.z), input_gradient(d.w, v.w, m.w, f.w, a.w, b.w)};
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
    {
        u32 c = i % channels;
        dx[i] = input_gradient(dy[i], x[i], mean[c], factors[c], as[c], bs[c]);
    }
}

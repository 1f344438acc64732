// Optimizer steps, all in place; see the formulas at the backend's members.
#include "math.cuh"

#define EACH(i) for (u32 i = first_index(); i < count; i += index_step())

KERNEL sgd(float* w, const float* g, u32 count, float rate)
{
    EACH(i) w[i] -= g[i] * rate;
}

KERNEL sgd_momentum(float* w, const float* g, float* velocity, u32 count, float rate, float momentum, u32 nesterov)
{
    EACH(i)
    {
        float move = g[i] * -rate, v = velocity[i] * momentum + move;
        velocity[i] = v;
        w[i] += nesterov ? v * momentum + move : v;
    }
}

KERNEL adam(float* w, const float* g, float* mean, float* variance, u32 count, float rate, float beta1, float beta2, float epsilon, float decay)
{
    EACH(i)
    {
        float gradient = g[i];
        float m = mean[i] + (gradient - mean[i]) * (1.0f - beta1);
        float v = variance[i] + (gradient * gradient - variance[i]) * (1.0f - beta2);
        mean[i] = m;
        variance[i] = v;
        w[i] = w[i] * (1.0f - decay) - m * rate / (square_root(v) + epsilon);
    }
}

KERNEL rmsprop(float* w, const float* g, float* variance, u32 count, float rate, float rho, float epsilon)
{
    EACH(i)
    {
        float v = variance[i] * rho + g[i] * g[i] * (1.0f - rho);
        variance[i] = v;
        w[i] -= g[i] * rate / square_root(v + epsilon);
    }
}

KERNEL rmsprop_momentum(
    float* w, const float* g, float* variance, float* velocity, u32 count, float rate, float rho, float momentum, float epsilon)
{
    EACH(i)
    {
        float v = variance[i] * rho + g[i] * g[i] * (1.0f - rho);
        float b = velocity[i] * momentum + g[i] * rate / square_root(v + epsilon);
        variance[i] = v;
        velocity[i] = b;
        w[i] -= b;
    }
}

KERNEL lion(float* w, const float* g, float* momentum, u32 count, float rate, float beta1, float beta2, float decay)
{
    EACH(i)
    {
        float direction = momentum[i] * beta1 + g[i] * (1.0f - beta1);
        momentum[i] = momentum[i] * beta2 + g[i] * (1.0f - beta2);
        float sign = direction > 0.0f ? 1.0f : direction < 0.0f ? -1.0f : direction;
        w[i] = w[i] * (1.0f - decay) - sign * rate;
    }
}

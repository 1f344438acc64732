// Optimizer steps, all in place; see the formulas at the backend's members.
#include "bfloat16.cuh"

// f(gradient, states of an element), for weights and what else an optimizer keeps; four elements at a time where the addresses allow it.
template <u32 N, class F>
DEVICE void update(float* const (&states)[N], const float* g, u32 count, F f)
{
    bool aligned = aligned16(g);
#pragma unroll
    for (u32 k = 0; k < N; k++)
        aligned &= aligned16(states[k]);
    u32 vectors = aligned ? count / 4 : 0;
    for (u32 i = first_index(); i < vectors; i += index_step())
    {
        float4 gradient = ((const float4*)g)[i], v[N];
#pragma unroll
        for (u32 k = 0; k < N; k++)
            v[k] = ((const float4*)states[k])[i];
#pragma unroll
        for (u32 j = 0; j < 4; j++)
        {
            float each[N];
#pragma unroll
            for (u32 k = 0; k < N; k++)
                each[k] = v[k][j];
            f(gradient[j], each);
#pragma unroll
            for (u32 k = 0; k < N; k++)
                v[k][j] = each[k];
        }

#pragma unroll
        for (u32 k = 0; k < N; k++)
            ((float4*)states[k])[i] = v[k];
    }

    for (u32 i = 4 * vectors + first_index(); i < count; i += index_step())
    {
        float each[N];
#pragma unroll
        for (u32 k = 0; k < N; k++)
            each[k] = states[k][i];
        f(g[i], each);
#pragma unroll
        for (u32 k = 0; k < N; k++)
            states[k][i] = each[k];
    }
}

KERNEL sgd(float* w, const float* g, u32 count, float rate)
{
    update({w}, g, count, [&](float gradient, float (&s)[1]) { s[0] -= gradient * rate; });
}

KERNEL sgd_momentum(float* w, const float* g, float* velocity, u32 count, float rate, float momentum, u32 nesterov)
{
    update({w, velocity}, g, count, [&](float gradient, float (&s)[2]) {
        float move = gradient * -rate, v = s[1] * momentum + move;
        s[1] = v;
        s[0] += nesterov ? v * momentum + move : v;
    });
}

struct AdamStep
{
    float rate, beta1, beta2, epsilon, decay;

    METHOD float operator()(float w, float gradient, float& mean, float& variance) const
    {
        mean += (gradient - mean) * (1.0f - beta1);
        variance += (gradient * gradient - variance) * (1.0f - beta2);
        return w * (1.0f - decay) - mean * rate / (square_root(variance) + epsilon);
    }
};

KERNEL adam(float* w, const float* g, float* mean, float* variance, u32 count, AdamStep step)
{
    update({w, mean, variance}, g, count, [&](float gradient, float (&s)[3]) { s[0] = step(s[0], gradient, s[1], s[2]); });
}

// Adam with the gradient xᵀ·dy of a dense layer's kernel [ins, outs], from x [rows, ins] and dy [rows, outs]: it is made in
// registers and never written. A block has 64 × 64 of it, a thread 4 × 4; ins and outs are multiples of 4.
template <class T>
DEVICE void update_by_product(
    const T* x, const float* dy, float* w, float* mean, float* variance, u32 rows, u32 ins, u32 outs, const AdamStep& step)
{
    constexpr u32 Tile = 64, Depth = 32, Side = 4;
    SHARED __attribute__((aligned(16))) float left[Depth * Tile];
    SHARED __attribute__((aligned(16))) float right[Depth * Tile];
    u32 firstIn = block_x() * Tile, firstOut = block_y() * Tile, in = thread_x() / (Tile / Side) * Side, out = thread_x() % (Tile / Side) * Side;
    float sums[Side][Side];
#pragma unroll
    for (u32 i = 0; i < Side * Side; i++)
        sums[i / Side][i % Side] = 0.0f;
    for (u32 first = 0; first < rows; first += Depth)
    {
        barrier();
        for (u32 i = thread_x(); i < Depth * Tile / 4; i += block_width())
        {
            u32 row = first + i / (Tile / 4), column = i % (Tile / 4) * 4;
            float4 none = {0.0f, 0.0f, 0.0f, 0.0f}, a = none, b = none;
            if (row < rows && firstIn + column < ins)
                a = load4(x + row * ins + firstIn + column);
            if (row < rows && firstOut + column < outs)
                b = load4(dy + row * outs + firstOut + column);
            *(float4*)(left + i * 4) = a;
            *(float4*)(right + i * 4) = b;
        }

        barrier();
#pragma unroll 8
        for (u32 row = 0; row < Depth; row++)
        {
            float4 a = *(const float4*)(left + row * Tile + in), b = *(const float4*)(right + row * Tile + out);
#pragma unroll
            for (u32 i = 0; i < Side * Side; i++)
                sums[i / Side][i % Side] = fma(a[i / Side], b[i % Side], sums[i / Side][i % Side]);
        }
    }

    if (firstOut + out >= outs)
        return;
#pragma unroll
    for (u32 i = 0; i < Side; i++)
    {
        if (firstIn + in + i >= ins)
            continue;
        u32 at = (firstIn + in + i) * outs + firstOut + out;
        float4 weights = *(float4*)(w + at), m = *(float4*)(mean + at), v = *(float4*)(variance + at);
#pragma unroll
        for (u32 j = 0; j < Side; j++)
        {
            float first = m[j], second = v[j];
            weights[j] = step(weights[j], sums[i][j], first, second);
            m[j] = first;
            v[j] = second;
        }

        *(float4*)(w + at) = weights;
        *(float4*)(mean + at) = m;
        *(float4*)(variance + at) = v;
    }
}

KERNEL adam_of_product(const float* x, const float* dy, float* w, float* mean, float* variance, u32 rows, u32 ins, u32 outs, AdamStep step)
{
    update_by_product(x, dy, w, mean, variance, rows, ins, outs, step);
}

KERNEL adam_of_product_narrow(const bf16* x, const float* dy, float* w, float* mean, float* variance, u32 rows, u32 ins, u32 outs, AdamStep step)
{
    update_by_product(x, dy, w, mean, variance, rows, ins, outs, step);
}

KERNEL rmsprop(float* w, const float* g, float* variance, u32 count, float rate, float rho, float epsilon)
{
    update({w, variance}, g, count, [&](float gradient, float (&s)[2]) {
        s[1] = s[1] * rho + gradient * gradient * (1.0f - rho);
        s[0] -= gradient * rate / square_root(s[1] + epsilon);
    });
}

KERNEL rmsprop_momentum(
    float* w, const float* g, float* variance, float* velocity, u32 count, float rate, float rho, float momentum, float epsilon)
{
    update({w, variance, velocity}, g, count, [&](float gradient, float (&s)[3]) {
        s[1] = s[1] * rho + gradient * gradient * (1.0f - rho);
        s[2] = s[2] * momentum + gradient * rate / square_root(s[1] + epsilon);
        s[0] -= s[2];
    });
}

KERNEL lion(float* w, const float* g, float* momentum, u32 count, float rate, float beta1, float beta2, float decay)
{
    update({w, momentum}, g, count, [&](float gradient, float (&s)[2]) {
        float direction = s[1] * beta1 + gradient * (1.0f - beta1);
        s[1] = s[1] * beta2 + gradient * (1.0f - beta2);
        float sign = direction > 0.0f ? 1.0f : direction < 0.0f ? -1.0f : direction;
        s[0] = s[0] * (1.0f - decay) - sign * rate;
    });
}

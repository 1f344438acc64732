// Pooling of pictures [batch, height, width, channels], a thread for each element; channels run along the lanes, so that reads
// and writes are coalesced. Gradients are gathered: each input position asks the windows that cover it, in row-major order.
#include "math.cuh"

struct Windows
{
    u32 inHeight, inWidth, channels, outHeight, outWidth, poolHeight, poolWidth, strideH, strideW, padTop, padLeft;
};

struct Pixel
{
    u32 image, row, column, channel;
};

DEVICE Pixel pixel_of(u32 index, u32 height, u32 width, u32 channels)
{
    u32 pixel = index / channels, line = pixel / width, image = line / height;
    return {image, line - image * height, pixel - line * width, index - pixel * channels};
}

// One axis of a window: positions first..end-1 of it lie inside the picture; the first is at input position start + first.
struct Span
{
    int start, first, end;
};

DEVICE Span clip_window(u32 out, u32 stride, u32 pad, u32 window, u32 size)
{
    int start = (int)(out * stride) - (int)pad, rest = (int)size - start;
    return {start, start < 0 ? -start : 0, rest < (int)window ? rest : (int)window};
}

// The windows first..end-1 along one axis that cover an input position.
DEVICE Span covering(u32 position, u32 stride, u32 pad, u32 window, u32 windows)
{
    int at = (int)(position + pad), first = at < (int)window ? 0 : (at - (int)window) / (int)stride + 1, end = at / (int)stride + 1;
    return {at, first, end < (int)windows ? end : (int)windows};
}

// One channel, or four neighbours at a time where there are such.
DEVICE void read(const float* from, float (&v)[1]) { v[0] = *from; }
DEVICE void write(float* to, const float (&v)[1]) { *to = v[0]; }
DEVICE void write(float* to, const float (&v)[4]) { *(float4*)to = float4{v[0], v[1], v[2], v[3]}; }

DEVICE void read(const float* from, float (&v)[4])
{
    float4 all = *(const float4*)from;
    v[0] = all.x, v[1] = all.y, v[2] = all.z, v[3] = all.w;
}

template <class T>
DEVICE void read(const T* from, u32 (&v)[1])
{
    v[0] = *from;
}

template <class T>
DEVICE void write(T* to, const u32 (&v)[1])
{
    *to = (T)v[0];
}

template <class T>
DEVICE void read(const T* from, u32 (&v)[4])
{
    typedef T Vector __attribute__((ext_vector_type(4)));
    Vector all = *(const Vector*)from;
    v[0] = all.x, v[1] = all.y, v[2] = all.z, v[3] = all.w;
}

template <class T>
DEVICE void write(T* to, const u32 (&v)[4])
{
    typedef T Vector __attribute__((ext_vector_type(4)));
    *(Vector*)to = Vector{(T)v[0], (T)v[1], (T)v[2], (T)v[3]};
}

template <class T>
DEVICE bool has_quads(const Windows& g, const void* x, const void* y, const T* argMax)
{
    return g.channels % 4 == 0 && aligned16(x) && aligned16(y) && (u64)argMax % (4 * sizeof(T)) == 0;
}

// The first of equals; the first NaN beats every number. A thread has Side channels of a window.
template <u32 Side, class T, class Value>
DEVICE void max_pool_each(float* y, T* argMax, const Windows& g, u32 count, Value value)
{
    for (u32 i = first_index(); i < count / Side; i += index_step())
    {
        Pixel p = pixel_of(i * Side, g.outHeight, g.outWidth, g.channels);
        Span rows = clip_window(p.row, g.strideH, g.padTop, g.poolHeight, g.inHeight);
        Span columns = clip_window(p.column, g.strideW, g.padLeft, g.poolWidth, g.inWidth);
        float greatest[Side];
        u32 at[Side];
#pragma unroll
        for (u32 k = 0; k < Side; k++)
        {
            greatest[k] = 0.0f;
            at[k] = ~0u;
        }

        for (int r = rows.first; r < rows.end; r++)
        {
            for (int c = columns.first; c < columns.end; c++)
            {
                float x[Side];
                value(((p.image * g.inHeight + (u32)(rows.start + r)) * g.inWidth + (u32)(columns.start + c)) * g.channels + p.channel, p.channel, x);
#pragma unroll
                for (u32 k = 0; k < Side; k++)
                {
                    bool wins = at[k] == ~0u || x[k] > greatest[k] || (is_nan(x[k]) && !is_nan(greatest[k]));
                    greatest[k] = wins ? x[k] : greatest[k];
                    at[k] = wins ? (u32)r * g.poolWidth + (u32)c : at[k];
                }
            }
        }

        write(y + i * Side, greatest);
        write(argMax + i * Side, at);
    }
}

struct Input
{
    const float* x;

    template <u32 Side>
    METHOD void operator()(u32 i, u32, float (&v)[Side]) const
    {
        read(x + i, v);
    }
};

// A convolution's output with its bias and ReLU still to come.
struct Activated
{
    const float* x;
    const float* bias;

    template <u32 Side>
    METHOD void operator()(u32 i, u32 channel, float (&v)[Side]) const
    {
        read(x + i, v);
#pragma unroll
        for (u32 k = 0; k < Side; k++)
        {
            float sum = v[k] + bias[channel + k];
            v[k] = sum <= 0.0f ? 0.0f : sum;
        }
    }
};

template <class T, class Value>
DEVICE void max_pool(float* y, T* argMax, const Windows& g, u32 count, Value value)
{
    if (has_quads(g, value.x, y, argMax))
        max_pool_each<4>(y, argMax, g, count, value);
    else
        max_pool_each<1>(y, argMax, g, count, value);
}

// Windows that do not overlap: a thread has one, with the space up to the next, and Side channels of it. It reads its gradient once
// and writes all that lies there. Where windows end before the picture does, there are as many more without a gradient.
template <u32 Side, class T>
DEVICE void gradient_of_windows(const float* dy, const T* argMax, float* dx, const Windows& g, u32 elements)
{
    u32 images = elements / (g.inHeight * g.inWidth * g.channels);
    u32 down = (g.inHeight + g.padTop + g.strideH - 1) / g.strideH, across = (g.inWidth + g.padLeft + g.strideW - 1) / g.strideW;
    u32 count = images * down * across * (g.channels / Side);
    for (u32 i = first_index(); i < count; i += index_step())
    {
        Pixel p = pixel_of(i * Side, down, across, g.channels);
        float gradient[Side];
        u32 places[Side];
#pragma unroll
        for (u32 k = 0; k < Side; k++)
        {
            gradient[k] = 0.0f;
            places[k] = ~0u;
        }

        if (p.row < g.outHeight && p.column < g.outWidth)
        {
            u32 window = ((p.image * g.outHeight + p.row) * g.outWidth + p.column) * g.channels + p.channel;
            read(dy + window, gradient);
            read(argMax + window, places);
        }

        Span rows = clip_window(p.row, g.strideH, g.padTop, g.strideH, g.inHeight);
        Span columns = clip_window(p.column, g.strideW, g.padLeft, g.strideW, g.inWidth);
        for (int r = rows.first; r < rows.end; r++)
        {
            for (int c = columns.first; c < columns.end; c++)
            {
                bool inside = (u32)r < g.poolHeight && (u32)c < g.poolWidth;
                u32 place = (u32)r * g.poolWidth + (u32)c;
                float v[Side];
#pragma unroll
                for (u32 k = 0; k < Side; k++)
                    v[k] = inside && places[k] == place ? gradient[k] : 0.0f;
                write(dx + ((p.image * g.inHeight + (u32)(rows.start + r)) * g.inWidth + (u32)(columns.start + c)) * g.channels + p.channel, v);
            }
        }
    }
}

// Windows that overlap: a thread for each element of the input asks those that cover it.
template <class T>
DEVICE void gradient_of_inputs(const float* dy, const T* argMax, float* dx, const Windows& g, u32 count)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        Pixel p = pixel_of(i, g.inHeight, g.inWidth, g.channels);
        Span rows = covering(p.row, g.strideH, g.padTop, g.poolHeight, g.outHeight);
        Span columns = covering(p.column, g.strideW, g.padLeft, g.poolWidth, g.outWidth);
        float sum = 0.0f;
        for (int r = rows.first; r < rows.end; r++)
        {
            for (int c = columns.first; c < columns.end; c++)
            {
                u32 window = ((p.image * g.outHeight + (u32)r) * g.outWidth + (u32)c) * g.channels + p.channel;
                u32 position = (u32)(rows.start - r * (int)g.strideH) * g.poolWidth + (u32)(columns.start - c * (int)g.strideW);
                if (argMax[window] == position)
                    sum += dy[window];
            }
        }

        dx[i] = sum;
    }
}

template <class T>
DEVICE void max_pool_gradient(const float* dy, const T* argMax, float* dx, const Windows& g, u32 count)
{
    if (g.strideH < g.poolHeight || g.strideW < g.poolWidth)
        gradient_of_inputs(dy, argMax, dx, g, count);
    else if (has_quads(g, dy, dx, argMax))
        gradient_of_windows<4>(dy, argMax, dx, g, count);
    else
        gradient_of_windows<1>(dy, argMax, dx, g, count);
}

#define MAX_POOL(name, T)                                                                                                    \
    KERNEL max_pool_##name(const float* x, float* y, T* argMax, Windows g, u32 count)                                        \
    {                                                                                                                        \
        max_pool(y, argMax, g, count, Input{x});                                                                             \
    }                                                                                                                        \
    KERNEL bias_relu_max_pool_##name(const float* x, const float* bias, float* y, T* argMax, Windows g, u32 count)           \
    {                                                                                                                        \
        max_pool(y, argMax, g, count, Activated{x, bias});                                                                   \
    }                                                                                                                        \
    KERNEL max_pool_gradient_##name(const float* dy, const T* argMax, float* dx, Windows g, u32 count)                       \
    {                                                                                                                        \
        max_pool_gradient(dy, argMax, dx, g, count);                                                                         \
    }

MAX_POOL(bytes, u8)
MAX_POOL(words, u32)

KERNEL average_pool(const float* x, float* y, Windows g, u32 count)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        Pixel p = pixel_of(i, g.outHeight, g.outWidth, g.channels);
        Span rows = clip_window(p.row, g.strideH, g.padTop, g.poolHeight, g.inHeight);
        Span columns = clip_window(p.column, g.strideW, g.padLeft, g.poolWidth, g.inWidth);
        float sum = 0.0f;
        for (int r = rows.first; r < rows.end; r++)
        {
            for (int c = columns.first; c < columns.end; c++)
                sum += x[((p.image * g.inHeight + (u32)(rows.start + r)) * g.inWidth + (u32)(columns.start + c)) * g.channels + p.channel];
        }

        y[i] = sum / (float)((rows.end - rows.first) * (columns.end - columns.first));
    }
}

KERNEL average_pool_gradient(const float* dy, float* dx, Windows g, u32 count)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        Pixel p = pixel_of(i, g.inHeight, g.inWidth, g.channels);
        Span rows = covering(p.row, g.strideH, g.padTop, g.poolHeight, g.outHeight);
        Span columns = covering(p.column, g.strideW, g.padLeft, g.poolWidth, g.outWidth);
        float sum = 0.0f;
        for (int r = rows.first; r < rows.end; r++)
        {
            Span down = clip_window((u32)r, g.strideH, g.padTop, g.poolHeight, g.inHeight);
            for (int c = columns.first; c < columns.end; c++)
            {
                Span across = clip_window((u32)c, g.strideW, g.padLeft, g.poolWidth, g.inWidth);
                float share = (float)((down.end - down.first) * (across.end - across.first));
                sum += dy[((p.image * g.outHeight + (u32)r) * g.outWidth + (u32)c) * g.channels + p.channel] / share;
            }
        }

        dx[i] = sum;
    }
}

// Pooling of pictures [batch, height, width, channels] in single precision or bfloat16, a thread for each element; channels run along
// the lanes, so that reads and writes are coalesced. Gradients are gathered: each input position asks the windows that cover it, in
// row-major order.
#pragma once
#include "bfloat16.cuh"

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

// Positions of one channel, or of neighbours.
template <class P, u32 N>
DEVICE void read_places(const P* from, u32 (&v)[N])
{
    if constexpr (N == 1)
        v[0] = *from;
    else
    {
        typedef P Vector __attribute__((ext_vector_type(N)));
        Vector all = *(const Vector*)from;
#pragma unroll
        for (u32 k = 0; k < N; k++)
            v[k] = all[k];
    }
}

template <class P, u32 N>
DEVICE void write_places(P* to, const u32 (&v)[N])
{
    if constexpr (N == 1)
        *to = (P)v[0];
    else
    {
        typedef P Vector __attribute__((ext_vector_type(N)));
        Vector all;
#pragma unroll
        for (u32 k = 0; k < N; k++)
            all[k] = (P)v[k];
        *(Vector*)to = all;
    }
}

// Whether a thread may take neighbouring channels: 16 bytes of them.
template <class T, class P>
DEVICE bool has_neighbours(const Windows& g, const T* x, const T* y, const P* argMax)
{
    return g.channels % Neighbours<T> == 0 && aligned16(x) && aligned16(y) && (u64)argMax % (Neighbours<T> * sizeof(P)) == 0;
}

// The first of equals; the first NaN beats every number. A thread has Side channels of a window.
template <u32 Side, class T, class P, class Value>
DEVICE void max_pool_each(T* y, P* argMax, const Windows& g, u32 count, Value value)
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
        write_places(argMax + i * Side, at);
    }
}

template <class T>
struct Input
{
    const T* x;

    template <u32 Side>
    METHOD void operator()(u32 i, u32, float (&v)[Side]) const
    {
        read(x + i, v);
    }
};

// A convolution's output with its bias and ReLU still to come.
template <class T>
struct Activated
{
    const T* x;
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

template <class T, class P, class Value>
DEVICE void max_pool(T* y, P* argMax, const Windows& g, u32 count, Value value)
{
    if (has_neighbours(g, value.x, y, argMax))
        max_pool_each<Neighbours<T>>(y, argMax, g, count, value);
    else
        max_pool_each<1>(y, argMax, g, count, value);
}

// Windows that do not overlap: a thread has one, with the space up to the next, and Side channels of it. It reads its gradient once
// and writes all that lies there. Where windows end before the picture does, there are as many more without a gradient.
template <u32 Side, class T, class P>
DEVICE void gradient_of_windows(const T* dy, const P* argMax, T* dx, const Windows& g, u32 elements)
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
            read_places(argMax + window, places);
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
template <class T, class P>
DEVICE void gradient_of_inputs(const T* dy, const P* argMax, T* dx, const Windows& g, u32 count)
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
                    sum += widen(dy[window]);
            }
        }

        float v[1] = {sum};
        write(dx + i, v);
    }
}

template <class T, class P>
DEVICE void max_pool_gradient(const T* dy, const P* argMax, T* dx, const Windows& g, u32 count)
{
    if (g.strideH < g.poolHeight || g.strideW < g.poolWidth)
        gradient_of_inputs(dy, argMax, dx, g, count);
    else if (has_neighbours(g, dy, dx, argMax))
        gradient_of_windows<Neighbours<T>>(dy, argMax, dx, g, count);
    else
        gradient_of_windows<1>(dy, argMax, dx, g, count);
}

template <class T>
DEVICE void average_pool_all(const T* x, T* y, const Windows& g, u32 count)
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
                sum += widen(x[((p.image * g.inHeight + (u32)(rows.start + r)) * g.inWidth + (u32)(columns.start + c)) * g.channels + p.channel]);
        }

        float v[1] = {sum / (float)((rows.end - rows.first) * (columns.end - columns.first))};
        write(y + i, v);
    }
}

template <class T>
DEVICE void average_pool_gradients(const T* dy, T* dx, const Windows& g, u32 count)
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
                sum += widen(dy[((p.image * g.outHeight + (u32)r) * g.outWidth + (u32)c) * g.channels + p.channel]) / share;
            }
        }

        float v[1] = {sum};
        write(dx + i, v);
    }
}

// Positions are of the type P.
#define MAX_POOL(name, T, P)                                                                                                     \
    KERNEL max_pool_##name(const T* x, T* y, P* argMax, Windows g, u32 count) { max_pool(y, argMax, g, count, Input<T>{x}); }    \
    KERNEL bias_relu_max_pool_##name(const T* x, const float* bias, T* y, P* argMax, Windows g, u32 count)                       \
    {                                                                                                                            \
        max_pool(y, argMax, g, count, Activated<T>{x, bias});                                                                    \
    }                                                                                                                            \
    KERNEL max_pool_gradient_##name(const T* dy, const P* argMax, T* dx, Windows g, u32 count)                                   \
    {                                                                                                                            \
        max_pool_gradient(dy, argMax, dx, g, count);                                                                             \
    }

#define AVERAGE_POOL(name, T)                                                                                  \
    KERNEL average_pool##name(const T* x, T* y, Windows g, u32 count) { average_pool_all(x, y, g, count); }    \
    KERNEL average_pool_gradient##name(const T* dy, T* dx, Windows g, u32 count) { average_pool_gradients(dy, dx, g, count); }

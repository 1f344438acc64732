// Pooling of pictures [batch, height, width, channels] in single precision or bfloat16, a thread for each element; channels run along
// the lanes, so that reads and writes are coalesced. Gradients are gathered: each input position asks the windows that cover it, in
// row-major order. Where channels allow it a thread has 16 bytes of neighbours, which share what is computed of their place.
#pragma once
#include "bfloat16.cuh"
#include "element.cuh"

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

// a / stride, of which nearly all are 1 or 2; a division takes some twenty instructions.
DEVICE u32 quotient(u32 a, u32 stride) { return stride == 1 ? a : stride == 2 ? a / 2 : a / stride; }

// The windows first..end-1 along one axis that cover an input position.
DEVICE Span covering(u32 position, u32 stride, u32 pad, u32 window, u32 windows)
{
    u32 at = position + pad, first = at < window ? 0 : quotient(at - window, stride) + 1, end = quotient(at, stride) + 1;
    return {(int)at, (int)first, (int)(end < windows ? end : windows)};
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
            greatest[k] = -INFINITY_F;
            at[k] = (u32)rows.first * g.poolWidth + (u32)columns.first;
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
                    // Greater or NaN, and what it beats is a number; without a branch.
                    bool wins = !(x[k] <= greatest[k]) & !is_nan(greatest[k]);
                    greatest[k] = wins ? x[k] : greatest[k];
                    at[k] = wins ? (u32)r * g.poolWidth + (u32)c : at[k];
                }
            }
        }

        write(y + i * Side, greatest);
        write_places(argMax + i * Side, at);
    }
}

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

// The input's columns in an order in which the windows that cover neighbours are as many: where they overlap with a stride of 2, the even
// ones first.
DEVICE u32 ordered_column(u32 column, const Windows& g)
{
    u32 even = (g.inWidth + 1) / 2;
    return g.strideW != 2 || g.poolWidth <= 2 ? column : column < even ? 2 * column : 2 * (column - even) + 1;
}

// Windows that overlap: a thread for Side channels of a pixel of the input asks those that cover it.
template <u32 Side, class T, class P>
DEVICE void gradient_of_inputs(const T* dy, const P* argMax, T* dx, const Windows& g, u32 count)
{
    for (u32 i = first_index(); i < count / Side; i += index_step())
    {
        Pixel p = pixel_of(i * Side, g.inHeight, g.inWidth, g.channels);
        u32 column = ordered_column(p.column, g);
        Span rows = covering(p.row, g.strideH, g.padTop, g.poolHeight, g.outHeight);
        Span columns = covering(column, g.strideW, g.padLeft, g.poolWidth, g.outWidth);
        u32 line = ((p.image * g.outHeight + (u32)rows.first) * g.outWidth + (u32)columns.first) * g.channels + p.channel;
        u32 place = (u32)(rows.start - rows.first * (int)g.strideH) * g.poolWidth + (u32)(columns.start - columns.first * (int)g.strideW);
        float sums[Side] = {};
        for (int r = rows.first; r < rows.end; r++)
        {
            u32 window = line, position = place;
            for (int c = columns.first; c < columns.end; c++)
            {
                float d[Side];
                u32 places[Side];
                read(dy + window, d);
                read_places(argMax + window, places);
                hold(d);
#pragma unroll
                for (u32 k = 0; k < Side; k++)
                    sums[k] += places[k] == position ? d[k] : 0.0f;
                window += g.channels;
                position -= g.strideW;
            }

            line += g.outWidth * g.channels;
            place -= g.strideH * g.poolWidth;
        }

        write(dx + (i * Side + (column - p.column) * g.channels), sums);
    }
}

template <class T, class P>
DEVICE void max_pool_gradient(const T* dy, const P* argMax, T* dx, const Windows& g, u32 count)
{
    bool overlap = g.strideH < g.poolHeight || g.strideW < g.poolWidth, neighbours = has_neighbours(g, dy, dx, argMax);
    if (overlap && neighbours)
        gradient_of_inputs<Neighbours<T>>(dy, argMax, dx, g, count);
    else if (overlap)
        gradient_of_inputs<1>(dy, argMax, dx, g, count);
    else if (neighbours)
        gradient_of_windows<Neighbours<T>>(dy, argMax, dx, g, count);
    else
        gradient_of_windows<1>(dy, argMax, dx, g, count);
}

template <u32 Side, class T>
DEVICE void average_pool_each(const T* x, T* y, const Windows& g, u32 count)
{
    for (u32 i = first_index(); i < count / Side; i += index_step())
    {
        Pixel p = pixel_of(i * Side, g.outHeight, g.outWidth, g.channels);
        Span rows = clip_window(p.row, g.strideH, g.padTop, g.poolHeight, g.inHeight);
        Span columns = clip_window(p.column, g.strideW, g.padLeft, g.poolWidth, g.inWidth);
        float sums[Side] = {};
        for (int r = rows.first; r < rows.end; r++)
        {
            u32 line = (p.image * g.inHeight + (u32)(rows.start + r)) * g.inWidth;
            for (int c = columns.first; c < columns.end; c++)
            {
                float v[Side];
                read(x + (line + (u32)(columns.start + c)) * g.channels + p.channel, v);
#pragma unroll
                for (u32 k = 0; k < Side; k++)
                    sums[k] += v[k];
            }
        }

        float pixels = (float)((rows.end - rows.first) * (columns.end - columns.first));
#pragma unroll
        for (u32 k = 0; k < Side; k++)
            sums[k] /= pixels;
        write(y + i * Side, sums);
    }
}

template <u32 Side, class T>
DEVICE void average_pool_gradient_each(const T* dy, T* dx, const Windows& g, u32 count)
{
    for (u32 i = first_index(); i < count / Side; i += index_step())
    {
        Pixel p = pixel_of(i * Side, g.inHeight, g.inWidth, g.channels);
        u32 column = ordered_column(p.column, g);
        Span rows = covering(p.row, g.strideH, g.padTop, g.poolHeight, g.outHeight);
        Span columns = covering(column, g.strideW, g.padLeft, g.poolWidth, g.outWidth);
        u32 line = ((p.image * g.outHeight + (u32)rows.first) * g.outWidth + (u32)columns.first) * g.channels + p.channel;
        float sums[Side] = {};
        for (int r = rows.first; r < rows.end; r++)
        {
            Span down = clip_window((u32)r, g.strideH, g.padTop, g.poolHeight, g.inHeight);
            u32 window = line;
            for (int c = columns.first; c < columns.end; c++)
            {
                Span across = clip_window((u32)c, g.strideW, g.padLeft, g.poolWidth, g.inWidth);
                float share = 1.0f / (float)((down.end - down.first) * (across.end - across.first)), v[Side];
                read(dy + window, v);
#pragma unroll
                for (u32 k = 0; k < Side; k++)
                    sums[k] = fma(v[k], share, sums[k]);
                window += g.channels;
            }

            line += g.outWidth * g.channels;
        }

        write(dx + (i * Side + (column - p.column) * g.channels), sums);
    }
}

template <class T>
DEVICE bool has_neighbours(const Windows& g, const T* x, const T* y) { return has_neighbours(g, x, y, (const u8*)nullptr); }

template <class T>
DEVICE void average_pool_all(const T* x, T* y, const Windows& g, u32 count)
{
    if (has_neighbours(g, x, y))
        average_pool_each<Neighbours<T>>(x, y, g, count);
    else
        average_pool_each<1>(x, y, g, count);
}

template <class T>
DEVICE void average_pool_gradients(const T* dy, T* dx, const Windows& g, u32 count)
{
    if (has_neighbours(g, dy, dx))
        average_pool_gradient_each<Neighbours<T>>(dy, dx, g, count);
    else
        average_pool_gradient_each<1>(dy, dx, g, count);
}

// Positions are of the type P.
#define MAX_POOL(name, T, P)                                                                                                     \
    KERNEL max_pool_##name(const T* x, T* y, P* argMax, Windows g, u32 count) { max_pool(y, argMax, g, count, Element<T>{x}); }    \
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

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

// The first of equals; the first NaN beats every number.
template <class T, class Value>
DEVICE void max_pool_each(float* y, T* argMax, const Windows& g, u32 count, Value value)
{
    for (u32 i = first_index(); i < count; i += index_step())
    {
        Pixel p = pixel_of(i, g.outHeight, g.outWidth, g.channels);
        Span rows = clip_window(p.row, g.strideH, g.padTop, g.poolHeight, g.inHeight);
        Span columns = clip_window(p.column, g.strideW, g.padLeft, g.poolWidth, g.inWidth);
        float greatest = 0.0f;
        u32 at = ~0u;
        for (int r = rows.first; r < rows.end; r++)
        {
            for (int c = columns.first; c < columns.end; c++)
            {
                u32 source = ((p.image * g.inHeight + (u32)(rows.start + r)) * g.inWidth + (u32)(columns.start + c)) * g.channels + p.channel;
                float x = value(source, p.channel);
                if (at == ~0u || x > greatest || (is_nan(x) && !is_nan(greatest)))
                {
                    greatest = x;
                    at = (u32)r * g.poolWidth + (u32)c;
                }
            }
        }

        y[i] = greatest;
        argMax[i] = (T)at;
    }
}

struct Input
{
    const float* x;
    METHOD float operator()(u32 i, u32) const { return x[i]; }
};

// A convolution's output with its bias and ReLU still to come.
struct Activated
{
    const float* x;
    const float* bias;
    METHOD float operator()(u32 i, u32 channel) const
    {
        float sum = x[i] + bias[channel];
        return sum <= 0.0f ? 0.0f : sum;
    }
};

// Where windows do not overlap, a position has one at most.
template <class T>
DEVICE void max_pool_gradient(const float* dy, const T* argMax, float* dx, const Windows& g, u32 count)
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

#define MAX_POOL(name, T)                                                                                                    \
    KERNEL max_pool_##name(const float* x, float* y, T* argMax, Windows g, u32 count)                                        \
    {                                                                                                                        \
        max_pool_each(y, argMax, g, count, Input{x});                                                                        \
    }                                                                                                                        \
    KERNEL bias_relu_max_pool_##name(const float* x, const float* bias, float* y, T* argMax, Windows g, u32 count)           \
    {                                                                                                                        \
        max_pool_each(y, argMax, g, count, Activated{x, bias});                                                              \
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

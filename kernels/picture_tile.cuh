// A tile of a picture in shared memory, as the direct 3×3 convolutions read it: a plane for each channel, so that the lanes of a
// warp find neighbouring pixels side by side. Pixels outside the picture are zero, which is the padding.
#pragma once
#include "math.cuh"

// Pictures as they are in memory: [batch, height, width, channels].
struct Pixels
{
    const float* x;
    u32 height, width, channels;

    METHOD u32 index(u32 image, u32 row, u32 column) const { return ((image * height + row) * width + column) * channels; }
    METHOD float4 quad(u32 image, u32 row, u32 column, u32 channel) const
    {
        return *(const float4*)(x + index(image, row, column) + channel);
    }
};

// The gradient of a convolution's output. With argMax it is that of what came out of ReLU and 2×2 max-pooling behind the
// convolution, and finds its way back while it is read: three of four positions are zero, and all four where ReLU was off.
struct Gradient
{
    const float* dy;
    const float* y;
    const u8* argMax;
    u32 height, width, channels;

    METHOD float4 quad(u32 image, u32 row, u32 column, u32 channel) const
    {
        if (!argMax)
            return *(const float4*)(dy + ((image * height + row) * width + column) * channels + channel);
        u32 pooledHeight = height / 2, pooledWidth = width / 2, r = row / 2, c = column / 2, position = row % 2 * 2 + column % 2;
        // Pixels that no window has: whatever is read for them, nothing comes of it.
        bool none = r >= pooledHeight || c >= pooledWidth;
        r = none ? 0 : r;
        c = none ? 0 : c;
        position = none ? 4 : position;
        u32 at = ((image * pooledHeight + r) * pooledWidth + c) * channels + channel;
        float4 output = *(const float4*)(y + at);
        u32 places = *(const u32*)(argMax + at);
        float4 gradient = *(const float4*)(dy + at);
#pragma unroll
        for (u32 i = 0; i < 4; i++)
            gradient[i] = output[i] > 0.0f && ((places >> (8 * i)) & 255) == position ? gradient[i] : 0.0f;
        return gradient;
    }
};

struct TilePlace
{
    u32 image;
    int row, column;
};

// Division of small numbers by the same one: exact as long as number · divisor stays below 2^22.
struct Divisor
{
    u32 divisor, inverse;

    METHOD explicit Divisor(u32 divisor) : divisor(divisor), inverse(((1u << 22) + divisor - 1) / divisor) {}
    METHOD u32 operator()(u32 number) const { return (number * inverse) >> 22; }
};

// What a block's threads do for each of some items: several loads are on their way before the first is stored. The loads have no
// condition around them, for which they would wait for one another; load gets numbers below count only.
template <u32 Batch, class Load, class Store>
DEVICE void each_of_block(u32 count, u32 threads, Load load, Store store)
{
    for (u32 first = thread_x(); first < count; first += threads * Batch)
    {
        decltype(load(0)) values[Batch];
#pragma unroll
        for (u32 i = 0; i < Batch; i++)
        {
            u32 item = first + i * threads;
            values[i] = load(item < count ? item : count - 1);
        }

#pragma unroll
        for (u32 i = 0; i < Batch; i++)
        {
            u32 item = first + i * threads;
            if (item < count)
                store(item, values[i]);
        }
    }
}

DEVICE u32 clamp_to(int at, u32 size) { return at < 0 ? 0 : (u32)at < size ? (u32)at : size - 1; }

// Groups of four channels of a tile, of Quads groups a pixel from the first channel on; store gets row, column, group and values.
template <u32 Quads, u32 Batch = 4, class Source, class Store>
DEVICE void load_quads(const Source& s, TilePlace at, u32 rows, u32 columns, u32 first, u32 threads, Store store)
{
    Divisor row_of(columns * Quads);
    each_of_block<Batch>(
        rows * columns * Quads,
        threads,
        [&](u32 item) {
            u32 r = row_of(item), rest = item - r * columns * Quads, c = rest / Quads;
            int row = at.row + (int)r, column = at.column + (int)c;
            bool inside = row >= 0 && row < (int)s.height && column >= 0 && column < (int)s.width;
            float4 v = s.quad(at.image, clamp_to(row, s.height), clamp_to(column, s.width), first + rest % Quads * 4);
            return inside ? v : (float4){0.0f, 0.0f, 0.0f, 0.0f};
        },
        [&](u32 item, float4 v) {
            u32 r = row_of(item), rest = item - r * columns * Quads;
            store(r, rest / Quads, rest % Quads, v);
        });
}

// All channels of pictures of few, colours, one after the other: a row of them is one run of memory. store gets row, number in the
// row, and value.
template <class Store>
DEVICE void load_colours(const Pixels& s, TilePlace at, u32 rows, u32 columns, u32 threads, Store store)
{
    u32 run = columns * s.channels, width = s.width * s.channels;
    Divisor row_of(run);
    each_of_block<8>(
        rows * run,
        threads,
        [&](u32 item) {
            u32 r = row_of(item);
            int row = at.row + (int)r, place = at.column * (int)s.channels + (int)(item - r * run);
            bool inside = row >= 0 && row < (int)s.height && place >= 0 && place < (int)width;
            float v = s.x[s.index(at.image, clamp_to(row, s.height), 0) + clamp_to(place, width)];
            return inside ? v : 0.0f;
        },
        [&](u32 item, float v) {
            u32 r = row_of(item);
            store(r, item - r * run, v);
        });
}

// A tile of a picture in shared memory, as the direct 3×3 convolutions read it: a plane for each channel, so that the lanes of a
// warp find neighbouring pixels side by side. Pixels outside the picture are zero, which is the padding.
#pragma once
#include "bfloat16.cuh"
#include "block_loop.cuh"

// Pictures as they are in memory: [batch, height, width, channels], in single precision or bfloat16.
template <class T>
struct PixelsOf
{
    const T* x;
    u32 height, width, channels;

    METHOD u32 index(u32 image, u32 row, u32 column) const { return ((image * height + row) * width + column) * channels; }
    METHOD float4 quad(u32 image, u32 row, u32 column, u32 channel) const
    {
        return load4(x + index(image, row, column) + channel);
    }
};

typedef PixelsOf<float> Pixels;

// The gradient of a convolution's output. With argMax it is that of what came out of ReLU and 2×2 max-pooling behind the
// convolution, and finds its way back while it is read: three of four positions are zero, and all four where ReLU was off.
template <class T>
struct GradientOf
{
    const T* dy;
    const T* y;
    const u8* argMax;
    u32 height, width, channels;

    METHOD PixelsOf<T> pixels() const { return {dy, height, width, channels}; }
};

typedef GradientOf<float> Gradient;

// A convolution's pictures cut into tiles, a block's each: groupRows × groupColumns groups of pixels.
struct Tiling
{
    u32 inChannels, outChannels, outHeight, outWidth, padTop, padLeft, groupRows, groupColumns, tilesDown, tilesAcross;
};

// The same for the gradient of its kernel: tiles of rows × columns pixels, of which a block takes several; outTiles are tiles of
// output channels.
struct KernelTiling
{
    u32 inChannels, outChannels, padTop, padLeft, rows, columns, tilesDown, tilesAcross, tiles, outTiles;
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

struct Window
{
    float4 gradient;
    u32 places;
};

// Groups of four channels of a tile of gradients, as load_quads has them; those that come through pooling are read once for the four
// pixels of their window.
template <u32 Quads, u32 Batch = 4, class T, class Store>
DEVICE void load_gradients(const GradientOf<T>& s, TilePlace at, u32 rows, u32 columns, u32 first, u32 threads, Store store)
{
    if (!s.argMax)
    {
        load_quads<Quads, Batch>(s.pixels(), at, rows, columns, first, threads, store);
        return;
    }

    // The windows that the tile has pixels of; shifts round down where a division would not.
    int firstRow = at.row >> 1, firstColumn = at.column >> 1;
    u32 down = (u32)(((at.row + (int)rows - 1) >> 1) - firstRow + 1), across = (u32)(((at.column + (int)columns - 1) >> 1) - firstColumn + 1);
    u32 height = s.height / 2, width = s.width / 2;
    Divisor row_of(across * Quads);
    each_of_block<Batch>(
        down * across * Quads,
        threads,
        [&](u32 item) {
            u32 r = row_of(item), rest = item - r * across * Quads;
            int row = firstRow + (int)r, column = firstColumn + (int)(rest / Quads);
            bool inside = row >= 0 && row < (int)height && column >= 0 && column < (int)width;
            u32 place = ((at.image * height + clamp_to(row, height)) * width + clamp_to(column, width)) * s.channels + first + rest % Quads * 4;
            float4 output = load4(s.y + place), gradient = load4(s.dy + place);
            u32 places = *(const u32*)(s.argMax + place);
#pragma unroll
            for (u32 i = 0; i < 4; i++)
                gradient[i] = inside && output[i] > 0.0f ? gradient[i] : 0.0f;
            return Window{gradient, places};
        },
        [&](u32 item, Window window) {
            u32 r = row_of(item), rest = item - r * across * Quads, quad = rest % Quads;
            u32 row = (u32)((firstRow + (int)r) * 2 - at.row), column = (u32)((firstColumn + (int)(rest / Quads)) * 2 - at.column);
#pragma unroll
            for (u32 position = 0; position < 4; position++)
            {
                float4 v;
#pragma unroll
                for (u32 i = 0; i < 4; i++)
                    v[i] = ((window.places >> (8 * i)) & 255) == position ? window.gradient[i] : 0.0f;
                u32 pixelRow = row + position / 2, pixelColumn = column + position % 2;
                if (pixelRow < rows && pixelColumn < columns)
                    store(pixelRow, pixelColumn, quad, v);
            }
        });
}

// Either kind of source.
template <u32 Quads, class T, class Store>
DEVICE void load(const PixelsOf<T>& s, TilePlace at, u32 rows, u32 columns, u32 first, u32 threads, Store store)
{
    load_quads<Quads>(s, at, rows, columns, first, threads, store);
}

template <u32 Quads, class T, class Store>
DEVICE void load(const GradientOf<T>& s, TilePlace at, u32 rows, u32 columns, u32 first, u32 threads, Store store)
{
    load_gradients<Quads, 2>(s, at, rows, columns, first, threads, store);
}

// Where load and load_quads store: a plane for each channel, of rows that are stride apart.
template <u32 Plane>
struct Planes
{
    float* planes;
    u32 stride;

    METHOD void operator()(u32 row, u32 column, u32 quad, float4 v) const
    {
        float* target = planes + quad * 4 * Plane + row * stride + column;
        target[0] = v.x;
        target[Plane] = v.y;
        target[2 * Plane] = v.z;
        target[3 * Plane] = v.w;
    }
};

// The same for load_colours.
template <u32 Plane>
struct ColourPlanes
{
    float* planes;
    u32 stride, channels;

    METHOD void operator()(u32 row, u32 place, float v) const
    {
        // The division by a constant is a multiplication.
        u32 column = channels == 3 ? place / 3 : place / channels;
        planes[(place - column * channels) * Plane + row * stride + column] = v;
    }
};

// Lines of six neighbours out of a plane: what four pixels beside each other need.
template <u32 Lines>
DEVICE void load_patch(const float* from, u32 stride, float (&patch)[Lines][6])
{
#pragma unroll
    for (u32 line = 0; line < Lines; line++)
    {
        float4 left = *(const float4*)(from + line * stride);
        float2 right = *(const float2*)(from + line * stride + 4);
        patch[line][0] = left.x;
        patch[line][1] = left.y;
        patch[line][2] = left.z;
        patch[line][3] = left.w;
        patch[line][4] = right.x;
        patch[line][5] = right.y;
    }
}

// A convolution's sum with its bias, and ReLU if asked for; NaN stays.
DEVICE float activate(float sum, float bias, u32 relu)
{
    float lowest = relu ? 0.0f : -INFINITY_F;
    sum += bias;
    return sum <= lowest ? lowest : sum;
}

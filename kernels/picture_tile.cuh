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
        float4 gradient = {0.0f, 0.0f, 0.0f, 0.0f};
        if (r >= pooledHeight || c >= pooledWidth)
            return gradient;
        u32 at = ((image * pooledHeight + r) * pooledWidth + c) * channels + channel;
        float4 output = *(const float4*)(y + at);
        u32 places = *(const u32*)(argMax + at);
        gradient = *(const float4*)(dy + at);
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

// Channels first..first + channels, a multiple of four of them. A warp takes a row of the tile.
template <class Source>
DEVICE void load_quads(const Source& s, TilePlace at, u32 rows, u32 columns, u32 stride, u32 first, u32 channels, u32 plane, float* tile)
{
    u32 lane = thread_x() & 31, warps = block_width() / WarpSize;
    for (u32 r = thread_x() / WarpSize; r < rows; r += warps)
    {
        int row = at.row + (int)r;
        bool inside = row >= 0 && row < (int)s.height;
        for (u32 quad = 0; quad < channels; quad += 4)
        {
            for (u32 c = lane; c < columns; c += WarpSize)
            {
                int column = at.column + (int)c;
                float4 v = {0.0f, 0.0f, 0.0f, 0.0f};
                if (inside && column >= 0 && column < (int)s.width)
                    v = s.quad(at.image, (u32)row, (u32)column, first + quad);
                float* target = tile + quad * plane + r * stride + c;
                target[0] = v.x;
                target[plane] = v.y;
                target[2 * plane] = v.z;
                target[3 * plane] = v.w;
            }
        }
    }
}

// All channels of pictures of few: colours. A row of them is one run of memory.
DEVICE void load_colours(const Pixels& s, TilePlace at, u32 rows, u32 columns, u32 stride, u32 plane, float* tile)
{
    u32 lane = thread_x() & 31, warps = block_width() / WarpSize, run = columns * s.channels;
    for (u32 r = thread_x() / WarpSize; r < rows; r += warps)
    {
        int row = at.row + (int)r;
        bool inside = row >= 0 && row < (int)s.height;
        for (u32 i = lane; i < run; i += WarpSize)
        {
            // The division by a constant is a multiplication.
            u32 c = s.channels == 3 ? i / 3 : i / s.channels, channel = i - c * s.channels;
            int column = at.column + (int)c;
            float v = 0.0f;
            if (inside && column >= 0 && column < (int)s.width)
                v = s.x[s.index(at.image, (u32)row, (u32)column) + channel];
            tile[channel * plane + r * stride + c] = v;
        }
    }
}

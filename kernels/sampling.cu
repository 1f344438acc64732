// Pictures seen through affine coordinates, a thread for each element of the output. The order of every sum is the CPU's.
#include "device.cuh"

enum FillMode { Reflect, Wrap, Constant, Nearest };

struct Sampling
{
    u32 in_height, in_width, channels, out_height, out_width, nearest, fill_mode;
    float fill_value;
};

// Coordinates beyond are of no picture; whole numbers hold them with room to spare.
DEVICE float coordinate(float x) { return x < -268435456.0f ? -268435456.0f : x > 268435456.0f ? 268435456.0f : x; }

DEVICE int floor_of(float x)
{
    int whole = (int)x;
    return (float)whole > x ? whole - 1 : whole;
}

// The place within 0..extent that stands for one beyond.
DEVICE int inside(u32 fill_mode, int place, int extent)
{
    if (0 <= place && place < extent)
        return place;
    if (fill_mode == Wrap)
    {
        int wrapped = place % extent;
        return wrapped < 0 ? wrapped + extent : wrapped;
    }

    if (fill_mode == Reflect)
    {
        int folded = place % (2 * extent);
        folded = folded < 0 ? folded + 2 * extent : folded;
        int back = 2 * extent - 1 - folded;
        return folded < back ? folded : back;
    }

    return place < 0 ? 0 : extent - 1;
}

DEVICE float nearest(const float* from, const Sampling& g, float row, float column)
{
    int y = floor_of(row + 0.5f), x = floor_of(column + 0.5f);
    int in_y = inside(g.fill_mode, y, (int)g.in_height), in_x = inside(g.fill_mode, x, (int)g.in_width);
    return g.fill_mode == Constant && (in_y != y || in_x != x) ? g.fill_value : from[((u32)in_y * g.in_width + (u32)in_x) * g.channels];
}

DEVICE float bilinear(const float* from, const Sampling& g, float row, float column)
{
    int y0 = floor_of(row), x0 = floor_of(column), y1 = y0 + 1, x1 = x0 + 1;
    float down = row - (float)y0, right = column - (float)x0;
    float w00 = (1.0f - down) * (1.0f - right), w01 = (1.0f - down) * right, w10 = down * (1.0f - right), w11 = down * right, filled = 0.0f;
    int in_y0 = inside(g.fill_mode, y0, (int)g.in_height), in_y1 = inside(g.fill_mode, y1, (int)g.in_height);
    int in_x0 = inside(g.fill_mode, x0, (int)g.in_width), in_x1 = inside(g.fill_mode, x1, (int)g.in_width);
    if (g.fill_mode == Constant)
    {
        // Weights of what lies beyond an edge go to the constant.
        bool no_y0 = in_y0 != y0, no_y1 = in_y1 != y1, no_x0 = in_x0 != x0, no_x1 = in_x1 != x1;
        w00 = no_y0 || no_x0 ? 0.0f : w00;
        w01 = no_y0 || no_x1 ? 0.0f : w01;
        w10 = no_y1 || no_x0 ? 0.0f : w10;
        w11 = no_y1 || no_x1 ? 0.0f : w11;
        filled = g.fill_value == 0.0f ? 0.0f : (1.0f - (w00 + w01 + w10 + w11)) * g.fill_value;
    }

    const float* upper = from + (u32)in_y0 * g.in_width * g.channels;
    const float* lower = from + (u32)in_y1 * g.in_width * g.channels;
    u32 left = (u32)in_x0 * g.channels, beside = (u32)in_x1 * g.channels;
    return upper[left] * w00 + upper[beside] * w01 + lower[left] * w10 + lower[beside] * w11 + filled;
}

KERNEL affine_sample(const float* x, const float* transforms, float* y, Sampling g, u32 count)
{
    for (u32 at = first_index(); at < count; at += index_step())
    {
        u32 pixel = at / g.channels, channel = at - pixel * g.channels;
        u32 line = pixel / g.out_width, j = pixel - line * g.out_width;
        u32 picture = line / g.out_height, i = line - picture * g.out_height;
        const float* t = transforms + 6 * picture;
        const float* from = x + picture * g.in_height * g.in_width * g.channels + channel;
        float column = coordinate(t[0] * (float)j + t[1] * (float)i + t[2]), row = coordinate(t[3] * (float)j + t[4] * (float)i + t[5]);
        y[at] = g.nearest ? nearest(from, g, row, column) : bilinear(from, g, row, column);
    }
}

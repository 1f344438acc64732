// Direct 3×3 convolutions with stride 1 of pictures of few channels, forward and the gradient of the input. A thread has 8 pixels,
// 2 rows × 4 columns, of 8 output channels in registers: 64 sums, for which it reads 24 inputs and 72 weights of shared memory for
// each input channel. All threads of a warp have the same output channels, so that weights are broadcast. 2×2 max-pooling, ReLU
// and bias happen in those registers: the convolution's own output is not written. The gradient of the input is the same
// convolution with the kernel turned around, over gradients that pass back through the pooling while they are read.
#include "picture_tile.cuh"

constexpr u32 Threads = 256, Taps = 9, PixelRows = 2, PixelColumns = 4, Pixels8 = PixelRows * PixelColumns, Channels8 = 8;

// Kernels [3, 3, in, out], read as they are.
struct Kernel
{
    const float* w;

    template <u32 Out, u32 In>
    METHOD void load(const Tiling& t, u32 firstIn, u32 ins, u32 firstOut, float* weights) const
    {
        constexpr u32 Quads = Out / 4;
        each_of_block<4>(
            Taps * In * Quads,
            Threads,
            [&](u32 i) {
                u32 rest = i / Quads, in = rest % In, tap = rest / In, out = firstOut + i % Quads * 4;
                bool there = in < ins && out < t.outChannels;
                float4 v = *(const float4*)(w + (there ? (tap * t.inChannels + firstIn + in) * t.outChannels + out : 0));
                return there ? v : (float4){0.0f, 0.0f, 0.0f, 0.0f};
            },
            [&](u32 i, float4 v) {
                u32 rest = i / Quads, in = rest % In, tap = rest / In;
                *(float4*)(weights + (in * Taps + tap) * Out + i % Quads * 4) = v;
            });
    }
};

// The same kernels with their taps turned around and their channels exchanged: in and out are those of the gradient's convolution.
struct TurnedKernel
{
    const float* w;

    template <u32 Out, u32 In>
    METHOD void load(const Tiling& t, u32 firstIn, u32 ins, u32 firstOut, float* weights) const
    {
        each_of_block<8>(
            Taps * In * Out,
            Threads,
            [&](u32 i) {
                u32 in = i % In, rest = i / In, out = rest % Out, tap = rest / Out, source = firstOut + out;
                bool there = in < ins && source < t.outChannels;
                float v = w[there ? ((Taps - 1 - tap) * t.outChannels + source) * t.inChannels + firstIn + in : 0];
                return there ? v : 0.0f;
            },
            [&](u32 i, float v) {
                u32 in = i % In, rest = i / In;
                weights[(in * Taps + rest / Out) * Out + rest % Out] = v;
            });
    }
};

struct Sums
{
    float of[Pixels8][Channels8];
};

DEVICE void store8(float* y, const float* v)
{
    *(float4*)y = (float4){v[0], v[1], v[2], v[3]};
    *(float4*)(y + 4) = (float4){v[4], v[5], v[6], v[7]};
}

// What becomes of the sums: bias and ReLU are optional; with argMax given, behind ReLU, the greatest of each 2×2 window is what is
// stored, and where it was: the first of equals. NaN beats every number.
struct Output
{
    float* y;
    u8* argMax;
    const float* bias;
    u32 relu;

    METHOD void store(const Tiling& t, u32 image, u32 row, u32 column, u32 channel, const Sums& sums, const float* offsets) const
    {
#pragma unroll
        for (u32 p = 0; p < Pixels8; p++)
        {
            u32 r = row + p / PixelColumns, c = column + p % PixelColumns;
            float v[Channels8];
#pragma unroll
            for (u32 o = 0; o < Channels8; o++)
                v[o] = activate(sums.of[p][o], offsets[o], relu);
            if (r < t.outHeight && c < t.outWidth)
                store8(y + ((image * t.outHeight + r) * t.outWidth + c) * t.outChannels + channel, v);
        }
    }

    METHOD void pool(const Tiling& t, u32 image, u32 row, u32 column, u32 channel, const Sums& sums, const float* offsets) const
    {
        u32 height = t.outHeight / 2, width = t.outWidth / 2, r = row / 2;
#pragma unroll
        for (u32 window = 0; window < PixelColumns / 2; window++)
        {
            u32 c = column / 2 + window;
            float v[Channels8];
            u64 places = 0;
#pragma unroll
            for (u32 o = 0; o < Channels8; o++)
            {
                // Of numbers that are not negative the greater one has the greater bits, and NaN the greatest.
                u32 greatest = float_bits(activate(sums.of[window * 2][o], offsets[o], relu)), place = 0;
#pragma unroll
                for (u32 i = 1; i < 4; i++)
                {
                    u32 sum = float_bits(activate(sums.of[i / 2 * PixelColumns + window * 2 + i % 2][o], offsets[o], relu));
                    place = sum > greatest ? i : place;
                    greatest = sum > greatest ? sum : greatest;
                }

                v[o] = bits_float(greatest);
                places |= (u64)place << (8 * o);
            }

            if (r < height && c < width)
            {
                u32 at = ((image * height + r) * width + c) * t.outChannels + channel;
                store8(y + at, v);
                *(u64*)(argMax + at) = places;
            }
        }
    }

    METHOD void operator()(const Tiling& t, u32 image, u32 row, u32 column, u32 channel, const Sums& sums) const
    {
        float offsets[Channels8];
#pragma unroll
        for (u32 o = 0; o < Channels8; o++)
            offsets[o] = bias ? bias[channel + o] : 0.0f;
        if (argMax)
            pool(t, image, row, column, channel, sums, offsets);
        else
            store(t, image, row, column, channel, sums, offsets);
    }
};

// Out output channels of a block, In input channels at a time; colours have In of them at most. The tile's plane holds any
// arrangement of the block's groups of 8 pixels that the host picks.
template <u32 Out, u32 In, bool Colours, class Source, class Weights>
DEVICE void convolve(const Source& source, const Weights& kernel, const Tiling& t, const Output& output)
{
    constexpr u32 OutGroups = Out / Channels8, PixelGroups = Threads / OutGroups, Plane = PixelGroups * 12 + 64;
    SHARED __attribute__((aligned(16))) float tile[In * Plane];
    SHARED __attribute__((aligned(16))) float weights[In * Taps * Out];
    u32 tilesOfImage = t.tilesDown * t.tilesAcross, image = block_x() / tilesOfImage, within = block_x() - image * tilesOfImage;
    u32 tileRow = within / t.tilesAcross, tileColumn = within - tileRow * t.tilesAcross;
    u32 group = thread_x() % PixelGroups, groupRow = group / t.groupColumns, groupColumn = group - groupRow * t.groupColumns;
    u32 firstOut = block_y() * Out, channel = thread_x() / PixelGroups * Channels8;
    u32 row = tileRow * t.groupRows * PixelRows, column = tileColumn * t.groupColumns * PixelColumns;
    u32 stride = t.groupColumns * PixelColumns + 4;
    bool works = groupRow < t.groupRows && firstOut + channel < t.outChannels;
    Sums sums;
#pragma unroll
    for (u32 i = 0; i < Pixels8 * Channels8; i++)
        sums.of[i / Channels8][i % Channels8] = 0.0f;

    for (u32 first = 0; first < t.inChannels; first += In)
    {
        u32 ins = t.inChannels - first < In ? t.inChannels - first : In;
        TilePlace at = {image, (int)row - (int)t.padTop, (int)column - (int)t.padLeft};
        u32 rows = t.groupRows * PixelRows + 2, columns = t.groupColumns * PixelColumns + 2;
        barrier();
        if constexpr (Colours)
        {
            load_colours(source, at, rows, columns, Threads, ColourPlanes<Plane>{tile, stride, ins});
        }
        else
        {
            // Channels come in eights.
            load<In / 4>(source, at, rows, columns, first, Threads, Planes<Plane>{tile, stride});
        }

        kernel.template load<Out, In>(t, first, ins, firstOut, weights);
        barrier();
        if (!works)
            continue;
        const float* x = tile + groupRow * PixelRows * stride + groupColumn * PixelColumns;
        const float* w = weights + channel;
        for (u32 in = 0; in < ins; in++, x += Plane, w += Taps * Out)
        {
            float patch[PixelRows + 2][PixelColumns + 2];
            load_patch(x, stride, patch);
#pragma unroll
            for (u32 tap = 0; tap < Taps; tap++)
            {
                float4 a = *(const float4*)(w + tap * Out), b = *(const float4*)(w + tap * Out + 4);
#pragma unroll
                for (u32 p = 0; p < Pixels8; p++)
                {
                    float v = patch[p / PixelColumns + tap / 3][p % PixelColumns + tap % 3];
#pragma unroll
                    for (u32 o = 0; o < Channels8; o++)
                        sums.of[p][o] = fma(v, o < 4 ? a[o & 3] : b[o & 3], sums.of[p][o]);
                }
            }
        }
    }

    if (works)
        output(t, image, row + groupRow * PixelRows, column + groupColumn * PixelColumns, firstOut + channel, sums);
}

// How many input channels a block has in shared memory at a time: as many as 48 KB hold.
#define CONVOLUTIONS(Out, In)                                                                                                   \
    KERNEL BLOCKS2 conv3x3_colours_##Out(Pixels x, const float* w, Tiling t, float* y, u8* argMax, const float* bias, u32 relu)        \
    {                                                                                                                           \
        convolve<Out, 3, true>(x, Kernel{w}, t, Output{y, argMax, bias, relu});                                                 \
    }                                                                                                                           \
    KERNEL BLOCKS2 conv3x3_##Out(Pixels x, const float* w, Tiling t, float* y, u8* argMax, const float* bias, u32 relu)                \
    {                                                                                                                           \
        convolve<Out, In, false>(x, Kernel{w}, t, Output{y, argMax, bias, relu});                                               \
    }                                                                                                                           \
    KERNEL BLOCKS2 conv3x3_input_gradient_##Out(Gradient dy, const float* w, Tiling t, float* dx)                                       \
    {                                                                                                                           \
        convolve<Out, In, false>(dy, TurnedKernel{w}, t, Output{dx, nullptr, nullptr, 0});                                      \
    }

CONVOLUTIONS(16, 4)
CONVOLUTIONS(32, 8)
CONVOLUTIONS(64, 8)

// The 3×3 convolutions of conv3x3.cu on tensor cores, in TF32 or bfloat16. A warp has patches of 2 rows × 8 columns of pixels: the
// upper row makes the rows 0 to 7 of the left matrix, the lower row the others, so that both halves of a pooling window's column
// are in one lane and the other column in the lane beside. Words of a pixel lie 12 apart in shared memory, eight of them used, and
// those of a weight's row Out + 8: lanes of a warp never share a bank.
#pragma once
#include "picture_tile.cuh"
#include "tensor_cores.cuh"

constexpr u32 Threads = 256, Warps = Threads / WarpSize, Taps = 9, Words = 8, PixelStep = 12, PatchRows = 2, PatchColumns = 8;

// Kernels [3, 3, in, out]: the words [tap, in, out] of some input channels.
struct Kernel
{
    const float* w;

    METHOD float at(const Tiling& t, u32 tap, u32 in, u32 out) const { return w[(tap * t.inChannels + in) * t.outChannels + out]; }

    template <class T, u32 Out>
    METHOD void load(const Tiling& t, u32 firstIn, u32 firstOut, u32* weights) const
    {
        each_of_block<Out == 16 ? 5 : 9>(
            Taps * Words * Out,
            Threads,
            [&](u32 i) {
                u32 out = firstOut + i % Out, row = i / Out, in = firstIn + row % Words * T::Numbers, tap = row / Words;
                bool there = out < t.outChannels;
                out = there ? out : 0;
                u32 word = T::pack(at(t, tap, in, out), at(t, tap, in + T::Numbers - 1, out));
                return there ? word : 0;
            },
            [&](u32 i, u32 word) { weights[i / Out * (Out + 8) + i % Out] = word; });
    }
};

// The same kernels with their taps turned around and their channels exchanged: in and out are those of the gradient's convolution.
struct TurnedKernel
{
    const float* w;

    METHOD float at(const Tiling& t, u32 tap, u32 in, u32 out) const
    {
        return w[((Taps - 1 - tap) * t.outChannels + out) * t.inChannels + in];
    }

    template <class T, u32 Out>
    METHOD void load(const Tiling& t, u32 firstIn, u32 firstOut, u32* weights) const
    {
        each_of_block<Out == 16 ? 5 : 9>(
            Taps * Words * Out,
            Threads,
            [&](u32 i) {
                u32 in = firstIn + i % Words * T::Numbers, rest = i / Words, out = firstOut + rest % Out, tap = rest / Out;
                bool there = out < t.outChannels;
                out = there ? out : 0;
                u32 word = T::pack(at(t, tap, in, out), at(t, tap, in + T::Numbers - 1, out));
                return there ? word : 0;
            },
            [&](u32 i, u32 word) {
                u32 rest = i / Words;
                weights[(rest / Out * Words + i % Words) * (Out + 8) + rest % Out] = word;
            });
    }
};

// A chunk of a source's channels, in words beside each other.
template <class T, class Source>
DEVICE void load_words(const Source& s, TilePlace at, u32 rows, u32 columns, u32 first, u32* tile)
{
    load<Words * T::Numbers / 4>(s, at, rows, columns, first, Threads, [&](u32 r, u32 c, u32 quad, float4 v) {
        u32* target = tile + (r * columns + c) * PixelStep + quad * (4 / T::Numbers);
        if constexpr (T::Numbers == 1)
            *(uint4*)target = (uint4){T::pack(v.x, 0.0f), T::pack(v.y, 0.0f), T::pack(v.z, 0.0f), T::pack(v.w, 0.0f)};
        else
            *(uint2*)target = (uint2){T::pack(v.x, v.y), T::pack(v.z, v.w)};
    });
}

// A pooling window's value behind ReLU, in bits: of numbers that are not negative the greater one has the greater bits, and NaN the
// greatest.
struct Candidate
{
    u32 bits, place;

    // The greater one, the first of equals.
    METHOD Candidate or_else(Candidate other) const
    {
        bool more = other.bits == bits ? other.place < place : other.bits > bits;
        return {more ? other.bits : bits, more ? other.place : place};
    }
};

DEVICE void store(float* at, float v) { *at = v; }
DEVICE void store(bf16* at, float v) { at->bits = (u16)narrow2(v, 0.0f); }
DEVICE void store2(float* at, float2 v) { *(float2*)at = v; }
DEVICE void store2(bf16* at, float2 v) { *(u32*)at = narrow2(v.x, v.y); }

// What becomes of a patch's sums: see Output in conv3x3.cu.
template <class T>
struct Output
{
    T* y;
    u8* argMax;
    const float* bias;
    u32 relu;

    // Eight channels of a patch whose upper left pixel is at row and column.
    METHOD void operator()(const Tiling& t, u32 image, u32 row, u32 column, u32 channel, const float* sums) const
    {
        u32 g = (thread_x() & 31) / 4, c = channel + (thread_x() & 3) * 2;
        float offset0 = bias ? bias[c] : 0.0f, offset1 = bias ? bias[c + 1] : 0.0f;
        float2 upper = {activate(sums[0], offset0, relu), activate(sums[1], offset1, relu)}, lower = {activate(sums[2], offset0, relu), activate(sums[3], offset1, relu)};
        column += g;
        if (!argMax)
        {
            bool inside = column < t.outWidth;
            u32 at = ((image * t.outHeight + row) * t.outWidth + column) * t.outChannels + c;
            if (inside && row < t.outHeight)
                store2(y + at, upper);
            if (inside && row + 1 < t.outHeight)
                store2(y + at + t.outWidth * t.outChannels, lower);
            return;
        }

        // A lane of an even column takes the window's first channel, its neighbour the second.
        u32 odd = g & 1;
        u32 a0 = float_bits(upper.x), a1 = float_bits(upper.y), b0 = float_bits(lower.x), b1 = float_bits(lower.y);
        Candidate first = {b0 > a0 ? b0 : a0, b0 > a0 ? odd + 2 : odd}, second = {b1 > a1 ? b1 : a1, b1 > a1 ? odd + 2 : odd};
        Candidate mine = {odd ? second.bits : first.bits, odd ? second.place : first.place};
        Candidate theirs = {shuffle_xor(odd ? first.bits : second.bits, 4), shuffle_xor(odd ? first.place : second.place, 4)};
        Candidate best = mine.or_else(theirs);
        u32 height = t.outHeight / 2, width = t.outWidth / 2, at = ((image * height + row / 2) * width + column / 2) * t.outChannels + c + odd;
        if (row / 2 < height && column / 2 < width)
        {
            store(y + at, bits_float(best.bits));
            argMax[at] = (u8)best.place;
        }
    }
};

// Out output channels of a block: Patches patches of a warp, Out / 8 columns of the right matrix each.
template <class T, u32 Out, u32 Patches, bool Colours, class Source, class Weights, class Result>
DEVICE void convolve(const Source& source, const Weights& kernel, const Tiling& t, const Output<Result>& output)
{
    constexpr u32 Columns8 = Out / 8, Pixels = Warps * Patches * PatchRows * PatchColumns, MostPixels = Pixels * 5 / 4 + 24;
    constexpr u32 Steps = Colours ? 4 : Taps;
    SHARED __attribute__((aligned(16))) u32 tile[MostPixels * (Colours ? 3 : PixelStep)];
    SHARED __attribute__((aligned(16))) u32 weights[Steps * Words * (Out + 8)];
    u32 lane = thread_x() & 31, g = lane / 4, k = lane & 3, warp = thread_x() / WarpSize;
    u32 tilesOfImage = t.tilesDown * t.tilesAcross, image = block_x() / tilesOfImage, within = block_x() - image * tilesOfImage;
    u32 tileRow = within / t.tilesAcross, tileColumn = within - tileRow * t.tilesAcross, firstOut = block_y() * Out;
    u32 row = tileRow * t.groupRows * PatchRows, column = tileColumn * t.groupColumns * PatchColumns;
    u32 rows = t.groupRows * PatchRows + 2, columns = t.groupColumns * PatchColumns + 2, pixelStep = Colours ? source.channels : PixelStep;
    TilePlace at = {image, (int)row - (int)t.padTop, (int)column - (int)t.padLeft};

    // A warp without work for a patch computes another's again, and does not write it.
    u32 from[Patches], patches = t.groupRows * t.groupColumns;
#pragma unroll
    for (u32 m = 0; m < Patches; m++)
    {
        u32 patch = warp * Patches + m < patches ? warp * Patches + m : 0, patchRow = patch / t.groupColumns;
        from[m] = (patchRow * PatchRows * columns + (patch - patchRow * t.groupColumns) * PatchColumns + g) * pixelStep;
    }

    float sums[Patches][Columns8][4];
#pragma unroll
    for (u32 i = 0; i < Patches * Columns8 * 4; i++)
        sums[i / (Columns8 * 4)][i / 4 % Columns8][i % 4] = 0.0f;

    u32 chunk = Colours ? t.inChannels : Words * T::Numbers;
    for (u32 first = 0; first < t.inChannels; first += chunk)
    {
        barrier();
        if constexpr (Colours)
        {
            // Rows of memory as they are: the product is over 3 rows of 3 pixels' colours, up to 27 numbers and zeros.
            load_colours(source, at, rows, columns, Threads, [&](u32 r, u32 place, float v) {
                tile[r * columns * t.inChannels + place] = T::pack(v, 0.0f);
            });
            each_of_block<Steps * Words * Out / Threads>(
                Steps * Words * Out,
                Threads,
                [&](u32 i) {
                    u32 out = firstOut + i % Out, word = i / Out;
                    bool there = word < Taps * t.inChannels && out < t.outChannels;
                    float v = kernel.w[there ? word * t.outChannels + out : 0];
                    return T::pack(there ? v : 0.0f, 0.0f);
                },
                [&](u32 i, u32 word) { weights[i / Out * (Out + 8) + i % Out] = word; });
        }
        else
        {
            load_words<T>(source, at, rows, columns, first, tile);
            kernel.template load<T, Out>(t, first, firstOut, weights);
        }

        barrier();
        // A row of taps is unrolled; three of them would be faster by nothing.
        constexpr u32 Run = Colours ? Steps : 3;
#pragma unroll 1
        for (u32 start = 0; start < Steps; start += Run)
#pragma unroll
        for (u32 step = start; step < start + Run; step++)
        {
            u32 shift, far;
            if constexpr (Colours)
            {
                u32 length = 3 * t.inChannels, first = step * Words + k, second = first + 4;
                shift = first < 3 * length ? first / length * columns * t.inChannels + first % length : 0;
                far = second < 3 * length ? second / length * columns * t.inChannels + second % length : 0;
            }
            else
            {
                shift = (start / 3 * columns + step - start) * PixelStep + k;
                far = shift + 4;
            }

            u32 b[Columns8][2];
#pragma unroll
            for (u32 n = 0; n < Columns8; n++)
            {
                b[n][0] = weights[(step * Words + k) * (Out + 8) + n * 8 + g];
                b[n][1] = weights[(step * Words + k + 4) * (Out + 8) + n * 8 + g];
            }

#pragma unroll
            for (u32 m = 0; m < Patches; m++)
            {
                const u32 *upper = tile + from[m], *lower = upper + columns * pixelStep;
                u32 a[4] = {upper[shift], lower[shift], upper[far], lower[far]};
#pragma unroll
                for (u32 n = 0; n < Columns8; n++)
                    T::multiply(sums[m][n], a, b[n]);
            }
        }
    }

#pragma unroll
    for (u32 m = 0; m < Patches; m++)
    {
        u32 patch = warp * Patches + m, patchRow = patch / t.groupColumns;
        if (patch >= patches)
            continue;
        u32 patchColumn = patch - patchRow * t.groupColumns;
#pragma unroll
        for (u32 n = 0; n < Columns8; n++)
        {
            if (firstOut + n * 8 < t.outChannels)
                output(t, image, row + patchRow * PatchRows, column + patchColumn * PatchColumns, firstOut + n * 8, sums[m][n]);
        }
    }
}

// Of numbers T in memory; a warp multiplies words W.
#define CONVOLUTIONS(name, W, T, Out, Patches)                                                                                        \
    KERNEL BLOCKS2 tensor_conv3x3_##name##_##Out(PixelsOf<T> x, const float* w, Tiling t, T* y, u8* argMax, const float* bias, u32 relu) \
    {                                                                                                                                 \
        convolve<W, Out, Patches, false>(x, Kernel{w}, t, Output<T>{y, argMax, bias, relu});                                          \
    }                                                                                                                                 \
    KERNEL BLOCKS2 tensor_conv3x3_input_gradient_##name##_##Out(GradientOf<T> dy, const float* w, Tiling t, T* dx)                    \
    {                                                                                                                                 \
        convolve<W, Out, Patches, false>(dy, TurnedKernel{w}, t, Output<T>{dx, nullptr, nullptr, 0});                                 \
    }

// Of colours, in single precision and TF32; results are stored as T.
#define COLOURS(name, T, Out, Patches)                                                                                                 \
    KERNEL BLOCKS2 tensor_conv3x3_##name##_##Out(Pixels x, const float* w, Tiling t, T* y, u8* argMax, const float* bias, u32 relu)    \
    {                                                                                                                                  \
        convolve<Tf32, Out, Patches, true>(x, Kernel{w}, t, Output<T>{y, argMax, bias, relu});                                         \
    }

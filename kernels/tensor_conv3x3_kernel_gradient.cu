// arch: sm_80
// The kernel's gradient of conv3x3_kernel_gradient.cu on tensor cores, in TF32. Pixels are what is summed over, eight neighbours at a
// time: the left matrix has input channels as rows, the right one output channels as columns. A warp has one row of taps of 16
// input channels and up to 32 output channels; where that leaves warps over, they take other rows of pixels, and their sums are
// added in shared memory, one after the other. Distances in shared memory are 8 more than a multiple of 32 or of 16, so that lanes
// are on different banks.
#include "picture_tile.cuh"
#include "tensor_cores.cuh"

constexpr u32 Taps = 9, Step = 8, Warps = 12, Threads = Warps * WarpSize;

DEVICE uint4 round4(float4 v) { return (uint4){Tf32::round(v.x), Tf32::round(v.y), Tf32::round(v.z), Tf32::round(v.w)}; }

// Returns what the thread adds to the gradients of the bias of four channels, always the same ones.
template <u32 Out, class T>
DEVICE float4 load_outer(const GradientOf<T>& s, TilePlace at, u32 rows, u32 columns, u32 firstOut, u32* tile)
{
    float4 sum = {0.0f, 0.0f, 0.0f, 0.0f};
    load_gradients<Out / 4, 2>(s, at, rows, columns, firstOut, Threads, [&](u32 r, u32 c, u32 quad, float4 v) {
        *(uint4*)(tile + (r * columns + c) * (Out + 8) + quad * 4) = round4(v);
        sum += v;
    });
    return sum;
}

// Sums of warps that share a unit of the result, added in their order; values of a lane each.
template <u32 Units, u32 Values>
DEVICE void add_slices(u32 unit, u32 slice, u32 slices, float* sums, float* shared)
{
    float* mine = shared + (unit * Values) * WarpSize + (thread_x() & 31);
    for (u32 s = 1; s < slices; s++)
    {
        barrier();
        if (slice == s)
        {
#pragma unroll
            for (u32 i = 0; i < Values; i++)
                mine[i * WarpSize] = sums[i];
        }

        barrier();
        if (slice == 0)
        {
#pragma unroll
            for (u32 i = 0; i < Values; i++)
                sums[i] += mine[i * WarpSize];
        }
    }
}

template <u32 Out>
DEVICE void store_bias(float4 bias, float* shared, float* partials)
{
    barrier();
    *(float4*)(shared + thread_x() * 4) = bias;
    barrier();
    if (thread_x() < Out)
    {
        float sum = 0.0f;
        for (u32 i = thread_x() / 4; i < Threads; i += Out / 4)
            sum += shared[i * 4 + thread_x() % 4];
        partials[thread_x()] = sum;
    }
}

// In × Out channels of a block; any tile whose inputs and gradients fit into InPixels and OutPixels will do.
template <u32 In, u32 Out, u32 InPixels, u32 OutPixels, class T>
DEVICE void kernel_gradient(const PixelsOf<T>& x, const GradientOf<T>& dy, float* partials, const KernelTiling& t)
{
    constexpr u32 Columns8 = Out < 32 ? Out / 8 : 4, InParts = In / 16, OutParts = Out / 8 / Columns8, Units = 3 * InParts * OutParts;
    constexpr u32 Slices = Warps / Units, InStep = In + 8, OutStep = Out + 8, Values = 3 * Columns8 * 4;
    SHARED __attribute__((aligned(16))) u32 memory[InPixels * InStep + OutPixels * OutStep];
    u32 *inputs = memory, *gradients = memory + InPixels * InStep;
    u32 lane = thread_x() & 31, g = lane / 4, k = lane & 3, warp = thread_x() / WarpSize, unit = warp % Units, slice = warp / Units;
    u32 tapRow = unit % 3, inPart = unit / 3 % InParts * 16, outPart = unit / (3 * InParts) * Columns8 * 8;
    u32 inTile = block_y() / t.outTiles, outTile = block_y() - inTile * t.outTiles, firstIn = inTile * In, firstOut = outTile * Out;
    u32 tilesOfImage = t.tilesDown * t.tilesAcross, inColumns = t.columns + 2;
    float sums[Values];
#pragma unroll
    for (u32 i = 0; i < Values; i++)
        sums[i] = 0.0f;
    float4 bias = {0.0f, 0.0f, 0.0f, 0.0f};
    for (u32 tile = block_x(); tile < t.tiles; tile += grid_width())
    {
        u32 image = tile / tilesOfImage, within = tile - image * tilesOfImage;
        u32 tileRow = within / t.tilesAcross, row = tileRow * t.rows, column = (within - tileRow * t.tilesAcross) * t.columns;
        barrier();
        TilePlace at = {image, (int)row - (int)t.padTop, (int)column - (int)t.padLeft};
        load_quads<In / 4>(x, at, t.rows + 2, inColumns, firstIn, Threads, [&](u32 r, u32 c, u32 quad, float4 v) {
            *(uint4*)(inputs + (r * inColumns + c) * InStep + quad * 4) = round4(v);
        });
        bias += load_outer<Out>(dy, {image, (int)row, (int)column}, t.rows, t.columns, firstOut, gradients);
        barrier();
        for (u32 r = slice; r < t.rows; r += Slices)
        {
            const u32* left = inputs + ((r + tapRow) * inColumns + k) * InStep + inPart + g;
            const u32* right = gradients + (r * t.columns + k) * OutStep + outPart + g;
            for (u32 c = 0; c < t.columns; c += Step, left += Step * InStep, right += Step * OutStep)
            {
                u32 b[Columns8][2];
#pragma unroll
                for (u32 n = 0; n < Columns8; n++)
                {
                    b[n][0] = right[n * 8];
                    b[n][1] = right[4 * OutStep + n * 8];
                }

#pragma unroll
                for (u32 tap = 0; tap < 3; tap++)
                {
                    const u32* pixel = left + tap * InStep;
                    u32 a[4] = {pixel[0], pixel[8], pixel[4 * InStep], pixel[4 * InStep + 8]};
#pragma unroll
                    for (u32 n = 0; n < Columns8; n++)
                        Tf32::multiply(sums + (tap * Columns8 + n) * 4, a, b[n]);
                }
            }
        }
    }

    add_slices<Units, Values>(unit, slice, Slices, sums, (float*)memory);
    partials += block_x() * (Taps * t.inChannels + 1) * t.outChannels + firstOut;
    if (slice == 0)
    {
#pragma unroll
        for (u32 i = 0; i < Values; i++)
        {
            u32 tap = tapRow * 3 + i / (Columns8 * 4), in = firstIn + inPart + g + i % 4 / 2 * 8, out = outPart + i / 4 % Columns8 * 8 + k * 2 + i % 2;
            partials[(tap * t.inChannels + in) * t.outChannels + out] = sums[i];
        }
    }

    if (inTile == 0)
        store_bias<Out>(bias, (float*)memory, partials + Taps * t.inChannels * t.outChannels);
}

// Pictures of up to three channels: the 27 or fewer products of a pixel's patch are the rows of the left matrix, and zeros.
template <u32 Out, u32 InNumbers, u32 OutPixels, class T>
DEVICE void kernel_gradient_colours(const Pixels& x, const GradientOf<T>& dy, float* partials, const KernelTiling& t)
{
    constexpr u32 Columns8 = Out / 8, OutStep = Out + 8, Values = 2 * Columns8 * 4;
    SHARED __attribute__((aligned(16))) u32 memory[InNumbers + OutPixels * OutStep];
    u32 *inputs = memory, *gradients = memory + InNumbers;
    u32 lane = thread_x() & 31, g = lane / 4, k = lane & 3, warp = thread_x() / WarpSize, channels = t.inChannels, firstOut = block_y() * Out;
    u32 tilesOfImage = t.tilesDown * t.tilesAcross, numbers = (t.columns + 2) * channels, length = 3 * channels;
    u32 rowShift[4];
#pragma unroll
    for (u32 i = 0; i < 4; i++)
    {
        u32 row = i * 8 + g;
        rowShift[i] = row < 3 * length ? row / length * numbers + row % length : 0;
    }

    float sums[Values];
#pragma unroll
    for (u32 i = 0; i < Values; i++)
        sums[i] = 0.0f;
    float4 bias = {0.0f, 0.0f, 0.0f, 0.0f};
    for (u32 tile = block_x(); tile < t.tiles; tile += grid_width())
    {
        u32 image = tile / tilesOfImage, within = tile - image * tilesOfImage;
        u32 tileRow = within / t.tilesAcross, row = tileRow * t.rows, column = (within - tileRow * t.tilesAcross) * t.columns;
        barrier();
        TilePlace at = {image, (int)row - (int)t.padTop, (int)column - (int)t.padLeft};
        load_colours(x, at, t.rows + 2, t.columns + 2, Threads, [&](u32 r, u32 place, float v) {
            inputs[r * numbers + place] = Tf32::round(v);
        });
        bias += load_outer<Out>(dy, {image, (int)row, (int)column}, t.rows, t.columns, firstOut, gradients);
        barrier();
        for (u32 r = warp; r < t.rows; r += Warps)
        {
            const u32* right = gradients + (r * t.columns + k) * OutStep + g;
            const u32* left = inputs + r * numbers + k * channels;
            for (u32 c = 0; c < t.columns; c += Step, left += Step * channels, right += Step * OutStep)
            {
                u32 b[Columns8][2];
#pragma unroll
                for (u32 n = 0; n < Columns8; n++)
                {
                    b[n][0] = right[n * 8];
                    b[n][1] = right[4 * OutStep + n * 8];
                }

#pragma unroll
                for (u32 m = 0; m < 2; m++)
                {
                    const u32 *near = left + rowShift[m * 2], *far = left + rowShift[m * 2 + 1];
                    u32 a[4] = {near[0], far[0], near[4 * channels], far[4 * channels]};
#pragma unroll
                    for (u32 n = 0; n < Columns8; n++)
                        Tf32::multiply(sums + (m * Columns8 + n) * 4, a, b[n]);
                }
            }
        }
    }

    add_slices<1, Values>(0, warp, Warps, sums, (float*)memory);
    partials += block_x() * (Taps * channels + 1) * t.outChannels + firstOut;
    if (warp == 0)
    {
#pragma unroll
        for (u32 i = 0; i < Values; i++)
        {
            u32 row = i / (Columns8 * 4) * 16 + i % 4 / 2 * 8 + g, out = i / 4 % Columns8 * 8 + k * 2 + i % 2;
            if (row < Taps * channels)
                partials[row * t.outChannels + out] = sums[i];
        }
    }

    store_bias<Out>(bias, (float*)memory, partials + Taps * channels * t.outChannels);
}

// Of numbers T in memory; colours are in single precision.
#define KERNEL_GRADIENTS(name, T)                                                                                                     \
    KERNEL BLOCK384 tensor_conv3x3_kernel_gradient_colours_##name##16(Pixels x, GradientOf<T> dy, float* partials, KernelTiling t)    \
    {                                                                                                                                 \
        kernel_gradient_colours<16, 1440, 384>(x, dy, partials, t);                                                                   \
    }                                                                                                                                 \
    KERNEL BLOCK384 tensor_conv3x3_kernel_gradient_##name##16(PixelsOf<T> x, GradientOf<T> dy, float* partials, KernelTiling t)       \
    {                                                                                                                                 \
        kernel_gradient<16, 16, 216, 160>(x, dy, partials, t);                                                                        \
    }                                                                                                                                 \
    KERNEL BLOCK384 tensor_conv3x3_kernel_gradient_##name##32(PixelsOf<T> x, GradientOf<T> dy, float* partials, KernelTiling t)       \
    {                                                                                                                                 \
        kernel_gradient<16, 32, 216, 160>(x, dy, partials, t);                                                                        \
    }                                                                                                                                 \
    KERNEL BLOCK384 tensor_conv3x3_kernel_gradient_##name##64(PixelsOf<T> x, GradientOf<T> dy, float* partials, KernelTiling t)       \
    {                                                                                                                                 \
        kernel_gradient<32, 64, 120, 80>(x, dy, partials, t);                                                                         \
    }

KERNEL_GRADIENTS(, float)
KERNEL_GRADIENTS(narrow_, bf16)

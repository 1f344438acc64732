// The gradient of the kernel of a 3×3 convolution with stride 1, and of its bias. A thread has the 9 taps of one input channel and 8
// output channels in registers: 72 sums over all tiles that its block takes, to which four neighbouring pixels at a time add 288
// products of 18 inputs and 32 gradients. Where there are few channels, several threads share a pair of channels and take every
// Slices-th group of pixels; their sums are added across the lanes of a warp. Blocks leave partial sums, which sum_partials adds in
// their order: how many blocks there are depends on shapes alone.
#include "picture_tile.cuh"
#include "reduction.cuh"

constexpr u32 Taps = 9, Run = 4, Channels8 = 8;

// The gradients of a tile's pixels, in groups of four neighbours; the space behind a group keeps groups on different banks.
// Returns what the thread adds to the gradients of the bias of four channels, always the same ones.
template <u32 Out>
DEVICE float4 load_outer(const Gradient& s, TilePlace at, u32 rows, u32 columns, u32 firstOut, u32 threads, float* tile)
{
    constexpr u32 Quads = Out / 4, Group = Run * Out + 4;
    float4 sum = {0.0f, 0.0f, 0.0f, 0.0f};
    load_gradients<Quads, 2>(s, at, rows, columns, firstOut, threads, [&](u32 r, u32 c, u32 quad, float4 v) {
        *(float4*)(tile + (r * columns + c) / Run * Group + c % Run * Out + quad * 4) = v;
        sum += v;
    });
    return sum;
}

// In × Out channels of a block; blocks along y take other channels. Plane is the space of one input channel, Groups that of groups
// of four gradients; any tile that fits both will do.
template <u32 In, u32 Out, u32 Slices, u32 Plane, u32 Groups, bool Colours>
DEVICE void kernel_gradient(const Pixels& x, const Gradient& dy, float* partials, const KernelTiling& t)
{
    constexpr u32 Pairs = In * (Out / Channels8), Threads = Pairs * Slices, Group = Run * Out + 4;
    SHARED __attribute__((aligned(16))) float inputs[In * Plane];
    SHARED __attribute__((aligned(16))) float gradients[Groups * Group];
    u32 slice = thread_x() % Slices, pair = thread_x() / Slices, in = pair % In, outGroup = pair / In;
    u32 inTile = block_y() / t.outTiles, outTile = block_y() - inTile * t.outTiles, firstIn = inTile * In, firstOut = outTile * Out;
    u32 stride = t.columns + 4, groupsAcross = t.columns / Run, tilesOfImage = t.tilesDown * t.tilesAcross;
    float sums[Taps][Channels8];
#pragma unroll
    for (u32 i = 0; i < Taps * Channels8; i++)
        sums[i / Channels8][i % Channels8] = 0.0f;
    float4 bias = {0.0f, 0.0f, 0.0f, 0.0f};

    for (u32 tile = block_x(); tile < t.tiles; tile += grid_width())
    {
        u32 image = tile / tilesOfImage, within = tile - image * tilesOfImage;
        u32 tileRow = within / t.tilesAcross, row = tileRow * t.rows, column = (within - tileRow * t.tilesAcross) * t.columns;
        TilePlace at = {image, (int)row - (int)t.padTop, (int)column - (int)t.padLeft};
        barrier();
        if constexpr (Colours)
        {
            load_colours(x, at, t.rows + 2, t.columns + 2, Threads, ColourPlanes<Plane>{inputs, stride, t.inChannels});
        }
        else
        {
            load_quads<In / 4, 2>(x, at, t.rows + 2, t.columns + 2, firstIn, Threads, Planes<Plane>{inputs, stride});
        }

        bias += load_outer<Out>(dy, {image, (int)row, (int)column}, t.rows, t.columns, firstOut, Threads, gradients);
        barrier();
        u32 r = 0, c = slice;
        for (u32 group = slice; group < t.rows * groupsAcross; group += Slices, c += Slices)
        {
            while (c >= groupsAcross)
            {
                c -= groupsAcross;
                r++;
            }

            const float* from = inputs + in * Plane + r * stride + c * Run;
            const float* outer = gradients + group * Group + outGroup * Channels8;
            float patch[3][Run + 2];
            load_patch(from, stride, patch);
#pragma unroll
            for (u32 p = 0; p < Run; p++)
            {
                float4 a = *(const float4*)(outer + p * Out), b = *(const float4*)(outer + p * Out + 4);
#pragma unroll
                for (u32 tap = 0; tap < Taps; tap++)
                {
                    float v = patch[tap / 3][p + tap % 3];
#pragma unroll
                    for (u32 o = 0; o < Channels8; o++)
                        sums[tap][o] = fma(v, o < 4 ? a[o & 3] : b[o & 3], sums[tap][o]);
                }
            }
        }
    }

    partials += block_x() * (Taps * t.inChannels + 1) * t.outChannels + firstOut;
#pragma unroll
    for (u32 i = 0; i < Taps * Channels8; i++)
    {
        float sum = sums[i / Channels8][i % Channels8];
#pragma unroll
        for (u32 lanes = Slices / 2; lanes > 0; lanes /= 2)
            sum += shuffle_xor(sum, lanes);
        if (slice == 0 && firstIn + in < t.inChannels)
            partials[(i / Channels8 * t.inChannels + firstIn + in) * t.outChannels + outGroup * Channels8 + i % Channels8] = sum;
    }

    // The threads that read the same four channels are a quarter of Out apart.
    barrier();
    *(float4*)(gradients + thread_x() * 4) = bias;
    barrier();
    if (inTile == 0 && thread_x() < Out)
    {
        float sum = 0.0f;
        for (u32 i = thread_x() / 4; i < Threads; i += Out / 4)
            sum += gradients[i * 4 + thread_x() % 4];
        partials[Taps * t.inChannels * t.outChannels + thread_x()] = sum;
    }
}

KERNEL BLOCKS2 conv3x3_kernel_gradient_colours_16(Pixels x, Gradient dy, float* partials, KernelTiling t)
{
    kernel_gradient<3, 16, 32, 416, 64, true>(x, dy, partials, t);
}

KERNEL BLOCKS2 conv3x3_kernel_gradient_16(Pixels x, Gradient dy, float* partials, KernelTiling t)
{
    kernel_gradient<16, 16, 8, 304, 48, false>(x, dy, partials, t);
}

KERNEL BLOCKS2 conv3x3_kernel_gradient_32(Pixels x, Gradient dy, float* partials, KernelTiling t)
{
    kernel_gradient<16, 32, 4, 304, 40, false>(x, dy, partials, t);
}

KERNEL BLOCKS2 conv3x3_kernel_gradient_64(Pixels x, Gradient dy, float* partials, KernelTiling t)
{
    kernel_gradient<32, 64, 1, 132, 16, false>(x, dy, partials, t);
}

// dw, then db where one is wanted: the sums of all blocks' partial ones.
KERNEL sum_partials(const float* partials, u32 blocks, float* dw, u32 weights, float* db, u32 count)
{
    add_partials(partials, blocks, count, [&](u32 i, float sum) {
        if (i < weights)
            dw[i] = sum;
        else if (db)
            db[i - weights] = sum;
    });
}

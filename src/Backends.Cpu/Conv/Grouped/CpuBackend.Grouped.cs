using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Convolutions in narrow groups: several groups share a vector.</content>
public sealed unsafe partial class CpuBackend
{
    /// <summary>Convolves; the caller says where the output goes.</summary>
    private void ConvolveGroups(float* x, float* kernel, in Conv2DGeometry g, ConvWork work)
    {
        GroupBlocks blocks = GroupBlocks.Of(g);
        int taps = g.KernelHeight * g.KernelWidth;
        PaddedImages images = PaddedImages.InputOf(g, new Pixels(x));
        using var padded = new Scratch(_memory, images.CopySize);
        using var memory = new Scratch(_memory, blocks.Size(1) + blocks.Size(taps) + (taps * (sizeof(nint) / sizeof(float))));
        float* positions = memory.Pointer, weights = positions + blocks.Size(1);
        work.X = Pad(images, padded.Pointer);
        ConvTaps where = ConvTaps.Of(g, work.X.RowStride, (nint*)(weights + blocks.Size(taps)));
        work.Offsets = where.Offsets;
        work.Segments = where.Segments;
        blocks.WritePositions((int*)positions);
        new Span<float>(weights, (int)blocks.Size(taps)).Clear();
        float* to = weights;
        for (int block = 0; block < blocks.Count; block++)
        {
            int first = blocks.FirstLane(block), count = blocks.EndLane(block) - first;
            float* from = kernel + blocks.FirstTo(block) + first;
            for (int step = 0; step < taps * blocks.From; step++, to += blocks.Lanes, from += g.OutChannels)
                new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to + first, count));
        }

        _team.Run(new GroupedWork(work, blocks, positions, weights), work.BandCount);
    }

    /// <summary>One phase of the input gradient.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="work">The phase as a convolution of the output's gradient, without its kernel.</param>
    /// <param name="taps">Which taps of the kernel it uses.</param>
    private void InputGradientOfGroups(float* kernel, in Conv2DGeometry g, in ConvWork work, int* taps)
    {
        GroupBlocks blocks = GroupBlocks.Of(g).Turned;
        int inputs = g.GroupInChannels, outputs = g.GroupOutChannels;
        using var memory = new Scratch(_memory, blocks.Size(1) + blocks.Size(work.Segments));
        float* positions = memory.Pointer, weights = positions + blocks.Size(1);
        blocks.WritePositions((int*)positions);
        new Span<float>(weights, (int)blocks.Size(work.Segments)).Clear();
        for (int block = 0; block < blocks.Count; block++)
        {
            float* start = weights + ((nint)block * work.Segments * outputs * blocks.Lanes);
            for (int lane = blocks.FirstLane(block); lane < blocks.EndLane(block); lane++)
            {
                (int group, int input) = Math.DivRem(blocks.FirstTo(block) + lane, inputs);
                float* from = kernel + ((nint)input * g.OutChannels) + (group * outputs), to = start + lane;
                for (int tap = 0; tap < work.Segments; tap++)
                {
                    float* weight = from + ((nint)taps[tap] * inputs * g.OutChannels);
                    for (int k = 0; k < outputs; k++, to += blocks.Lanes)
                        *to = weight[k];
                }
            }
        }

        _team.Run(new GroupedWork(work, blocks, positions, weights), work.BandCount);
    }

    private void KernelGradientOfGroups(float* x, float* dy, in Conv2DGeometry g, float* dkernel)
    {
        GroupBlocks blocks = GroupBlocks.Of(g);
        int taps = g.KernelHeight * g.KernelWidth;
        long size = blocks.Size(taps);
        int count = ConvKernelGradient.PartialsOf(g, size);
        PaddedImages images = PaddedImages.InputOf(g, new Pixels(x));
        using var padded = new Scratch(_memory, images.CopySize);
        using var memory = new Scratch(_memory, blocks.Size(1) + ((count + 1) * size) + (taps * (sizeof(nint) / sizeof(float))));
        float* positions = memory.Pointer, sums = positions + blocks.Size(1), partials = sums + size;
        images = Pad(images, padded.Pointer);
        ConvTaps where = ConvTaps.Of(g, images.RowStride, (nint*)(partials + (count * size)));
        blocks.WritePositions((int*)positions);
        _team.Run(new GroupedKernelGradient(g, images, where, blocks, dy, positions, partials, count), count);
        AddPartials(new PartialSum(partials, count, size, sums));
        for (int block = 0; block < blocks.Count; block++)
        {
            for (int step = 0; step < taps * blocks.From; step++, sums += blocks.Lanes)
            {
                for (int lane = blocks.FirstLane(block); lane < blocks.EndLane(block); lane++)
                    dkernel[((nint)step * g.OutChannels) + blocks.FirstTo(block) + lane] = sums[lane];
            }
        }
    }
}

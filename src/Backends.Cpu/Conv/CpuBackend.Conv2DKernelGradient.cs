using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>The kernel gradient of a convolution.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Conv2DKernelGradient(Tensor x, Tensor dy, in Conv2DGeometry geometry, Tensor dkernel)
    {
        Pixels pixels = PixelsOf(x);
        float* from = pixels.Floats, gradient = Pointer<float>(dy), target = Pointer<float>(dkernel);
        if (geometry.Batch * geometry.OutHeight * geometry.OutWidth == 0)
            new Span<float>(target, dkernel.Count).Clear();
        else if (DepthwiseWork.Fits(geometry))
            DepthwiseKernel(from, gradient, geometry, target, dkernel.Count);
        else if (GroupBlocks.Fits(geometry))
            KernelGradientOfGroups(from, gradient, geometry, target);
        else if (WinogradGradient.Fits(geometry))
            KernelGradientTiles(pixels, gradient, geometry, target, dkernel.Count);
        else if (PointwiseGradient.Fits(geometry))
            PointwiseKernel(pixels, gradient, geometry, target, dkernel.Count);
        else
            DenseKernel(pixels, gradient, geometry, target, dkernel.Count);
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
        GC.KeepAlive(dkernel);
    }

    // Partial results of convolutions, in the order of their numbers.
    private void AddPartials(in PartialSum sum) => _team.Run(sum, sum.Shards);

    private void DepthwiseKernel(float* x, float* dy, in Conv2DGeometry g, float* dkernel, int size)
    {
        int count = DepthwiseKernelGradient.PartialsOf(g);
        using var partials = new Scratch(_memory, (long)count * size);
        if (SweepRows.Fits(g))
            SweepKernel<SmallKernelSweep>(x, dy, g, partials.Pointer, count);
        else if (SweepRows.FitsStrided(g))
            SweepKernel<StridedKernelSweep>(x, dy, g, partials.Pointer, count);
        else
            _team.Run(new DepthwiseKernelGradient(g, x, dy, partials.Pointer, count), count);
        AddPartials(new PartialSum(partials.Pointer, count, size, dkernel));
    }

    private void SweepKernel<TSweep>(float* x, float* dy, in Conv2DGeometry g, float* partials, int count)
        where TSweep : struct, IDepthwiseSweep
    {
        using Scratch zeros = Zeros(g.InWidth * g.InChannels);
        _team.Run(new DepthwiseSweepGradient<TSweep>(g, x, dy, zeros.Pointer, partials, count), count);
    }

    private void PointwiseKernel(Pixels x, float* dy, in Conv2DGeometry geometry, float* dkernel, int size)
    {
        var work = new PointwiseGradient(x, dy, geometry, _team.Threads);
        using var partials = new Scratch(_memory, work.Partials > 1 ? (long)work.Partials * size : 0);
        using var blocks = new Scratch(_memory, _team, work.WorkspaceSize);
        work.Results = work.Partials > 1 ? partials.Pointer : dkernel;
        work.Workspaces = blocks.Workspaces;
        _team.Run(work, work.Shards);
        if (work.Partials > 1)
            AddPartials(new PartialSum(partials.Pointer, work.Partials, size, dkernel));
    }

    private void DenseKernel(Pixels x, float* dy, in Conv2DGeometry geometry, float* dkernel, int size)
    {
        const int EnoughShards = 32;
        Conv2DGeometry g = ConvKernelGradient.Flattened(geometry);
        PaddedImages images = PaddedImages.InputOf(g, x);
        using var scratch = new ConvScratch(_memory, default, g.KernelHeight * g.KernelWidth, 0, 0, g.Groups);
        int count = ConvKernelGradient.PartialsOf(g, size);
        using var partials = new Scratch(_memory, count > 1 ? (long)count * size : 0);
        var work = new ConvKernelGradient
        {
            X = images,
            Geometry = g,
            Taps = ConvTaps.Of(g, images.RowStride, scratch.Offsets),
            Dy = dy,
            Partials = count > 1 ? partials.Pointer : dkernel,
            PartialCount = count,
        };
        work.TileRanges = Math.Clamp(EnoughShards / count, 1, work.Units);
        bool copiesRows = work.CopiesRows;
        using var copy = new Scratch(_memory, copiesRows ? work.Shards * work.WindowSize : images.CopySize);
        if (copiesRows)
            work.Windows = copy.Pointer;
        else
            work.X = Pad(images, copy.Pointer);
        using var panels = new Scratch(_memory, (long)work.Shards * ConvKernelGradient.PanelSize(g));
        work.Panels = panels.Pointer;
        _team.Run(work, work.Shards);
        if (count > 1)
            AddPartials(new PartialSum(partials.Pointer, count, size, dkernel));
    }
}

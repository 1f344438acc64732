using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Convolution, with a bias and ReLU in the same pass if asked for.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override bool ConvolvesBytes(in Conv2DGeometry geometry) =>
        !DepthwiseWork.Fits(geometry) && (WinogradConv.IsStrided(geometry) || !WinogradConv.Fits(geometry))
        && !GroupBlocks.Fits(geometry) && !FewPixelsConv.Fits(geometry);

    /// <inheritdoc/>
    public override void Conv2D(Tensor x, Tensor kernel, in Conv2DGeometry geometry, Tensor y)
    {
        Convolve(PixelsOf(x), Pointer<float>(kernel), null, geometry, relu: false, Pointer<float>(y));
        GC.KeepAlive(x);
        GC.KeepAlive(kernel);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Conv2DBias(Tensor x, Tensor kernel, Tensor bias, in Conv2DGeometry geometry, bool relu, Tensor y)
    {
        Convolve(PixelsOf(x), Pointer<float>(kernel), Pointer<float>(bias), geometry, relu, Pointer<float>(y));
        GC.KeepAlive(x);
        GC.KeepAlive(kernel);
        GC.KeepAlive(bias);
        GC.KeepAlive(y);
    }

    private static Pixels PixelsOf(Tensor x) => new(Pointer<byte>(x), x.DType);

    private void Convolve(Pixels pixels, float* kernel, float* bias, in Conv2DGeometry g, bool relu, float* y)
    {
        // Bytes come for the last way, and for strides in tiles: see ConvolvesBytes.
        float* x = pixels.Floats;
        if (DepthwiseWork.Fits(g))
        {
            ConvolveDepthwise(x, kernel, bias, g, relu, y);
            return;
        }

        if (WinogradConv.Fits(g) && !FewPixelsConv.IsFaster(g))
        {
            ConvolveTiles(pixels, kernel, bias, g, relu, y);
            return;
        }

        if (ColourConvWork.Fits(g))
        {
            ConvolveColours(pixels, kernel, bias, g, relu, y);
            return;
        }

        if (GroupBlocks.Fits(g))
        {
            ConvolveGroups(x, kernel, g, To(g, y, bias, relu, new ConvWork { RowStep = g.StrideH, ColumnStep = g.StrideW, OutHeight = g.OutHeight, OutWidth = g.OutWidth }));
            return;
        }

        if (FewPixelsConv.Fits(g))
        {
            ConvolveFewPixels(x, kernel, bias, g, relu, y);
            return;
        }

        if (PointwiseWork.FitsForward(g))
        {
            var work = new PointwiseWork(g, _team.Threads) { X = x, Y = y, Bias = bias, Relu = relu };
            if (PointwiseWork.HasGaps(g) || pixels.AreBytes || PointwiseWork.AreCrowded(g.InChannels))
                work.Source = new StridedPixels(pixels, g);
            ConvolvePoints(work, kernel, g.InChannels, g.OutChannels, g.OutChannels, 1);
            return;
        }

        if (StridedColourWork.Fits(g))
        {
            ConvolveStridedColours(pixels, kernel, bias, g, relu, y);
            return;
        }

        using var scratch = new ConvScratch(_memory, g);
        PaddedImages images = PaddedImages.InputOf(g, pixels);
        bool dots = g.Groups == 1 && DotTile.Fits(g.InChannels, g.OutChannels);
        ConvWork bands = To(g, y, bias, relu, Prepare(images, images.SourceRowStride, kernel, g, scratch, dots));
        ConvolveBands(&bands, 1);
    }

    /// <summary>A product of pixels with a kernel of so many rows and columns, which are so many floats apart.</summary>
    private void ConvolvePoints(PointwiseWork work, float* kernel, int rows, int columns, nint rowStride, nint columnStride)
    {
        using var packed = new Scratch(_memory, PackedPanels.Size(rows, columns));
        work.Kernel = new PackedPanels(packed.Pointer, rows, columns);
        var pack = new PackWork(work.Kernel, 1, kernel, 0, rowStride, columnStride);
        _team.Run(pack, pack.Shards);
        using var blocks = new Scratch(_memory, _team, work.WorkspaceSize);
        work.Workspaces = blocks.Workspaces;
        _team.Run(work, work.Shards);
    }

    private void ConvolveColours(Pixels x, float* kernel, float* bias, in Conv2DGeometry g, bool relu, float* y)
    {
        using var points = new Scratch(_memory, ColourConvWork.KernelSize(g));
        using var scratch = new Scratch(_memory, _team, ColourConvWork.WorkspaceSize(g));
        ColourConvWork.TransformKernel(g, kernel, points.Pointer);
        var rows = new WinogradRows(x, g.InHeight, g.InWidth, g.InChannels, g.PadTop, g.PadLeft) { Outputs = WinogradTransform.OutputsOf(g.KernelHeight) };
        var work = new ColourConvWork(rows, g, points.Pointer, bias, relu, y, scratch.Workspaces);
        _team.Run(work, work.Shards);
    }

    private void ConvolveStridedColours(Pixels x, float* kernel, float* bias, in Conv2DGeometry g, bool relu, float* y)
    {
        PaddedImages images = PaddedImages.InputOf(g, x);
        int steps = g.KernelHeight * g.KernelWidth * g.InChannels;
        using var panels = new Scratch(_memory, PackedPanels.Size(steps, g.OutChannels));
        using var copies = new Scratch(_memory, _team, StridedColourWork.WorkspaceSize(images, g));
        var packed = new PackedPanels(panels.Pointer, steps, g.OutChannels);
        var pack = new PackWork(packed, 1, kernel, 0, g.OutChannels, 1);
        _team.Run(pack, pack.Shards);
        var work = new StridedColourWork(images, g, packed, bias, relu, y, copies.Workspaces);
        _team.Run(work, work.Shards);
    }

    private void ConvolveBands(ConvWork* phases, int count)
    {
        for (int i = 0; i < count; i++)
            new ConvEdges(phases[i]).PlaceTaps(phases[i]);
        var work = new ConvBandWork(phases, count);
        using var copies = new Scratch(_memory, _team, work.WorkspaceSize);
        work.Workspaces = copies.Workspaces;
        _team.Run(work, work.Shards);
    }

    private void ConvolveDepthwise(float* x, float* kernel, float* bias, in Conv2DGeometry g, bool relu, float* y)
    {
        if (SweepRows.Fits(g))
            Sweep(DepthwiseSweepWork<SmallSweep>.Forward(g, x, kernel, bias, relu, y));
        else if (SweepRows.FitsStrided(g))
            Sweep(DepthwiseSweepWork<StridedSweep>.Forward(g, x, kernel, bias, relu, y));
        else if (SweepRows.FitsLarge(g))
            Sweep(DepthwiseSweepWork<LargeSweep>.Forward(g, x, kernel, bias, relu, y));
        else
        {
            var rows = new DepthwiseWork(g, x, kernel, bias, relu, y);
            _team.Run(rows, rows.Count);
        }
    }

    private void Sweep<TSweep>(DepthwiseSweepWork<TSweep> work)
        where TSweep : struct, IDepthwiseSweep
    {
        using Scratch zeros = Zeros((int)work.RowSize);
        work.Zeros = zeros.Pointer;
        _team.Run(work, work.Count);
    }

    // What sweeps read beyond the first and the last row of a picture.
    private Scratch Zeros(int floats)
    {
        var zeros = new Scratch(_memory, floats);
        new Span<float>(zeros.Pointer, floats).Clear();
        return zeros;
    }

    private void ConvolveFewPixels(float* x, float* kernel, float* bias, in Conv2DGeometry g, bool relu, float* y)
    {
        int count = FewPixelsConv.ShardsOf(g);
        long size = FewPixelsConv.SizeOf(g);
        using var partials = new Scratch(_memory, count * size);
        _team.Run(new FewPixelsConv(g, x, kernel, partials.Pointer), count);
        AddPartials(new PartialSum(partials.Pointer, count, size, y, g.OutChannels, bias, relu));
    }

    private static ConvWork To(in Conv2DGeometry g, float* y, float* bias, bool relu, ConvWork work)
    {
        work.Y = y;
        work.ImageStrideY = (nint)g.OutHeight * g.OutWidth * g.OutChannels;
        work.RowStrideY = (nint)g.OutWidth * g.OutChannels;
        work.PixelStrideY = g.OutChannels;
        work.Bias = bias;
        work.Relu = relu;
        return work;
    }

    /// <summary>Packs the kernel; the caller gives room for copies of the padded input if it needs some, and says where the output goes.</summary>
    private ConvWork Prepare(Pixels x, float* kernel, in Conv2DGeometry g, in ConvScratch scratch)
    {
        PaddedImages images = PaddedImages.InputOf(g, x);
        return Prepare(images, images.RowStride, kernel, g, scratch, dots: false);
    }

    private ConvWork Prepare(in PaddedImages images, nint rowStride, float* kernel, in Conv2DGeometry g, in ConvScratch scratch, bool dots)
    {
        int steps = g.KernelHeight * g.KernelWidth * g.GroupInChannels;
        var panels = new PackedPanels(scratch.Panels, steps, g.GroupOutChannels);
        var pack = new PackWork(panels, g.Groups, kernel, g.GroupOutChannels, g.OutChannels, 1);
        if (dots)
            DotTile.Pack(kernel, steps, g.OutChannels, g.OutChannels, 1, panels.Data);
        else
            _team.Run(pack, pack.Shards);
        ConvTaps taps = ConvTaps.Of(g, rowStride, scratch.Offsets);
        return new ConvWork
        {
            X = images,
            RowStep = g.StrideH,
            ColumnStep = g.StrideW,
            Offsets = taps.Offsets,
            EdgeOffsets = scratch.EdgeOffsets,
            Segments = taps.Segments,
            Length = taps.Length,
            TapRows = g.KernelHeight,
            TapRowStep = g.DilationH,
            TapWidth = ((g.KernelWidth - 1) * g.DilationW) + 1,
            Kernel = panels,
            Dots = dots,
            Groups = g.Groups,
            OutHeight = g.OutHeight,
            OutWidth = g.OutWidth,
        };
    }

    /// <summary>Places pictures in memory: where their source is or, where they need a copy, there.</summary>
    private PaddedImages Pad(PaddedImages images, float* memory)
    {
        images.Data = images.NeedsCopy ? memory : images.Source.Floats;
        if (images.NeedsCopy)
            _team.Run(new PadWork(images), images.Batch);

        return images;
    }
}

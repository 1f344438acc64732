using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>The input gradient of a convolution: convolutions of the output's gradient with the transposed kernel.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Conv2DInputGradient(Tensor dy, Tensor kernel, in Conv2DGeometry geometry, Tensor dx)
    {
        float* gradient = Pointer<float>(dy), weights = Pointer<float>(kernel), target = Pointer<float>(dx);
        if (DepthwiseWork.Fits(geometry))
            DepthwiseInput(gradient, weights, geometry, target);
        else if (WinogradConv.FitsInputGradient(geometry))
            InputGradientTiles(gradient, weights, geometry, target);
        else
            DenseInputGradient(gradient, weights, geometry, target);
        GC.KeepAlive(dy);
        GC.KeepAlive(kernel);
        GC.KeepAlive(dx);
    }

    private void DepthwiseInput(float* dy, float* kernel, in Conv2DGeometry g, float* dx)
    {
        if (SweepRows.Fits(g))
            Sweep(DepthwiseSweepWork<SmallSweep>.Turned(g, dy, kernel, dx));
        else if (SweepRows.FitsStrided(g))
            Sweep(DepthwiseSweepWork<StridedGradientSweep>.Strided(g, dy, kernel, dx));
        else if (SweepRows.FitsLarge(g))
            Sweep(DepthwiseSweepWork<LargeSweep>.Turned(g, dy, kernel, dx));
        else
        {
            var rows = new DepthwiseInputGradient(g, dy, kernel, dx);
            _team.Run(rows, rows.Count);
        }
    }

    private void DenseInputGradient(float* dy, float* kernel, in Conv2DGeometry g, float* dx)
    {
        var vertical = new InputGradientAxis(g.InHeight, g.OutHeight, g.KernelHeight, g.StrideH, g.DilationH, g.PadTop);
        var horizontal = new InputGradientAxis(g.InWidth, g.OutWidth, g.KernelWidth, g.StrideW, g.DilationW, g.PadLeft);
        var images = new PaddedImages
        {
            Source = new Pixels(dy),
            Batch = g.Batch,
            Height = g.OutHeight,
            Width = g.OutWidth,
            Channels = g.OutChannels,
            Top = vertical.Before,
            Bottom = vertical.After,
            Left = horizontal.Before,
            Right = horizontal.After,
        };
        int taps = g.KernelHeight * g.KernelWidth;
        using var scratch = new ConvScratch(_pool, images, taps, g.GroupOutChannels, g.GroupInChannels, g.Groups);
        using var tapMemory = new Scratch(_pool, taps);
        images = Pad(images, scratch.Images);
        for (int phaseY = 0; phaseY < vertical.Phases; phaseY++)
        {
            for (int phaseX = 0; phaseX < horizontal.Phases; phaseX++)
            {
                ConvWork work = PreparePhase(kernel, g, images, vertical, horizontal, phaseY, phaseX, scratch, (int*)tapMemory.Pointer);
                work.Y = dx + ((((nint)phaseY * g.InWidth) + phaseX) * g.InChannels);
                if (GroupBlocks.Fits(g))
                    InputGradientOfGroups(kernel, g, work, (int*)tapMemory.Pointer);
                else
                    _team.Run(work, work.Shards);
            }
        }
    }

    private ConvWork PreparePhase(
        float* kernel,
        in Conv2DGeometry g,
        in PaddedImages images,
        in InputGradientAxis vertical,
        in InputGradientAxis horizontal,
        int phaseY,
        int phaseX,
        in ConvScratch scratch,
        int* taps)
    {
        // Taps in falling order read the gradient in rising order.
        int rows = 0, count = 0;
        for (int i = g.KernelHeight - 1; i >= 0; i--)
        {
            if (!vertical.Reads(phaseY, i, out int atRow))
                continue;
            rows++;
            for (int j = g.KernelWidth - 1; j >= 0; j--)
            {
                if (!horizontal.Reads(phaseX, j, out int atColumn))
                    continue;
                taps[count] = (i * g.KernelWidth) + j;
                scratch.Offsets[count++] = ((atRow + images.Top) * images.RowStride) + ((nint)(atColumn + images.Left) * g.OutChannels);
            }
        }

        ConvTaps joined = count == 0 ? default : ConvTaps.Join(scratch.Offsets, rows, count / rows, g.GroupOutChannels);
        var panels = new PackedPanels(scratch.Panels, count * g.GroupOutChannels, g.GroupInChannels);
        if (!GroupBlocks.Fits(g))
            _team.Run(new PackTapsWork(panels, g, kernel, taps, count), g.Groups * panels.Count);
        return new ConvWork
        {
            X = images,
            RowStep = 1,
            ColumnStep = 1,
            Offsets = joined.Offsets,
            Segments = joined.Segments,
            Length = joined.Length,
            Kernel = panels,
            Groups = g.Groups,
            OutHeight = vertical.Count(phaseY),
            OutWidth = horizontal.Count(phaseX),
            ImageStrideY = (nint)g.InHeight * g.InWidth * g.InChannels,
            RowStrideY = (nint)g.StrideH * g.InWidth * g.InChannels,
            PixelStrideY = (nint)g.StrideW * g.InChannels,
        };
    }
}

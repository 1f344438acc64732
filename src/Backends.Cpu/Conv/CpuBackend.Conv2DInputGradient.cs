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
        else if (PointwiseWork.Fits(geometry))
            PointsInput(gradient, weights, geometry, target);
        else
            DenseInputGradient(gradient, weights, geometry, target);
        GC.KeepAlive(dy);
        GC.KeepAlive(kernel);
        GC.KeepAlive(dx);
    }

    private void PointsInput(float* dy, float* kernel, in Conv2DGeometry g, float* dx)
    {
        var work = new PointwiseWork(g, _team.Threads) { X = dy, Y = dx };
        if (PointwiseWork.HasGaps(g))
            work.Target = new StridedPixels(new Pixels(dx), g);
        if (PointwiseWork.AreCrowded(g.OutChannels))
            work.Source = StridedPixels.Outputs(dy, g);
        ConvolvePoints(work, kernel, g.OutChannels, g.InChannels, 1, g.OutChannels);
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
        };
        bool grouped = GroupBlocks.Fits(g);
        if (grouped)
            (images.Top, images.Bottom, images.Left, images.Right) = (vertical.Before, vertical.After, horizontal.Before, horizontal.After);
        int taps = g.KernelHeight * g.KernelWidth, count = vertical.Phases * horizontal.Phases, used = 0;
        long packed = 0;
        using var scratch = new ConvScratch(_memory, images, taps, g.GroupOutChannels, g.GroupInChannels, g.Groups);
        using var tapMemory = new Scratch(_memory, taps);
        using var phaseMemory = new Scratch(_memory, (count * (long)sizeof(ConvWork) / sizeof(float)) + 1);
        var phases = (ConvWork*)phaseMemory.Pointer;
        images = Pad(images, scratch.Images);
        for (int phase = 0; phase < count; phase++)
        {
            (int phaseY, int phaseX) = Math.DivRem(phase, horizontal.Phases);
            int* tapsOfPhase = (int*)tapMemory.Pointer + used;
            ConvWork work = PhaseOf(g, images, vertical, horizontal, phaseY, phaseX, scratch.Offsets + used, tapsOfPhase, out int tapCount);
            work.Y = dx + ((((nint)phaseY * g.InWidth) + phaseX) * g.InChannels);
            if (grouped)
            {
                InputGradientOfGroups(kernel, g, work, tapsOfPhase);
                continue;
            }

            work.EdgeOffsets = scratch.EdgeOffsets + used;
            work.Kernel = new PackedPanels(scratch.Panels + packed, tapCount * g.GroupOutChannels, g.GroupInChannels);
            work.Dots = g.Groups == 1 && DotTile.Fits(g.OutChannels, g.InChannels);
            PackTaps(work, g, kernel, tapsOfPhase, tapCount);
            packed += g.Groups * PackedPanels.Size(work.Kernel.Rows, work.Kernel.Columns);
            used += tapCount;
            phases[phase] = work;
        }

        if (!grouped)
            ConvolveBands(phases, count);
    }

    private void PackTaps(in ConvWork work, in Conv2DGeometry g, float* kernel, int* taps, int count)
    {
        if (!work.Dots)
        {
            _team.Run(new PackTapsWork(work.Kernel, g, kernel, taps, count), g.Groups * work.Kernel.Count);
            return;
        }

        nint size = (nint)g.OutChannels * g.InChannels;
        for (int i = 0; i < count; i++)
            DotTile.Pack(kernel + (taps[i] * size), g.OutChannels, g.InChannels, 1, g.OutChannels, work.Kernel.Data + (i * size));
    }

    private static ConvWork PhaseOf(
        in Conv2DGeometry g,
        PaddedImages images,
        in InputGradientAxis vertical,
        in InputGradientAxis horizontal,
        int phaseY,
        int phaseX,
        nint* offsets,
        int* taps,
        out int count)
    {
        // Taps in falling order read the gradient in rising order, at equal distances.
        int rows = 0, firstRow = 0, lastRow = 0, firstColumn = 0, lastColumn = 0;
        count = 0;
        for (int i = g.KernelHeight - 1; i >= 0; i--)
        {
            if (!vertical.Reads(phaseY, i, out int atRow))
                continue;
            (firstRow, lastRow) = (rows++ == 0 ? atRow : firstRow, atRow);
            for (int j = g.KernelWidth - 1, columns = 0; j >= 0; j--)
            {
                if (!horizontal.Reads(phaseX, j, out int atColumn))
                    continue;
                (firstColumn, lastColumn) = (columns++ == 0 ? atColumn : firstColumn, atColumn);
                taps[count] = (i * g.KernelWidth) + j;
                offsets[count++] = ((atRow + images.Top) * images.RowStride) + ((nint)(atColumn + images.Left) * g.OutChannels);
            }
        }

        if (!GroupBlocks.Fits(g))
        {
            // Where the first tap reads is the corner of what would be the padded picture.
            (images.Top, images.Left) = (-firstRow, -firstColumn);
            nint first = count > 0 ? offsets[0] : 0;
            for (int i = 0; i < count; i++)
                offsets[i] -= first;
        }

        ConvTaps joined = count == 0 ? default : ConvTaps.Join(offsets, rows, count / rows, g.GroupOutChannels);
        return new ConvWork
        {
            X = images,
            RowStep = 1,
            ColumnStep = 1,
            Offsets = joined.Offsets,
            Segments = joined.Segments,
            Length = joined.Length,
            TapRows = rows,
            TapRowStep = rows > 1 ? (lastRow - firstRow) / (rows - 1) : 1,
            TapWidth = lastColumn - firstColumn + 1,
            Groups = g.Groups,
            OutHeight = vertical.Count(phaseY),
            OutWidth = horizontal.Count(phaseX),
            ImageStrideY = (nint)g.InHeight * g.InWidth * g.InChannels,
            RowStrideY = (nint)g.StrideH * g.InWidth * g.InChannels,
            PixelStrideY = (nint)g.StrideW * g.InChannels,
        };
    }
}

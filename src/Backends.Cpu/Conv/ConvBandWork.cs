using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Computes dense convolutions that share their output: one, or the phases of an input gradient, which interleave. A band is some rows of
/// one picture, about 128 KiB of output: that and the band's input stay in L2 while the kernel's panels pass by, each read once a band.
/// Meanwhile the next band's output comes to L2: it will be written whole, but the machine reads lines before it writes them.
/// Pictures are read where they lie: rows of taps beyond the upper or the lower edge are left out, and <see cref="ConvEdges"/> has a copy
/// of what the first and last columns read, which are computed down the rows. Bytes become floats a band at a time. A shard is a range of bands.
/// </summary>
/// <param name="phases">The convolutions, the one with the most rows first; their taps are offsets in rows of the unpadded picture.</param>
/// <param name="count">How many.</param>
internal unsafe struct ConvBandWork(ConvWork* phases, int count) : IShardedWork
{
    private const int MaxShards = 32;

    /// <summary>Room for copies, <see cref="WorkspaceSize"/> floats each.</summary>
    public Workspaces Workspaces;

    /// <summary>How many shards there are.</summary>
    public readonly int Shards => Math.Min(MaxShards, phases->BandCount);

    /// <summary>Floats of copies that a thread works in.</summary>
    public readonly nint WorkspaceSize
    {
        get
        {
            nint size = 0;
            for (int i = 0; i < count; i++)
                size = Math.Max(size, CopySize(phases[i]));
            return size;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        float* copies = Workspaces.Mine;
        int bands = phases->BandCount, shards = Shards, start = (int)((long)bands * shard / shards), end = (int)((long)bands * (shard + 1) / shards);
        float* ahead = null;
        for (int band = start; band < end; band++)
        {
            phases->Band(band, out int image, out int first, out int rows);

            // No further than the next band, which this shard may not have.
            float* y = phases->Y + (image * phases->ImageStrideY) + (first * phases->RowStrideY);
            float* stop = y + ((rows + (band + 1 < end ? phases->RowsOfBand : 0)) * phases->RowStrideY);
            ahead = band == start ? y + phases->RowStrideY : ahead;
            for (int i = 0; i < count; i++)
                Run(phases[i], image, first, Math.Min(rows, phases[i].OutHeight - first), copies, ref ahead, stop);
        }
    }

    // Rows of the padded picture that so many rows of output read.
    private static int InputRows(in ConvWork conv, int rows) => ((rows - 1) * conv.RowStep) + ((conv.TapRows - 1) * conv.TapRowStep) + 1;

    private static nint CopySize(in ConvWork conv)
    {
        nint columns = new ConvEdges(conv).Columns + (conv.X.Source.AreBytes ? conv.X.Width : 0);
        return ((columns * conv.X.Channels * InputRows(conv, conv.RowsOfBand)) + 15) / 16 * 16;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(in ConvWork conv, int image, int first, int rows, float* copies, ref float* ahead, float* stop)
    {
        if (rows <= 0)
            return;
        PaddedImages x = conv.X;
        var edges = new ConvEdges(conv);
        int top = first * conv.RowStep;
        float* picture;
        if (x.Source.AreBytes)
        {
            int inputRows = InputRows(conv, rows);
            x.CopyPart(image, top, inputRows, x.Left, x.Width, copies, x.SourceRowStride);
            picture = copies - ((top - x.Top) * x.SourceRowStride);
            copies += inputRows * x.SourceRowStride;
        }
        else
        {
            picture = x.Source.Floats + (image * x.Height * x.SourceRowStride);
        }

        if (edges.Columns > 0)
            edges.Copy(x, image, top, InputRows(conv, rows), copies);
        float* y = conv.Y + (image * conv.ImageStrideY) + (first * conv.RowStrideY);
        for (int group = 0; group < conv.Groups; group++)
        {
            for (int panel = 0; panel < conv.Kernel.Count; panel++)
            {
                TileOperands operands = conv.Operands(group, panel, out int columns, out int width);
                float* target = y + (group * conv.Kernel.Columns) + (panel * TileRows.MaxWidth);
                Inside(conv, edges, operands, picture + conv.FirstChannel(group), top - x.Top, rows, columns, width, target, ref ahead, stop);
                if (edges.Columns > 0)
                    Outside(conv, edges, operands, copies + conv.FirstChannel(group), rows, columns, width, target);
            }
        }

        for (int row = 0; row < rows && conv.Relu; row++)
            Epilogue.Relu(y + (row * conv.RowStrideY), conv.PixelStrideY, conv.OutWidth, conv.Groups * conv.Kernel.Columns);
    }

    // The columns that read the picture where it lies.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Inside(
        in ConvWork conv,
        in ConvEdges edges,
        TileOperands operands,
        float* picture,
        int top,
        int rows,
        int columns,
        int width,
        float* target,
        ref float* ahead,
        float* stop)
    {
        int pixels = edges.End - edges.First, segmentsOfRow = conv.Segments / Math.Max(conv.TapRows, 1);
        nint column = ((nint)edges.First * conv.ColumnStep) - conv.X.Left, stepsOfRow = (nint)segmentsOfRow * conv.Length;
        float* kernel = operands.B;
        operands.C = target + (edges.First * conv.PixelStrideY);
        for (int row = 0; row < rows; row++)
        {
            (int from, int end) = PaddedAxis.Inside(top, conv.TapRowStep, conv.X.Height, conv.TapRows);
            int taps = Math.Max(end - from, 0);
            operands.A = picture + (top * conv.X.SourceRowStride) + (column * conv.X.Channels);
            operands.Offsets = conv.Offsets + (from * segmentsOfRow);
            operands.Segments = taps * segmentsOfRow;
            operands.B = kernel + (from * stepsOfRow * width);
            operands.Ahead = ahead < stop ? ahead : null;
            Tiles(conv, operands, pixels, columns, width);
            if (ahead < stop)
                ahead += taps * stepsOfRow * TileRows.Tiles(pixels, width) * Prefetching.Line;
            operands.C += conv.RowStrideY;
            top += conv.RowStep;
        }
    }

    // The columns that read a copy, each down the rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Outside(in ConvWork conv, in ConvEdges edges, TileOperands operands, float* copy, int rows, int columns, int width, float* target)
    {
        operands.Offsets = conv.EdgeOffsets;
        operands.RowStride = (nint)conv.RowStep * edges.Columns * conv.X.Channels;
        operands.StrideC = conv.RowStrideY;
        for (int column = 0; column < conv.OutWidth; column++)
        {
            if (column == edges.First)
                column = edges.End;
            if (column == conv.OutWidth)
                return;
            operands.A = copy + ((nint)edges.Place(column) * conv.X.Channels);
            operands.C = target + (column * conv.PixelStrideY);
            Tiles(conv, operands, rows, columns, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tiles(in ConvWork conv, in TileOperands operands, int rows, int columns, int width)
    {
        if (conv.Dots)
            DotTile.Run(operands, rows, columns);
        else
            TileRows.Run(operands, rows, columns, width);
    }
}

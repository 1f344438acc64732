using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A dense convolution: for each row of output pixels, a matrix product whose left operand is the picture itself (see
/// <see cref="TileOperands"/>) and whose right operand is the packed kernel. The input gradient is the same with other numbers.
/// A band is some output rows of one picture, about 128 KiB of them: the band's input and output stay in L2 while the
/// kernel's panels pass by, each read once a band. Meanwhile the next band's output comes to L2: it will be written whole, but the
/// machine reads lines before it writes them. A shard is a range of bands; where the input needs padding, or is bytes, each copies its own.
/// </summary>
internal unsafe struct ConvWork : IShardedWork
{
    private const int MaxShards = 32;

    /// <summary>The padded input; with <see cref="Workspaces"/>, what it will be.</summary>
    public PaddedImages X;

    /// <summary>Room for copying a band at a time, <see cref="WorkspaceSize"/> floats; null where the input is ready.</summary>
    public float* Workspaces;

    /// <summary>Input rows between output rows.</summary>
    public int RowStep;

    /// <summary>Input columns between output columns.</summary>
    public int ColumnStep;

    /// <summary>Where the stretches of a pixel's inputs start, from the pixel's first input.</summary>
    public nint* Offsets;

    /// <summary>How many stretches.</summary>
    public int Segments;

    /// <summary>Floats in a stretch.</summary>
    public int Length;

    /// <summary>The packed kernel of the first group; the other groups' follow.</summary>
    public PackedPanels Kernel;

    /// <summary>Independent channel groups.</summary>
    public int Groups;

    /// <summary>The first output.</summary>
    public float* Y;

    /// <summary>Rows of output in a picture.</summary>
    public int OutHeight;

    /// <summary>Pixels in a row of output.</summary>
    public int OutWidth;

    /// <summary>Floats between output pictures.</summary>
    public nint ImageStrideY;

    /// <summary>Floats between output rows.</summary>
    public nint RowStrideY;

    /// <summary>Floats between output pixels.</summary>
    public nint PixelStrideY;

    /// <summary>One float an output channel, or null.</summary>
    public float* Bias;

    /// <summary>Whether to apply ReLU.</summary>
    public bool Relu;

    /// <summary>How many shards there are.</summary>
    public readonly int Shards => Math.Min(MaxShards, BandCount);

    /// <summary>Floats of a band's padded input for each shard.</summary>
    public readonly long WorkspaceSize => Shards * (long)ShardSize;

    private readonly nint ShardSize => ((InputRows(RowsOfBand) * X.RowStride) + 15) / 16 * 16;

    /// <summary>How many bands there are.</summary>
    public readonly int BandCount => X.Batch * Bands;

    private readonly int RowsOfBand => (int)Math.Clamp((32 << 10) / Math.Max(OutWidth * PixelStrideY, 1), 1, Math.Max(OutHeight, 1));

    private readonly int Bands => (OutHeight + RowsOfBand - 1) / RowsOfBand;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        float* padded = Workspaces + (shard * ShardSize);
        int start = (int)((long)BandCount * shard / Shards), end = (int)((long)BandCount * (shard + 1) / Shards);
        float* ahead = null;
        for (int band = start; band < end; band++)
        {
            Band(band, out int image, out int first, out int rows);
            float* y = Y + (image * ImageStrideY) + (first * RowStrideY), stop = null;
            if (RowStrideY == OutWidth * PixelStrideY)
            {
                // No further than the next band, which this shard may not have.
                stop = y + ((rows + (band + 1 < end ? RowsOfBand : 0)) * RowStrideY);
                ahead = band == start ? y + RowStrideY : ahead;
            }

            float* input = padded;
            if (Workspaces is null)
                input = X.Image(image) + (first * RowStep * X.RowStride);
            else
                X.CopyRows(image, first * RowStep, InputRows(rows), padded);
            Run(input, y, rows, ref ahead, stop);
        }
    }

    /// <summary>How many rows of the padded picture so many rows of output read, or may read: all but those that only other rows of output do.</summary>
    public readonly int InputRows(int rows) => X.PaddedHeight - ((OutHeight - rows) * RowStep);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Run(float* input, float* y, int rows, ref float* ahead, float* stop)
    {
        for (int group = 0; group < Groups; group++)
        {
            for (int panel = 0; panel < Kernel.Count; panel++)
            {
                float* target = y + (group * Kernel.Columns) + (panel * TileRows.MaxWidth);
                _ = Panel(input, rows, OutWidth, group, panel, target, RowStrideY, PixelStrideY, ref ahead, stop);
            }
        }

        for (int row = 0; row < rows && Relu; row++)
            Epilogue.Relu(y + (row * RowStrideY), PixelStrideY, OutWidth, Groups * Kernel.Columns);
    }

    /// <summary>What a band is.</summary>
    /// <param name="shard">Which band.</param>
    /// <param name="image">Its picture.</param>
    /// <param name="first">Its first row of output.</param>
    /// <param name="rows">How many rows.</param>
    public readonly void Band(int shard, out int image, out int first, out int rows)
    {
        (image, int band) = Math.DivRem(shard, Bands);
        first = band * RowsOfBand;
        rows = Math.Min(RowsOfBand, OutHeight - first);
    }

    /// <summary>Applies bias and ReLU to a band.</summary>
    public readonly void Finish(float* y, int rows, int channels)
    {
        if (Bias is null && !Relu)
            return;
        for (int row = 0; row < rows; row++)
            Epilogue.BiasRelu(y + (row * RowStrideY), PixelStrideY, OutWidth, channels, Bias, Relu);
    }

    /// <summary>Computes one panel's channels for a part of the output.</summary>
    /// <param name="input">What the first pixel reads first.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="pixels">How many pixels of each row.</param>
    /// <param name="group">Which channel group.</param>
    /// <param name="panel">Which panel of the group's kernel.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="rowStride">Floats between rows there.</param>
    /// <param name="pixelStride">Floats between pixels there.</param>
    /// <param name="ahead">What to bring to L2 meanwhile; moves on.</param>
    /// <param name="stop">Where that ends.</param>
    /// <returns>How many channels the panel has.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly int Panel(
        float* input, int rows, int pixels, int group, int panel, float* target, nint rowStride, nint pixelStride, ref float* ahead, float* stop)
    {
        var kernel = new PackedPanels(Kernel.Data + (group * PackedPanels.Size(Kernel.Rows, Kernel.Columns)), Kernel.Rows, Kernel.Columns);
        float* data = kernel.Panel(panel, out int columns, out int width);
        nint pixelStep = (nint)ColumnStep * X.Channels;
        var operands = new TileOperands
        {
            A = input + (group * (X.Channels / Groups)),
            RowStride = pixelStep,
            StepStride = 1,
            Offsets = Offsets,
            Segments = Segments,
            Length = Length,
            B = data,
            StepB = width,
            C = target,
            StrideC = pixelStride,
            Start = Bias is null ? null : Bias + (group * Kernel.Columns) + (panel * TileRows.MaxWidth),
        };
        for (int row = 0; row < rows; row++)
        {
            operands.Ahead = ahead < stop ? ahead : null;
            TileRows.Run(operands, pixels, columns, width);
            if (ahead < stop)
                ahead += Segments * Length * TileRows.Tiles(pixels, width) * (nint)Prefetching.Line;
            operands.A += RowStep * X.RowStride;
            operands.C += rowStride;
        }

        return columns;
    }
}

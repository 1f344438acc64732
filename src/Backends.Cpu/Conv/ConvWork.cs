using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A dense convolution: for each row of output pixels, a matrix product whose left operand is the picture itself (see
/// <see cref="TileOperands"/>) and whose right operand is the packed kernel. The input gradient is the same with other numbers.
/// A shard is a band of output rows of one picture, about 128 KiB of them: the band's input and output stay in L2 while the
/// kernel's panels pass by, each read once a band.
/// </summary>
internal unsafe struct ConvWork : IShardedWork
{
    /// <summary>The padded input.</summary>
    public PaddedImages X;

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

    /// <summary>How many bands there are.</summary>
    public readonly int Shards => X.Batch * Bands;

    private readonly int RowsOfBand => (int)Math.Clamp((32 << 10) / Math.Max(OutWidth * PixelStrideY, 1), 1, Math.Max(OutHeight, 1));

    private readonly int Bands => (OutHeight + RowsOfBand - 1) / RowsOfBand;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        Band(shard, out int image, out int first, out int rows);
        float* y = Y + (image * ImageStrideY) + (first * RowStrideY);
        for (int group = 0; group < Groups; group++)
        {
            for (int panel = 0; panel < Kernel.Count; panel++)
            {
                float* target = y + (group * Kernel.Columns) + (panel * TileRows.MaxWidth);
                _ = Panel(image, first, rows, 0, OutWidth, group, panel, target, RowStrideY, PixelStrideY);
            }
        }

        Finish(y, rows, Groups * Kernel.Columns);
    }

    /// <summary>What a shard computes.</summary>
    /// <param name="shard">Which shard.</param>
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
    /// <param name="image">Which picture.</param>
    /// <param name="firstRow">The first output row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="firstPixel">The first pixel of each row.</param>
    /// <param name="pixels">How many pixels of each row.</param>
    /// <param name="group">Which channel group.</param>
    /// <param name="panel">Which panel of the group's kernel.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="rowStride">Floats between rows there.</param>
    /// <param name="pixelStride">Floats between pixels there.</param>
    /// <returns>How many channels the panel has.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly int Panel(
        int image, int firstRow, int rows, int firstPixel, int pixels, int group, int panel, float* target, nint rowStride, nint pixelStride)
    {
        var kernel = new PackedPanels(Kernel.Data + (group * PackedPanels.Size(Kernel.Rows, Kernel.Columns)), Kernel.Rows, Kernel.Columns);
        float* data = kernel.Panel(panel, out int columns, out int width);
        nint pixelStep = (nint)ColumnStep * X.Channels;
        float* input = X.Image(image) + (firstRow * RowStep * X.RowStride) + (firstPixel * pixelStep) + (group * (X.Channels / Groups));
        var operands = new TileOperands
        {
            A = input,
            RowStride = pixelStep,
            StepStride = 1,
            Offsets = Offsets,
            Segments = Segments,
            Length = Length,
            B = data,
            StepB = width,
            C = target,
            StrideC = pixelStride,
        };
        for (int row = 0; row < rows; row++)
        {
            TileRows.Run(operands, pixels, columns, width);
            operands.A += RowStep * X.RowStride;
            operands.C += rowStride;
        }

        return columns;
    }
}

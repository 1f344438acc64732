using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// What a dense convolution reads and writes: for each row of output pixels, a matrix product whose left operand is the picture itself
/// (see <see cref="TileOperands"/>) and whose right operand is the packed kernel. An input gradient is the same with other numbers, once for
/// each of its phases. Taps lie in rows of equal distance; output pixel (0, 0) reads its first tap at the first pixel of the padded picture.
/// </summary>
internal unsafe struct ConvWork
{
    // Rows whose outputs take about 128 KiB: they, and the input that they read, stay in L2 while the kernel's panels pass by.
    private const int FloatsOfBand = 32 << 10;

    /// <summary>The padded input, or what it would be.</summary>
    public PaddedImages X;

    /// <summary>Input rows between output rows.</summary>
    public int RowStep;

    /// <summary>Input columns between output columns.</summary>
    public int ColumnStep;

    /// <summary>Where the stretches of a pixel's inputs start, from the pixel's first input.</summary>
    public nint* Offsets;

    /// <summary>The same in the copy that <see cref="ConvEdges"/> makes.</summary>
    public nint* EdgeOffsets;

    /// <summary>How many stretches.</summary>
    public int Segments;

    /// <summary>Floats in a stretch.</summary>
    public int Length;

    /// <summary>Rows of taps.</summary>
    public int TapRows;

    /// <summary>Input rows between rows of taps.</summary>
    public int TapRowStep;

    /// <summary>Input columns from the first tap of a row to the last, both included.</summary>
    public int TapWidth;

    /// <summary>The packed kernel of the first group; the other groups' follow.</summary>
    public PackedPanels Kernel;

    /// <summary>Whether tiles are those of <see cref="DotTile"/>, which has packed the kernel.</summary>
    public bool Dots;

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
    public readonly int BandCount => X.Batch * Bands;

    /// <summary>How many rows a band has, but for the last one of a picture.</summary>
    public readonly int RowsOfBand => (int)Math.Clamp(FloatsOfBand / Math.Max(RowStrideY, 1), 1, Math.Max(OutHeight, 1));

    private readonly int Bands => (OutHeight + RowsOfBand - 1) / RowsOfBand;

    /// <summary>How many rows of the padded picture so many rows of output read, or may read: all but those that only other rows of output do.</summary>
    public readonly int InputRows(int rows) => X.PaddedHeight - ((OutHeight - rows) * RowStep);

    /// <summary>What a band is.</summary>
    /// <param name="index">Which band.</param>
    /// <param name="image">Its picture.</param>
    /// <param name="first">Its first row of output.</param>
    /// <param name="rows">How many rows.</param>
    public readonly void Band(int index, out int image, out int first, out int rows)
    {
        (image, int band) = Math.DivRem(index, Bands);
        first = band * RowsOfBand;
        rows = Math.Min(RowsOfBand, OutHeight - first);
    }

    /// <summary>Applies bias and ReLU to a band.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Finish(float* y, int rows, int channels)
    {
        if (Bias is null && !Relu)
            return;
        for (int row = 0; row < rows; row++)
            Epilogue.BiasRelu(y + (row * RowStrideY), PixelStrideY, OutWidth, channels, Bias, Relu);
    }

    /// <summary>Computes one panel's channels for some pixels of padded input.</summary>
    /// <param name="input">What the first pixel reads first.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="pixels">How many pixels of each row.</param>
    /// <param name="group">Which channel group.</param>
    /// <param name="panel">Which panel of the group's kernel.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="rowStride">Floats between rows there.</param>
    /// <param name="pixelStride">Floats between pixels there.</param>
    /// <returns>How many channels the panel has.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly int Panel(float* input, int rows, int pixels, int group, int panel, float* target, nint rowStride, nint pixelStride)
    {
        TileOperands operands = Operands(group, panel, out int columns, out int width);
        operands.A = input + FirstChannel(group);
        operands.C = target;
        operands.StrideC = pixelStride;
        for (int row = 0; row < rows; row++)
        {
            TileRows.Run(operands, pixels, columns, width);
            operands.A += RowStep * X.RowStride;
            operands.C += rowStride;
        }

        return columns;
    }

    /// <summary>The first channel that a group reads.</summary>
    public readonly int FirstChannel(int group) => group * (X.Channels / Groups);

    /// <summary>What is the same for all tiles of one panel of the kernel: all but where they read and write.</summary>
    public readonly TileOperands Operands(int group, int panel, out int columns, out int width)
    {
        var kernel = new PackedPanels(Kernel.Data + (group * PackedPanels.Size(Kernel.Rows, Kernel.Columns)), Kernel.Rows, Kernel.Columns);
        float* data = kernel.Panel(panel, out columns, out width);
        width = Dots ? columns : width;
        return new TileOperands
        {
            RowStride = (nint)ColumnStep * X.Channels,
            StepStride = 1,
            Offsets = Offsets,
            Segments = Segments,
            Length = Length,
            B = data,
            StepB = width,
            StrideC = PixelStrideY,
            Start = Bias is null ? null : Bias + (group * Kernel.Columns) + (panel * TileRows.MaxWidth),
        };
    }
}

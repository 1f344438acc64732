using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a dense convolution: a matrix product over pixels. A step of up to 224 pixels, a piece of a row or
/// several short rows, adds to tiles of the gradient: rows are neighbouring inputs of a stretch of taps, read where they lie, columns
/// are output channels. The step's gradient of a panel of output channels (224 x 32 floats, 28 KiB) stays in L1 while all tiles
/// of the panel pass by, packed where the channels of other panels would share its lines of the cache; the step's inputs stay in
/// L2; of pictures of bytes or with padding a copy of some rows moves along where no other shard reads them. Work is cut two ways:
/// along the pixels, into partial results that <see cref="PartialSum"/> adds in order, and along the tiles where few pixels or large
/// kernels would make partials dear.
/// </summary>
internal unsafe struct ConvKernelGradient : IShardedWork
{
    // So many pixels make loading and storing a tile cheap against its sums.
    private const int PixelsOfStep = 224;

    // A partial result is written, read and added: so many pixels are worth one.
    private const int PixelsOfPartial = 4 * PixelsOfStep;

    // So many rows of tiles pay for packing the panel that they all read.
    private const int RowsWorthPacking = 192;

    // Of a copy of input rows: 64 KiB stay in L2 beside what else a step works on.
    private const int FloatsOfWindow = 16 << 10;

    /// <summary>The padded input; with <see cref="Windows"/>, what it will be.</summary>
    public PaddedImages X;

    /// <summary>The convolution.</summary>
    public Conv2DGeometry Geometry;

    /// <summary>Where the kernel's taps read.</summary>
    public ConvTaps Taps;

    /// <summary>The gradient of the output.</summary>
    public float* Dy;

    /// <summary>The partial results, one after the other.</summary>
    public float* Partials;

    /// <summary>How many partial results.</summary>
    public int PartialCount;

    /// <summary>How many ranges of tiles.</summary>
    public int TileRanges;

    /// <summary>Room for a step's gradient packed into a panel, a part for each shard.</summary>
    public float* Panels;

    /// <summary>Room for a copy of some rows of the input, <see cref="WindowSize"/> floats for each shard; null where the input is ready.</summary>
    public float* Windows;

    /// <summary>How many partial results to make: at most 32, of at most 32 MiB together.</summary>
    public static int PartialsOf(in Conv2DGeometry g, long kernelSize) =>
        (int)Math.Clamp(Math.Min((8L << 20) / Math.Max(kernelSize, 1), (long)g.Batch * g.OutHeight * g.OutWidth / PixelsOfPartial), 1, Math.Min(32L, Runs(g)));

    /// <summary>
    /// The same gradient with the pixels of all pictures in one row, where the kernel sees one pixel at a time; else the convolution
    /// as it is.
    /// </summary>
    public static Conv2DGeometry Flattened(in Conv2DGeometry g) =>
        g is { KernelHeight: 1, KernelWidth: 1, StrideH: 1, StrideW: 1 }
            ? new(new Shape(1, 1, g.Batch * g.InHeight * g.InWidth, g.InChannels), new Shape(1, 1, g.GroupInChannels, g.OutChannels), (1, 1), Padding.Valid, (1, 1), g.Groups)
            : g;

    /// <summary>Floats of a shard's part of <see cref="Panels"/>.</summary>
    public static int PanelSize(in Conv2DGeometry g) => RunsOfStep(g) * LengthOfRun(g) * TileRows.MaxWidth;

    /// <summary>How many shards there are.</summary>
    public readonly int Shards => PartialCount * TileRanges;

    /// <summary>Floats of a shard's part of <see cref="Windows"/>.</summary>
    public readonly nint WindowSize => ((RowsOfWindow * X.RowStride) + 15) / 16 * 16;

    /// <summary>Whether input is copied some rows at a time: each row is read by one shard, or two, and there are many.</summary>
    public readonly bool CopiesRows => X.NeedsCopy && TileRanges == 1 && Shards * (long)WindowSize < X.CopySize;

    // Enough for a step, whose rows of output may belong to several pictures.
    private readonly int RowsOfWindow
    {
        get
        {
            int between = Math.Max(X.PaddedHeight - (Geometry.OutHeight * Geometry.StrideH), 0), rows = RunsOfStep(Geometry);
            int ofStep = (rows * Geometry.StrideH) + Extent + (((rows / Geometry.OutHeight) + 1) * between);
            return (int)Math.Max(FloatsOfWindow / Math.Max(X.RowStride, 1), ofStep);
        }
    }

    // Rows of input that a row of output reads, and those between them.
    private readonly int Extent => ((Geometry.KernelHeight - 1) * Geometry.DilationH) + 1;

    // A row of output pixels is one run, or a long one several.
    private static int PiecesOfRow(in Conv2DGeometry g) => (g.OutWidth + PixelsOfStep - 1) / PixelsOfStep;

    private static int LengthOfRun(in Conv2DGeometry g) => (g.OutWidth + PiecesOfRow(g) - 1) / PiecesOfRow(g);

    private static int RunsOfStep(in Conv2DGeometry g) => PiecesOfRow(g) > 1 ? 1 : PixelsOfStep / g.OutWidth;

    private static long Runs(in Conv2DGeometry g) => (long)g.Batch * g.OutHeight * PiecesOfRow(g);

    private readonly int PanelsOfGroup => (Geometry.GroupOutChannels + TileRows.MaxWidth - 1) / TileRows.MaxWidth;

    /// <summary>Tiles by group, panel and stretch.</summary>
    public readonly int Units => Geometry.Groups * PanelsOfGroup * Taps.Segments;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        (int part, int range) = Math.DivRem(shard, TileRanges);
        Conv2DGeometry g = Geometry;
        int pieces = PiecesOfRow(g), length = LengthOfRun(g), most = RunsOfStep(g);
        long runs = Runs(g), firstRun = runs * part / PartialCount, endRun = runs * (part + 1) / PartialCount;
        nint* offsets = stackalloc nint[PixelsOfStep];
        var window = new RowWindow(X, Windows + (shard * WindowSize), RowsOfWindow, FirstInput((endRun - 1) / pieces) + Extent);
        int count;
        for (long run = firstRun; run < endRun; run += count)
        {
            // Steps of equal size: a short one would load and store all tiles for little.
            long left = endRun - run, steps = (left + most - 1) / most;
            count = (int)((left + steps - 1) / steps);
            (long row, long piece) = Math.DivRem(run, pieces);
            int start = (int)piece * length;
            for (int i = 0; i < count; i++)
            {
                (long image, long outRow) = Math.DivRem(row + i, g.OutHeight);
                offsets[i] = (nint)((image * X.ImageStride) + (outRow * g.StrideH * X.RowStride));
            }

            float* data = Windows is null ? X.Data : window.Bring(FirstInput(row), FirstInput(row + count - 1) + Extent);
            var step = new TileOperands
            {
                A = data + ((nint)start * g.StrideW * X.Channels),
                RowStride = 1,
                StepStride = (nint)g.StrideW * X.Channels,
                Offsets = offsets,
                Segments = count,
                Length = Math.Min(length, g.OutWidth - start),
                B = Dy + (((nint)row * g.OutWidth) + start) * g.OutChannels,
                StepB = g.OutChannels,
                StrideC = g.OutChannels,
                StrideStart = g.OutChannels,
                Ahead = Windows is null && run + count < endRun ? InputOf(run + count) : null,
            };

            AddStep(step, run > firstRun, part, range, Panels + ((nint)shard * PanelSize(g)));
        }
    }

    // The first row of the padded input, all pictures' rows counted, that a row of output reads.
    private readonly long FirstInput(long row)
    {
        (long image, long outRow) = Math.DivRem(row, Geometry.OutHeight);
        return (image * X.PaddedHeight) + (outRow * Geometry.StrideH);
    }

    private readonly float* InputOf(long run)
    {
        (long row, long piece) = Math.DivRem(run, PiecesOfRow(Geometry));
        (long image, long outRow) = Math.DivRem(row, Geometry.OutHeight);
        nint column = (nint)piece * LengthOfRun(Geometry) * Geometry.StrideW;
        return X.Image((int)image) + ((nint)outRow * Geometry.StrideH * X.RowStride) + (column * X.Channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void AddStep(in TileOperands step, bool accumulate, int part, int range, float* packed)
    {
        Conv2DGeometry g = Geometry;
        int units = Units, firstUnit = (int)((long)units * range / TileRanges), endUnit = (int)((long)units * (range + 1) / TileRanges);
        int rowsOfGroup = g.KernelHeight * g.KernelWidth * g.GroupInChannels, pixels = step.Segments * step.Length;
        float* partial = Partials + ((nint)part * rowsOfGroup * g.OutChannels);
        int packedPanel = -1;

        // The inputs of the next step, which tiles pick from in long strides, come to L2 one line after the other.
        float* ahead = step.Ahead, stop = ahead is null ? null : ahead + (pixels * step.StepStride);
        nint pace = Prefetching.Pace((nint)(stop - ahead), (nint)pixels * (endUnit - firstUnit) * TileRows.Tiles(Taps.Length, TileRows.MaxWidth));
        for (int unit = firstUnit; unit < endUnit; unit++)
        {
            (int panelIndex, int segment) = Math.DivRem(unit, Taps.Segments);
            (int group, int panel) = Math.DivRem(panelIndex, PanelsOfGroup);
            int column = panel * TileRows.MaxWidth;
            int columns = Math.Min(g.GroupOutChannels - column, TileRows.MaxWidth), width = TileRows.Width(columns);
            column += group * g.GroupOutChannels;
            bool pack = columns < width || (g.OutChannels > width && Math.Min(endUnit - firstUnit, Taps.Segments) * Taps.Length >= RowsWorthPacking);
            if (pack && packedPanel != panelIndex)
            {
                new PackedPanels(packed, pixels, columns).Pack(0, 0, pixels, step.B + column, g.OutChannels, 1);
                packedPanel = panelIndex;
            }

            TileOperands operands = step;
            operands.A += Taps.Offsets[segment] + (group * g.GroupInChannels);
            operands.B = pack ? packed : step.B + column;
            operands.StepB = pack ? width : g.OutChannels;
            operands.C = partial + ((nint)segment * Taps.Length * g.OutChannels) + column;
            operands.Start = accumulate ? operands.C : null;
            operands.Ahead = ahead < stop ? ahead : null;
            operands.AheadStep = pace;
            TileRows.Run(operands, Taps.Length, columns, width);
            ahead += pixels * TileRows.Tiles(Taps.Length, width) * pace;
        }
    }
}

using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A convolution with stride 1 by Winograd's algorithm: of 3 x 3 taps by F(4 x 4, 3 x 3), where a tile of 4 x 4 outputs takes 36
/// multiplications a channel pair instead of 144; of 5 x 5 taps by F(2 x 2, 5 x 5), where one of 2 x 2 takes 36 instead of 100.
/// A dilated convolution goes phase by phase (<see cref="WinogradRows"/>). One with stride 2 and 5 x 5 or 7 x 7 taps is one of 3 x 3 or 4 x 4 taps
/// over four times the channels, the phases of its input (<see cref="StridedKernelWork"/>); 4 x 4 taps go by F(3 x 3, 4 x 4), 36 multiplications
/// instead of 144. Groups of channels have a kernel each over tiles that are transformed together.
/// <para>
/// A block of up to 12 tiles, of one row or of several short ones, is computed at a time, in four steps whose results stay in L1 and L2: the input's six
/// rows are transformed down, then across; at each of the 36 points a matrix product [tiles, in] x [in, out] over the register
/// tiles of <see cref="Tile"/>; the products are transformed back into rows of output. The kernel, a panel of output
/// channels at a time, streams through once a block. Rows and columns beyond the picture count as zeros; no padded copy is
/// made.
/// </para>
/// A value that is not finite makes its whole tile not finite.
/// </summary>
internal unsafe struct WinogradConv
{
    // So many outweigh the work on a kernel that is transformed as a whole.
    private const int FewestTiles = 48;

    /// <summary>The input.</summary>
    public WinogradRows Rows;

    /// <summary>Channels of the transformed input; with strides, those of all phases.</summary>
    public int Channels;

    /// <summary>The kernel as <see cref="WinogradKernelWork"/> packs it, or the first of <see cref="Kernels"/>.</summary>
    public PackedPanels Kernel;

    /// <summary>How many kernels there are: one a group of channels, or one a row of the input gradient of a convolution with stride 2.</summary>
    public int Kernels;

    /// <summary>Channel groups, each of which has a kernel.</summary>
    public int Groups;

    /// <summary>Panels of all kernels.</summary>
    public readonly int PanelCount => Kernels * Kernel.Count;

    // Floats of a column; with strides, the pixels of both phases.
    private readonly int Column => Channels / Rows.Stride;

    /// <summary>Outputs of a tile along either axis.</summary>
    public readonly int Outputs => Rows.Outputs;

    /// <summary>Tiles computed at a time: one register tile's height.</summary>
    public static int MaxTiles => TileRows.Height;

    /// <summary>How many pieces of at most so many tiles a row of tiles is cut into.</summary>
    public static int Pieces(int tiles) => (tiles + MaxTiles - 1) / MaxTiles;

    /// <summary>Floats that a block of tiles is computed in.</summary>
    public readonly nint WorkspaceSize => Products + RowsSize + (WinogradTransform.Area * PointStride);

    /// <summary>Floats of six transformed rows and a row of zeros under one piece of tiles.</summary>
    public readonly nint RowsSize => ((Rows.Stride * WinogradTransform.Points) + 1) * ColumnStride;

    // A row of zeros for rows beyond the picture, whole cache lines.
    private readonly nint ColumnStride => ((((Outputs * (MaxTiles - 1)) + WinogradTransform.Points) * (nint)Column) + 31) / 16 * 16;

    // A vector more than needed: the last one of a pixel may be written whole.
    private readonly nint PointStride => ((MaxTiles * (nint)Channels) + 31) / 16 * 16;

    private static nint Products => WinogradTransform.Area * MaxTiles * (nint)TileRows.MaxWidth;

    /// <summary>Floats of a block's outputs, one panel of channels.</summary>
    public static int BlockSize => WinogradTransform.Outputs * WinogradTransform.Outputs * MaxTiles * TileRows.MaxWidth;

    /// <summary>Whether this way takes a convolution, and is the faster one.</summary>
    public static bool Fits(in Conv2DGeometry g) => IsStrided(g)
        ? Pays(g, 4 * g.InChannels, g.OutChannels, g.OutHeight, g.OutWidth)
        : Takes(g) && Pays(g, g.InChannels, g.OutChannels, g.OutHeight, g.OutWidth);

    /// <summary>Whether this way takes a convolution with 2 x 2 pooling behind it, and is the faster one.</summary>
    public static bool FitsPooled(in Conv2DGeometry g) =>
        g is { KernelHeight: 3, DilationH: 1, DilationW: 1, Groups: 1 } && Fits(g) && TilesOf(g, g.OutHeight, g.OutWidth) >= FewestTiles;

    /// <summary>Whether this way takes the input gradient of a convolution, and is the faster one.</summary>
    public static bool FitsInputGradient(in Conv2DGeometry g) => IsStrided(g)
        ? Pays(g, 0, 0, (g.InHeight + 1) / 2, (g.InWidth + 1) / 2) // Not panel by panel: it has two kernels.
        : Takes(g) && Pays(g, g.OutChannels, g.InChannels, g.InHeight, g.InWidth);

    private static bool Takes(in Conv2DGeometry g) =>
        g is { KernelHeight: 3 or 5, StrideH: 1, StrideW: 1, GroupInChannels: >= 8, GroupOutChannels: >= 8 } && g.KernelWidth == g.KernelHeight
        && !GroupBlocks.Fits(g);

    /// <summary>
    /// Whether a convolution has a stride of 2 and a kernel so large that it is one of 3 x 3 or 4 x 4 taps over the phases of its input.
    /// </summary>
    public static bool IsStrided(in Conv2DGeometry g) =>
        g is { KernelHeight: 5 or 7, StrideH: 2, StrideW: 2, DilationH: 1, DilationW: 1, Groups: 1, InChannels: >= 3, OutChannels: >= 8 }
        && g.KernelWidth == g.KernelHeight;

    /// <summary>Taps along an axis in the tiles' view: of the phase that has most.</summary>
    public static int TapsOf(in Conv2DGeometry g) => (g.KernelHeight + g.StrideH - 1) / g.StrideH;

    /// <summary>Whether so many outputs outweigh the work on the kernel and on tiles that are cut off.</summary>
    private static bool Pays(in Conv2DGeometry g, int from, int to, int height, int width)
    {
        int outputs = WinogradTransform.OutputsOf(TapsOf(g));
        long tiles = TilesOf(g, height, width);
        return (tiles >= FewestTiles || (g.Groups == 1 && WinogradPanelWork.Fits(from, to, tiles))) && tiles * outputs * outputs <= 2L * g.Batch * height * width;
    }

    /// <summary>How many tiles cover the outputs of all phases of all pictures.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="height">Rows of outputs.</param>
    /// <param name="width">Columns of outputs.</param>
    public static long TilesOf(in Conv2DGeometry g, int height, int width)
    {
        int outputs = WinogradTransform.OutputsOf(TapsOf(g));
        return (long)g.Batch * g.DilationH * g.DilationW * Tiles(height, outputs, g.DilationH) * Tiles(width, outputs, g.DilationW);
    }

    /// <summary>The floats of a transformed and packed kernel.</summary>
    public static long KernelSize(int inChannels, int outChannels) => PackedPanels.Size(WinogradTransform.Area * inChannels, outChannels);

    /// <summary>How many tiles cover an axis of outputs.</summary>
    /// <param name="length">Outputs of all phases.</param>
    /// <param name="outputs">Outputs of a tile.</param>
    /// <param name="dilation">How many phases there are; of the longest one, the first, the tiles are counted.</param>
    public static int Tiles(int length, int outputs, int dilation) => (((length + dilation - 1) / dilation) + outputs - 1) / outputs;

    /// <summary>Transforms the input of tiles that lie side by side.</summary>
    /// <param name="image">Which picture, by batch and phase.</param>
    /// <param name="tileRow">Which row of tiles.</param>
    /// <param name="firstTile">The first tile in the row.</param>
    /// <param name="tiles">How many.</param>
    /// <param name="place">Where in a block of at most <see cref="MaxTiles"/> they come, one piece after the other.</param>
    /// <param name="workspace"><see cref="WorkspaceSize"/> floats, at a cache line.</param>
    public readonly void Transform(int image, int tileRow, int firstTile, int tiles, int place, float* workspace)
    {
        float* rows = workspace + Products;
        Transform(image, tileRow, firstTile, tiles, rows, rows + RowsSize + (place * (nint)Channels), Channels, PointStride);
    }

    /// <summary>Transforms the input of tiles that lie side by side.</summary>
    /// <param name="image">Which picture, by batch and phase.</param>
    /// <param name="tileRow">Which row of tiles.</param>
    /// <param name="firstTile">The first tile in the row.</param>
    /// <param name="tiles">How many, at most <see cref="MaxTiles"/>.</param>
    /// <param name="rows"><see cref="RowsSize"/> floats to work in.</param>
    /// <param name="target">Receives the tiles; a vector beyond the last channel of each may be overwritten.</param>
    /// <param name="tileStride">Floats between tiles there.</param>
    /// <param name="pointStride">Floats between points there.</param>
    public readonly void Transform(int image, int tileRow, int firstTile, int tiles, float* rows, float* target, nint tileStride, nint pointStride)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Scalar: Transform<LanesScalar>(image, tileRow, firstTile, tiles, rows, target, tileStride, pointStride); break;
            case SimdLevel.Vector128: Transform<Lanes128>(image, tileRow, firstTile, tiles, rows, target, tileStride, pointStride); break;
            case SimdLevel.Avx2: Transform<Lanes256>(image, tileRow, firstTile, tiles, rows, target, tileStride, pointStride); break;
            default: Transform<Lanes512>(image, tileRow, firstTile, tiles, rows, target, tileStride, pointStride); break;
        }
    }

    /// <summary>Computes one panel's channels of a block's tiles, at the 36 points.</summary>
    /// <param name="tiles">How many tiles the block has.</param>
    /// <param name="panel">Which panel.</param>
    /// <param name="workspace">What the transforms filled.</param>
    /// <param name="ahead">What to ask for meanwhile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Multiply(int tiles, int panel, float* workspace, ReadOnlySpan<AheadStretch> ahead)
    {
        (int kernel, int panelOfKernel) = Math.DivRem(panel, Kernel.Count);
        int steps = Channels / Groups;
        float* weights = Kernel.Panel(panelOfKernel, out _, out int width) + (kernel * PackedPanels.Size(Kernel.Rows, Kernel.Columns));
        var operands = new TileOperands
        {
            A = workspace + Products + RowsSize + (Groups > 1 ? kernel * steps : 0),
            RowStride = Channels,
            StepStride = 1,
            Segments = 1,
            Length = steps,
            B = weights,
            StepB = width,
            C = workspace,
            StrideC = width,

            // One tile a point.
            NextA = PointStride,
            NextB = (nint)steps * width,
            NextC = (nint)tiles * width,
        };
        int points = WinogradTransform.Area;
        foreach (AheadStretch stretch in ahead)
        {
            // One line a step: as many points as that takes.
            operands.Tiles = Math.Min((stretch.Lines + steps - 1) / steps, points);
            operands.Ahead = stretch.Start;
            Points(ref operands, tiles, width);
            points -= operands.Tiles;
        }

        operands.Tiles = points;
        operands.Ahead = null;
        Points(ref operands, tiles, width);
    }

    /// <summary>Transforms a piece of a block back: <see cref="Outputs"/> rows of so many pixels a tile.</summary>
    /// <param name="blockTiles">How many tiles the block has.</param>
    /// <param name="place">The piece's place in it.</param>
    /// <param name="tiles">How many tiles the piece has.</param>
    /// <param name="panel">Which panel was computed.</param>
    /// <param name="workspace">What <see cref="Multiply"/> filled.</param>
    /// <param name="target">Receives the rows; whole tiles of the panel's width.</param>
    /// <param name="rowStride">Floats between rows there.</param>
    /// <param name="pixelStride">Floats between pixels there.</param>
    public readonly void Back(int blockTiles, int place, int tiles, int panel, float* workspace, float* target, nint rowStride, nint pixelStride)
    {
        _ = Kernel.Panel(panel % Kernel.Count, out _, out int width);
        float* products = workspace + (place * width);
        nint stride = (nint)blockTiles * width;
        switch (Simd.Level)
        {
            case SimdLevel.Scalar: Back<LanesScalar>(tiles, width, products, stride, target, rowStride, pixelStride); break;
            case SimdLevel.Vector128: Back<Lanes128>(tiles, width, products, stride, target, rowStride, pixelStride); break;
            case SimdLevel.Avx512 when width % Lanes512.Count == 0: Back<Lanes512>(tiles, width, products, stride, target, rowStride, pixelStride); break;
            case >= SimdLevel.Avx2 when width < Lanes256.Count: Back<Lanes128>(tiles, width, products, stride, target, rowStride, pixelStride); break;
            default: Back<Lanes256>(tiles, width, products, stride, target, rowStride, pixelStride); break;
        }
    }

    private static void Points(ref TileOperands operands, int tiles, int width)
    {
        if (operands.Tiles == 0)
            return;
        TileRows.RunTiles(operands, tiles, width);
        operands.A += operands.Tiles * operands.NextA;
        operands.B += operands.Tiles * operands.NextB;
        operands.C += operands.Tiles * operands.NextC;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Transform<TLanes>(int image, int tileRow, int firstTile, int tiles, float* rows, float* target, nint tileStride, nint pointStride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int column = Outputs * firstTile, count = (Outputs * (tiles - 1)) + WinogradTransform.Points;
        float* columns = rows + ColumnStride;
        for (int i = 0; i < Rows.Stride; i++)
            Rows.Transform<TLanes>(image, tileRow, i, column, count, columns + (i * WinogradTransform.Points * ColumnStride), ColumnStride, rows);
        if (TLanes.Count > Lanes256.Count && Column <= Lanes256.Count)
            Across<Lanes256>(tiles, columns, target, tileStride, pointStride);
        else
            Across<TLanes>(tiles, columns, target, tileStride, pointStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Across<TLanes>(int tiles, float* row, float* points, nint tileStride, nint stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        nint pixel = Column, columnStride = ColumnStride, phase = WinogradTransform.Points * columnStride, tileStep = Outputs * pixel;
        int phases = Rows.Stride;
        for (int i = 0; i < WinogradTransform.Points; i++, row += columnStride, points += WinogradTransform.Points * stride)
        {
            // Tile after tile, channel after channel: what a last vector writes beyond its pixel, the next one overwrites.
            float* first = row, place = points;
            for (int tile = 0; tile < tiles; tile++, first += tileStep, place += tileStride)
            {
                float* source = first, target = place;
                for (int step = 0; step < phases; step++, source += phase, target += pixel)
                {
                    float* from = source, right = from + (3 * pixel), to = target, rest = to + (3 * stride), end = from + pixel;
                    for (; from < end; from += TLanes.Count, right += TLanes.Count, to += TLanes.Count, rest += TLanes.Count)
                    {
                        TLanes d0 = TLanes.Load(from), d1 = TLanes.Load(from + pixel), d2 = TLanes.Load(from + (2 * pixel));
                        TLanes d3 = TLanes.Load(right), d4 = TLanes.Load(right + pixel), d5 = TLanes.Load(right + (2 * pixel));
                        WinogradTransform.Input(ref d0, ref d1, ref d2, ref d3, ref d4, ref d5);
                        TLanes.Store(d0, to);
                        TLanes.Store(d1, to + stride);
                        TLanes.Store(d2, to + (2 * stride));
                        TLanes.Store(d3, rest);
                        TLanes.Store(d4, rest + stride);
                        TLanes.Store(d5, rest + (2 * stride));
                    }
                }
            }
        }
    }

    private readonly void Back<TLanes>(int tiles, int width, float* products, nint stride, float* target, nint rowStride, nint pixelStride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        if (Outputs == WinogradTransform.Outputs)
            Back4<TLanes>(tiles, width, products, stride, target, rowStride, pixelStride);
        else if (Outputs == 3)
            Back3<TLanes>(tiles, width, products, stride, target, rowStride, pixelStride);
        else
            Back2<TLanes>(tiles, width, products, stride, target, rowStride, pixelStride);
    }

    // In room for one vector more: a vector across two lines of the cache takes twice as long.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes* Aligned<TLanes>(byte* room)
        where TLanes : unmanaged, ILanes<TLanes> => (TLanes*)(((nint)room + sizeof(TLanes) - 1) & -sizeof(TLanes));

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Back4<TLanes>(int tiles, int width, float* products, nint stride, float* target, nint rowStride, nint pixelStride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        byte* room = stackalloc byte[((WinogradTransform.Outputs * WinogradTransform.Points) + 1) * sizeof(TLanes)];
        TLanes* half = Aligned<TLanes>(room);
        nint down = WinogradTransform.Points * stride;
        for (int tile = 0; tile < tiles; tile++, products += width, target += WinogradTransform.Outputs * pixelStride)
        {
            for (int c = 0; c < width; c += TLanes.Count)
            {
                float* m = products + c, second = m + (3 * down);
                TLanes* to = half;
                for (int j = WinogradTransform.Points; j > 0; j--, m += stride, second += stride, to++)
                {
                    TLanes m0 = TLanes.Load(m), m1 = TLanes.Load(m + down), m2 = TLanes.Load(m + (2 * down));
                    TLanes m3 = TLanes.Load(second), m4 = TLanes.Load(second + down), m5 = TLanes.Load(second + (2 * down));
                    WinogradTransform.Output(ref m0, ref m1, ref m2, ref m3, m4, m5);
                    to[0] = m0;
                    to[6] = m1;
                    to[12] = m2;
                    to[18] = m3;
                }

                float* y = target + c;
                TLanes* from = half;
                for (int i = WinogradTransform.Outputs; i > 0; i--, y += rowStride, from += WinogradTransform.Points)
                {
                    TLanes y0 = from[0], y1 = from[1], y2 = from[2], y3 = from[3];
                    WinogradTransform.Output(ref y0, ref y1, ref y2, ref y3, from[4], from[5]);
                    TLanes.Store(y0, y);
                    TLanes.Store(y1, y + pixelStride);
                    TLanes.Store(y2, y + (2 * pixelStride));
                    TLanes.Store(y3, y + (3 * pixelStride));
                }
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Back3<TLanes>(int tiles, int width, float* products, nint stride, float* target, nint rowStride, nint pixelStride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        byte* room = stackalloc byte[((3 * WinogradTransform.Points) + 1) * sizeof(TLanes)];
        TLanes* half = Aligned<TLanes>(room);
        nint down = WinogradTransform.Points * stride;
        for (int tile = 0; tile < tiles; tile++, products += width, target += 3 * pixelStride)
        {
            for (int c = 0; c < width; c += TLanes.Count)
            {
                float* m = products + c, second = m + (3 * down);
                TLanes* to = half;
                for (int j = WinogradTransform.Points; j > 0; j--, m += stride, second += stride, to++)
                {
                    TLanes m0 = TLanes.Load(m), m1 = TLanes.Load(m + down), m2 = TLanes.Load(m + (2 * down));
                    TLanes m3 = TLanes.Load(second), m4 = TLanes.Load(second + down), m5 = TLanes.Load(second + (2 * down));
                    WinogradTransform.Output(ref m0, ref m1, ref m2, m3, m4, m5);
                    to[0] = m0;
                    to[6] = m1;
                    to[12] = m2;
                }

                float* y = target + c;
                TLanes* from = half;
                for (int i = 3; i > 0; i--, y += rowStride, from += WinogradTransform.Points)
                {
                    TLanes y0 = from[0], y1 = from[1], y2 = from[2];
                    WinogradTransform.Output(ref y0, ref y1, ref y2, from[3], from[4], from[5]);
                    TLanes.Store(y0, y);
                    TLanes.Store(y1, y + pixelStride);
                    TLanes.Store(y2, y + (2 * pixelStride));
                }
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Back2<TLanes>(int tiles, int width, float* products, nint stride, float* target, nint rowStride, nint pixelStride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        byte* room = stackalloc byte[((2 * WinogradTransform.Points) + 1) * sizeof(TLanes)];
        TLanes* half = Aligned<TLanes>(room);
        nint down = WinogradTransform.Points * stride;
        for (int tile = 0; tile < tiles; tile++, products += width, target += 2 * pixelStride)
        {
            for (int c = 0; c < width; c += TLanes.Count)
            {
                float* m = products + c, second = m + (3 * down);
                TLanes* to = half;
                for (int j = WinogradTransform.Points; j > 0; j--, m += stride, second += stride, to++)
                {
                    TLanes m0 = TLanes.Load(m), m1 = TLanes.Load(m + down), m2 = TLanes.Load(m + (2 * down));
                    TLanes m3 = TLanes.Load(second), m4 = TLanes.Load(second + down), m5 = TLanes.Load(second + (2 * down));
                    WinogradTransform.Output(ref m0, ref m1, m2, m3, m4, m5);
                    to[0] = m0;
                    to[6] = m1;
                }

                TLanes y0 = half[0], y1 = half[1];
                WinogradTransform.Output(ref y0, ref y1, half[2], half[3], half[4], half[5]);
                TLanes.Store(y0, target + c);
                TLanes.Store(y1, target + c + pixelStride);
                y0 = half[6];
                y1 = half[7];
                WinogradTransform.Output(ref y0, ref y1, half[8], half[9], half[10], half[11]);
                TLanes.Store(y0, target + c + rowStride);
                TLanes.Store(y1, target + c + rowStride + pixelStride);
            }
        }
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Convolution by <see cref="WinogradConv"/>, with a bias and ReLU while the outputs are in cache. A shard is a range of rows of
/// tiles over the batch.
/// </summary>
internal unsafe struct WinogradWork : IShardedWork
{
    private const int MaxShards = 32;

    /// <summary>The convolution.</summary>
    public WinogradConv Conv;

    /// <summary>Pictures.</summary>
    public int Batch;

    /// <summary>Rows of a picture of outputs.</summary>
    public int OutHeight;

    /// <summary>Pixels of a row of outputs.</summary>
    public int OutWidth;

    /// <summary>The output [batch, height, width, channels].</summary>
    public float* Y;

    /// <summary>One float an output channel, or null.</summary>
    public float* Bias;

    /// <summary>Rows and columns between taps: outputs of one phase lie so far from each other.</summary>
    public (int H, int W) Dilation;

    /// <summary>
    /// 1, or 2 for the input gradient of a convolution with stride 2, where two neighbouring pixels count as one with the channels of
    /// both, and each kernel writes every other row.
    /// </summary>
    public int Stride;

    /// <summary>Channels of a pixel of the output.</summary>
    public int Channels;

    /// <summary>Whether to apply ReLU.</summary>
    public bool Relu;

    /// <summary>What the shards work in, <see cref="WorkspaceSize"/> floats each.</summary>
    public Workspaces Workspaces;

    /// <summary>Floats that a thread works in.</summary>
    public readonly nint WorkspaceSize => Conv.WorkspaceSize + WinogradConv.BlockSize;

    /// <summary>How many ranges there are.</summary>
    public readonly int Shards => (int)Math.Min(MaxShards, (TileRowCount + RowsOfBlock - 1) / RowsOfBlock);

    /// <summary>How many pieces of at most a block's tiles a row is cut into.</summary>
    public readonly int PiecesOfRow => WinogradConv.Pieces(TilesOfRow);

    /// <summary>Rows of tiles of one phase of a picture.</summary>
    public readonly int TileRowsOfPhase => WinogradConv.Tiles(OutHeight, Conv.Outputs, Dilation.H * Stride);

    /// <summary>Tiles of a row.</summary>
    public readonly int TilesOfRow => WinogradConv.Tiles(OutWidth, Conv.Outputs, Dilation.W * Stride);

    /// <summary>Rows of tiles of all phases of all pictures.</summary>
    public readonly long TileRowCount => (long)Batch * Dilation.H * Dilation.W * TileRowsOfPhase;

    // Several rows of a small picture make a block: the kernel's way through the cache is the same for all its tiles.
    private readonly int RowsOfBlock => Math.Max(1, WinogradConv.MaxTiles / TilesOfRow);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        float* block = Workspaces.Mine, workspace = block + WinogradConv.BlockSize;
        int tilesOfRow = TilesOfRow, pieces = PiecesOfRow;
        long end = TileRowCount * (shard + 1) / Shards;
        for (long row = TileRowCount * shard / Shards; row < end; row += RowsOfBlock)
        {
            int rows = (int)Math.Min(RowsOfBlock, end - row);
            for (int i = 0; i < pieces; i++)
            {
                int first = tilesOfRow * i / pieces, tiles = (tilesOfRow * (i + 1) / pieces) - first;
                Block(row, rows, first, tiles, workspace, block);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Block(long firstRow, int rows, int firstTile, int tiles, float* workspace, float* block)
    {
        int tileRows = TileRowsOfPhase;
        ReadOnlySpan<AheadStretch> ahead = rows == 1 && Dilation == (1, 1) ? Ahead(firstRow, firstTile, tiles, stackalloc AheadStretch[1 + (2 * WinogradTransform.Outputs)]) : [];
        for (int i = 0; i < rows; i++)
            Conv.Transform((int)((firstRow + i) / tileRows), (int)((firstRow + i) % tileRows), firstTile, tiles, i * tiles, workspace);
        for (int panel = 0; panel < Conv.PanelCount; panel++)
        {
            Conv.Multiply(rows * tiles, panel, workspace, panel == 0 ? ahead : []);
            for (int i = 0; i < rows; i++)
                Row(firstRow + i, firstTile, rows * tiles, i * tiles, tiles, panel, workspace, block);
        }
    }

    // What the row of tiles below reads, and the lines that this one writes: a store waits for its line as a load does.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly ReadOnlySpan<AheadStretch> Ahead(long tileRow, int firstTile, int tiles, Span<AheadStretch> stretches)
    {
        (long image, long rowOfImage) = Math.DivRem(tileRow, TileRowsOfPhase);
        int outputs = Conv.Outputs * Stride, row = outputs * (int)rowOfImage, pixel = outputs * firstTile, count = 0;
        stretches[count++] = Conv.Rows.Next((int)image, (int)rowOfImage, firstTile, tiles, TilesOfRow);
        nint length = (nint)Math.Min(outputs * tiles, OutWidth - pixel) * Channels * sizeof(float);
        for (; row < Math.Min(outputs * ((int)rowOfImage + 1), OutHeight); row++)
            stretches[count++] = new AheadStretch(Y + ((((((nint)image * OutHeight) + row) * OutWidth) + pixel) * Channels), length);
        return stretches[..count];
    }

    /// <summary>Transforms a piece of a row of tiles back into its outputs.</summary>
    /// <param name="tileRow">Which row of tiles, of all.</param>
    /// <param name="firstTile">The piece's first tile in the row.</param>
    /// <param name="blockTiles">Tiles between the products' points.</param>
    /// <param name="place">The piece's place among them.</param>
    /// <param name="tiles">How many tiles the piece has.</param>
    /// <param name="panel">Which panel of channels.</param>
    /// <param name="workspace">The products [36][tiles][width].</param>
    /// <param name="block"><see cref="WinogradConv.BlockSize"/> floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Row(long tileRow, int firstTile, int blockTiles, int place, int tiles, int panel, float* workspace, float* block)
    {
        (int kernel, int panelOfKernel) = Math.DivRem(panel, Conv.Kernel.Count);
        int channel = panelOfKernel * TileRows.MaxWidth, row = Conv.Outputs * (int)(tileRow % TileRowsOfPhase), pixel = Conv.Outputs * firstTile;
        (int h, int w) = (Dilation.H * Stride, Dilation.W * Stride);
        (long index, long phaseColumn) = Math.DivRem(tileRow / TileRowsOfPhase, Dilation.W);
        (long image, long phaseRow) = Math.DivRem(index, Dilation.H);
        if (Stride > 1)
            phaseRow = kernel;
        else
            channel += kernel * Conv.Kernel.Columns;
        int rows = Math.Min(Conv.Outputs, Count(OutHeight, (int)phaseRow, h) - row);
        int pixels = Math.Min(Conv.Outputs * tiles, Count(OutWidth, (int)phaseColumn, w) - pixel);
        if (rows <= 0 || pixels <= 0)
            return;
        float* line = Y + ((((nint)image * OutHeight) + (nint)phaseRow + (row * h)) * OutWidth * Channels);
        nint first = ((nint)phaseColumn + (pixel * w)) * Channels, end = (nint)OutWidth * Channels;
        float* y = line + first + channel;
        nint rowStride = (nint)OutWidth * Channels * h, pixelStride = (nint)Channels * w;
        nint blockStride = Conv.Outputs * tiles * (nint)TileRows.MaxWidth;
        _ = Conv.Kernel.Panel(panelOfKernel, out int columns, out int width);

        // Of two pixels that count as one, the second may be beyond the edge.
        bool inside = first + channel + ((pixels - 1) * pixelStride) + columns <= end;
        if (columns == width && rows == Conv.Outputs && pixels == Conv.Outputs * tiles && inside)
        {
            Conv.Back(blockTiles, place, tiles, panel, workspace, y, rowStride, pixelStride);
        }
        else
        {
            // Tiles beyond the edge, or a panel that is not full: whole tiles to the block, and from there the part that exists.
            Conv.Back(blockTiles, place, tiles, panel, workspace, block, blockStride, TileRows.MaxWidth);
            int whole = inside ? pixels : pixels - 1;
            Copy(block, blockStride, y, rowStride, pixelStride, rows, whole, columns);
            if (!inside)
            {
                nint last = whole * pixelStride;
                Copy(block + (whole * (nint)TileRows.MaxWidth), blockStride, y + last, rowStride, pixelStride, rows, 1, (int)Math.Max(end - first - channel - last, 0));
            }
        }

        if (Bias is null && !Relu)
            return;
        for (int i = 0; i < rows; i++)
            Epilogue.BiasRelu(y + (i * rowStride), pixelStride, pixels, columns, Bias is null ? null : Bias + channel, Relu);
    }

    // Positions of a phase along an axis.
    private static int Count(int length, int phase, int dilation) => (length - phase + dilation - 1) / dilation;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(float* source, nint sourceStride, float* y, nint rowStride, nint pixelStride, int rows, int pixels, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            float* from = source + (i * sourceStride), target = y + (i * rowStride);
            for (int j = 0; j < pixels; j++, from += TileRows.MaxWidth, target += pixelStride)
                new ReadOnlySpan<float>(from, columns).CopyTo(new Span<float>(target, columns));
        }
    }
}

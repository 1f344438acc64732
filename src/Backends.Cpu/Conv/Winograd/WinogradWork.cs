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

    /// <summary>Whether to apply ReLU.</summary>
    public bool Relu;

    /// <summary>What the shards work in, <see cref="WorkspaceSize"/> floats.</summary>
    public float* Workspaces;

    /// <summary>Floats that all shards together work in.</summary>
    public readonly long WorkspaceSize => Shards * (Conv.WorkspaceSize + WinogradConv.BlockSize);

    /// <summary>How many ranges there are.</summary>
    public readonly int Shards => (int)Math.Min(MaxShards, (TileRowCount + RowsOfBlock - 1) / RowsOfBlock);

    private readonly int Channels => Conv.Kernel.Columns;

    private readonly long TileRowCount => (long)Batch * WinogradConv.Tiles(OutHeight);

    // Several rows of a small picture make a block: the kernel's way through the cache is the same for all its tiles.
    private readonly int RowsOfBlock => Math.Max(1, WinogradConv.MaxTiles / WinogradConv.Tiles(OutWidth));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        float* block = Workspaces + (shard * (Conv.WorkspaceSize + WinogradConv.BlockSize)), workspace = block + WinogradConv.BlockSize;
        int tilesOfRow = WinogradConv.Tiles(OutWidth), pieces = (tilesOfRow + WinogradConv.MaxTiles - 1) / WinogradConv.MaxTiles;
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

    private readonly void Block(long firstRow, int rows, int firstTile, int tiles, float* workspace, float* block)
    {
        int tileRows = WinogradConv.Tiles(OutHeight);
        for (int i = 0; i < rows; i++)
            Conv.Transform((int)((firstRow + i) / tileRows), (int)((firstRow + i) % tileRows), firstTile, tiles, i * tiles, workspace);
        for (int panel = 0; panel < Conv.Kernel.Count; panel++)
        {
            Conv.Multiply(rows * tiles, panel, workspace);
            for (int i = 0; i < rows; i++)
                Row(firstRow + i, firstTile, rows * tiles, i * tiles, tiles, panel, workspace, block);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Row(long tileRow, int firstTile, int blockTiles, int place, int tiles, int panel, float* workspace, float* block)
    {
        int tileRows = WinogradConv.Tiles(OutHeight), channel = panel * TileRows.MaxWidth;
        int row = WinogradTransform.Outputs * (int)(tileRow % tileRows), pixel = WinogradTransform.Outputs * firstTile;
        int rows = Math.Min(WinogradTransform.Outputs, OutHeight - row), pixels = Math.Min(WinogradTransform.Outputs * tiles, OutWidth - pixel);
        float* y = Y + (((((nint)(tileRow / tileRows) * OutHeight) + row) * OutWidth) + pixel) * Channels + channel;
        nint rowStride = (nint)OutWidth * Channels, blockStride = WinogradTransform.Outputs * tiles * (nint)TileRows.MaxWidth;
        _ = Conv.Kernel.Panel(panel, out int columns, out int width);
        if (columns == width && rows == WinogradTransform.Outputs && pixels == WinogradTransform.Outputs * tiles)
        {
            Conv.Back(blockTiles, place, tiles, panel, workspace, y, rowStride, Channels);
        }
        else
        {
            // Tiles beyond the edge, or a panel that is not full: whole tiles to the block, and from there the part that exists.
            Conv.Back(blockTiles, place, tiles, panel, workspace, block, blockStride, TileRows.MaxWidth);
            Copy(block, blockStride, y, rowStride, rows, pixels, columns);
        }

        if (Bias is null && !Relu)
            return;
        for (int i = 0; i < rows; i++)
            Epilogue.BiasRelu(y + (i * rowStride), Channels, pixels, columns, Bias is null ? null : Bias + channel, Relu);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Copy(float* source, nint sourceStride, float* y, nint rowStride, int rows, int pixels, int columns)
    {
        for (int i = 0; i < rows; i++)
        {
            float* from = source + (i * sourceStride), target = y + (i * rowStride);
            for (int j = 0; j < pixels; j++, from += TileRows.MaxWidth, target += Channels)
                new ReadOnlySpan<float>(from, columns).CopyTo(new Span<float>(target, columns));
        }
    }
}

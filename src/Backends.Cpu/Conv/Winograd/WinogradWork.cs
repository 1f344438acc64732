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
    public readonly int Shards => Math.Min(MaxShards, Batch * WinogradConv.Tiles(OutHeight));

    private readonly int Channels => Conv.Kernel.Columns;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        float* block = Workspaces + (shard * (Conv.WorkspaceSize + WinogradConv.BlockSize)), workspace = block + WinogradConv.BlockSize;
        int tileRows = WinogradConv.Tiles(OutHeight), tilesOfRow = WinogradConv.Tiles(OutWidth);
        int blocks = (tilesOfRow + WinogradConv.MaxTiles - 1) / WinogradConv.MaxTiles;
        long rows = (long)Batch * tileRows;
        for (long row = rows * shard / Shards; row < rows * (shard + 1) / Shards; row++)
        {
            (long image, long tileRow) = Math.DivRem(row, tileRows);
            for (int i = 0; i < blocks; i++)
            {
                int first = tilesOfRow * i / blocks, tiles = (tilesOfRow * (i + 1) / blocks) - first;
                Conv.Transform((int)image, (int)tileRow, first, tiles, workspace);
                for (int panel = 0; panel < Conv.Kernel.Count; panel++)
                    Panel((int)image, (int)tileRow, first, tiles, panel, workspace, block);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Panel(int image, int tileRow, int firstTile, int tiles, int panel, float* workspace, float* block)
    {
        int channel = panel * TileRows.MaxWidth, row = WinogradTransform.Outputs * tileRow, pixel = WinogradTransform.Outputs * firstTile;
        int rows = Math.Min(WinogradTransform.Outputs, OutHeight - row), pixels = Math.Min(WinogradTransform.Outputs * tiles, OutWidth - pixel);
        float* y = Y + ((((((nint)image * OutHeight) + row) * OutWidth) + pixel) * Channels) + channel;
        nint rowStride = (nint)OutWidth * Channels;
        _ = Conv.Kernel.Panel(panel, out int columns, out int width);
        if (columns == width && rows == WinogradTransform.Outputs && pixels == WinogradTransform.Outputs * tiles)
            Conv.Multiply(tiles, panel, workspace, y, rowStride, Channels);
        else
            Cut(tiles, panel, workspace, block, y, rows, pixels, columns);
        if (Bias is null && !Relu)
            return;
        for (int i = 0; i < rows; i++)
            Epilogue.BiasRelu(y + (i * rowStride), Channels, pixels, columns, Bias is null ? null : Bias + channel, Relu);
    }

    // Tiles beyond the edge, or a panel that is not full: whole tiles to the block, and from there the part that exists.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Cut(int tiles, int panel, float* workspace, float* block, float* y, int rows, int pixels, int columns)
    {
        nint blockStride = WinogradTransform.Outputs * tiles * (nint)TileRows.MaxWidth;
        Conv.Multiply(tiles, panel, workspace, block, blockStride, TileRows.MaxWidth);
        for (int i = 0; i < rows; i++)
        {
            float* source = block + (i * blockStride), target = y + (i * (nint)OutWidth * Channels);
            for (int j = 0; j < pixels; j++, source += TileRows.MaxWidth, target += Channels)
                new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(target, columns));
        }
    }
}

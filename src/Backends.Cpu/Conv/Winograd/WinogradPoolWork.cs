using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Convolution by <see cref="WinogradConv"/>, bias, ReLU and 2 x 2 max-pooling in one pass: each tile is four whole windows. A
/// shard is a range of rows of tiles over the batch.
/// </summary>
internal unsafe struct WinogradPoolWork(WinogradConv conv, Pool2DGeometry pool, PoolBlock epilogue) : IShardedWork
{
    private const int MaxShards = 32;

    /// <summary>What the shards work in, <see cref="WorkspaceSize"/> floats each.</summary>
    public Workspaces Workspaces;

    /// <summary>How many ranges there are.</summary>
    public readonly int Shards => Math.Min(MaxShards, pool.Batch * TileRowCount);

    /// <summary>Floats that a thread works in.</summary>
    public readonly nint WorkspaceSize => conv.WorkspaceSize + WinogradConv.BlockSize;

    private readonly int TileRowCount => (pool.OutHeight + 1) / 2;

    private readonly int TileCount => (pool.OutWidth + 1) / 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        float* block = Workspaces.Mine, workspace = block + WinogradConv.BlockSize;
        long rows = (long)pool.Batch * TileRowCount;
        int blocks = (TileCount + WinogradConv.MaxTiles - 1) / WinogradConv.MaxTiles;
        for (long row = rows * shard / Shards; row < rows * (shard + 1) / Shards; row++)
        {
            (long image, long tileRow) = Math.DivRem(row, TileRowCount);
            for (int i = 0; i < blocks; i++)
            {
                int first = TileCount * i / blocks, tiles = (TileCount * (i + 1) / blocks) - first;
                conv.Transform((int)image, (int)tileRow, first, tiles, place: 0, workspace);
                for (int panel = 0; panel < conv.Kernel.Count; panel++)
                    Panel((int)image, (int)tileRow, first, tiles, panel, workspace, block);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Panel(int image, int tileRow, int firstTile, int tiles, int panel, float* workspace, float* block)
    {
        nint rowStride = WinogradTransform.Outputs * tiles * (nint)TileRows.MaxWidth;
        _ = conv.Kernel.Panel(panel, out int columns, out _);
        int pixels = Math.Min(2 * tiles, pool.OutWidth - (2 * firstTile)), rows = Math.Min(2, pool.OutHeight - (2 * tileRow));
        nint pixel = ((((nint)image * pool.OutHeight) + (2 * tileRow)) * pool.OutWidth) + (2 * firstTile), below = pixel + pool.OutWidth;

        // While the first channels are multiplied: what the next row of tiles reads, and the lines that this one writes.
        ReadOnlySpan<AheadStretch> ahead = panel > 0 ? [] :
        [
            conv.Rows.Next(image, tileRow, firstTile, tiles, TileCount),
            epilogue.Outputs(pixel, pixels),
            epilogue.Positions(pixel, pixels),
            epilogue.Outputs(below, rows > 1 ? pixels : 0),
            epilogue.Positions(below, rows > 1 ? pixels : 0),
        ];
        conv.Multiply(tiles, panel, workspace, ahead);
        conv.Back(tiles, place: 0, tiles, panel, workspace, block, rowStride, TileRows.MaxWidth);
        epilogue.Run(block, rowStride, pixels, columns, panel * TileRows.MaxWidth, pixel);
        if (rows > 1)
            epilogue.Run(block + (2 * rowStride), rowStride, pixels, columns, panel * TileRows.MaxWidth, below);
    }
}

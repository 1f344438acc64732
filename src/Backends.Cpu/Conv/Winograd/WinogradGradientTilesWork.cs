using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Transforms some rows of tiles of the input and of the output's gradient. A shard is a range of them.</summary>
/// <param name="gradient">What is computed.</param>
/// <param name="firstRow">The first row of tiles, all pictures' counted.</param>
/// <param name="rows">How many.</param>
/// <param name="workspaces">What the shards work in, <see cref="WorkspaceSize"/> floats each.</param>
internal readonly unsafe struct WinogradGradientTilesWork(WinogradGradient gradient, int firstRow, int rows, Workspaces workspaces) : IShardedWork
{
    private const int MaxShards = 32;

    /// <summary>How many ranges there are.</summary>
    public int Shards => Math.Min(MaxShards, rows);

    /// <summary>Floats that a thread works in.</summary>
    public static nint WorkspaceSize(in WinogradGradient gradient) => Math.Max(gradient.Input.RowsSize, gradient.Taps.WorkspaceSize);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* workspace = workspaces.Mine;
        int tilesOfRow = gradient.TilesOfRow, pieces = (tilesOfRow + WinogradConv.MaxTiles - 1) / WinogradConv.MaxTiles;
        nint tiles = gradient.TilesOfRun, inputStride = gradient.InputStride, tapStride = gradient.TapStride;
        int end = (int)((long)rows * (shard + 1) / Shards);
        for (int row = (int)((long)rows * shard / Shards); row < end; row++)
        {
            (int image, int tileRow) = Math.DivRem(firstRow + row, gradient.TileRows);
            for (int piece = 0; piece < pieces; piece++)
            {
                int first = tilesOfRow * piece / pieces, count = (tilesOfRow * (piece + 1) / pieces) - first;
                nint place = ((nint)row * tilesOfRow) + first;
                gradient.Input.Transform(image, tileRow, first, count, workspace, gradient.InputPoints + (place * inputStride), inputStride, tiles * inputStride);
                gradient.Taps.Transform(image, tileRow, first, count, workspace, gradient.TapPoints + (place * tapStride), tapStride, tiles * tapStride);
            }
        }
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Transforms all tiles of a batch's pictures for <see cref="WinogradPanelWork"/>. A shard is a range of rows of tiles.</summary>
/// <param name="work">The convolution.</param>
/// <param name="points">Receives [36][tiles][channels], see <see cref="PointStride"/> and <see cref="TileStride"/>.</param>
/// <param name="workspaces">What the shards work in, <see cref="WorkspaceSize"/> floats each.</param>
internal readonly unsafe struct WinogradInputWork(WinogradWork work, float* points, Workspaces workspaces) : IShardedWork
{
    private const int MaxShards = 16;

    /// <summary>How many ranges there are.</summary>
    public int Shards => ShardsOf(work);

    /// <summary>Floats that a thread works in.</summary>
    public static nint WorkspaceSize(in WinogradWork work) => work.Conv.RowsSize;

    /// <summary>Floats of the transformed tiles.</summary>
    public static long Size(in WinogradWork work) => WinogradTransform.Area * PointStride(work);

    /// <summary>Floats between points.</summary>
    public static long PointStride(in WinogradWork work) => work.TileRowCount * work.TilesOfRow * TileStride(work);

    /// <summary>Floats between tiles: a line more than channels, because lines at powers of two from each other share few places in L1.</summary>
    public static nint TileStride(in WinogradWork work) => work.Conv.Channels + 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* rows = workspaces.Mine;
        int tilesOfRow = work.TilesOfRow, pieces = work.PiecesOfRow;
        long count = work.TileRowCount, end = count * (shard + 1) / Shards;
        for (long row = count * shard / Shards; row < end; row++)
        {
            (long image, long tileRow) = Math.DivRem(row, work.TileRowsOfPhase);
            for (int i = 0; i < pieces; i++)
            {
                int first = tilesOfRow * i / pieces, tiles = (tilesOfRow * (i + 1) / pieces) - first;
                float* target = points + (((nint)(row * tilesOfRow) + first) * TileStride(work));
                work.Conv.Transform((int)image, (int)tileRow, first, tiles, rows, target, TileStride(work), (nint)PointStride(work));
            }
        }
    }

    private static int ShardsOf(in WinogradWork work) => (int)Math.Min(MaxShards, work.TileRowCount);
}

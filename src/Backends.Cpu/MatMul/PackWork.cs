using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Packs a stack of matrices, cut along the panels and along the rows.</summary>
internal readonly unsafe struct PackWork(PackedPanels panels, int matrices, float* source, nint matrixStride, nint rowStride, nint columnStride)
    : IShardedWork
{
    // 256 rows of a 32 column panel are 32 KiB.
    private const int RowsOfShard = 256;

    /// <summary>How many shards the packing has.</summary>
    public int Shards => matrices * panels.Count * RowBlocks;

    private int RowBlocks => (panels.Rows + RowsOfShard - 1) / RowsOfShard;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int panel, int block) = Math.DivRem(shard, RowBlocks);
        (int matrix, panel) = Math.DivRem(panel, panels.Count);
        int first = block * RowsOfShard;
        var target = new PackedPanels(panels.Data + (matrix * PackedPanels.Size(panels.Rows, panels.Columns)), panels.Rows, panels.Columns);
        target.Pack(panel, first, Math.Min(RowsOfShard, panels.Rows - first), source + (matrix * matrixStride), rowStride, columnStride);
    }
}

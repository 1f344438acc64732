namespace Numerics.Backends.Cpu;

/// <summary>How batch normalisation cuts [rows, channels] into blocks of rows that stay in the L2 cache.</summary>
/// <param name="Rows">All rows.</param>
/// <param name="Channels">The channels.</param>
internal readonly record struct RowBlocks(int Rows, int Channels)
{
    private const int BlockSize = 32 * 1024;

    /// <summary>How many blocks there are.</summary>
    public int Count => Shards.Count(Rows, RowsOfBlock);

    private int RowsOfBlock => Math.Max(1, BlockSize / Channels);

    /// <summary>The first row of a block and how many it has.</summary>
    public (nint First, int Count) this[int block]
    {
        get
        {
            (nint first, nint end) = Shards.Range(Rows, block, RowsOfBlock);
            return (first, (int)(end - first));
        }
    }
}

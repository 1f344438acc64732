using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Rows, each computed on its own.</summary>
internal readonly unsafe struct RowWork<TKernel>(float* a, float* b, float* y, int rows, int n) : IShardedWork
    where TKernel : IRowKernel
{
    private readonly int _rowsOfShard = Shards.RowsOf(n);

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(rows, _rowsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint row, nint end) = Shards.Range(rows, shard, _rowsOfShard);
        for (; row < end; row++)
            TKernel.Run(a + (row * n), b + (row * n), y + (row * n), n);
    }
}

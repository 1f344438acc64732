using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Rows of zeros with a one at each row's index, where it is in range.</summary>
internal readonly unsafe struct OneHotWork(int* indices, float* y, int rows, int depth) : IShardedWork
{
    private readonly int _rowsOfShard = Shards.RowsOf(depth);

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(rows, _rowsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint row, nint end) = Shards.Range(rows, shard, _rowsOfShard);
        for (; row < end; row++)
        {
            float* target = y + (row * depth);
            new Span<float>(target, depth).Clear();
            if ((uint)indices[row] < (uint)depth)
                target[indices[row]] = 1;
        }
    }
}

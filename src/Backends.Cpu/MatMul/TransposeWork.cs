using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Transposes a matrix; a shard is 64 rows of the result.</summary>
internal readonly unsafe struct TransposeWork(float* source, int rows, int columns, float* target) : IShardedWork
{
    private const int RowsOfShard = 64;

    /// <summary>How many shards there are.</summary>
    public int Shards => (columns + RowsOfShard - 1) / RowsOfShard;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        int first = shard * RowsOfShard;
        Transposition.Run(source + first, columns, 1, rows, Math.Min(RowsOfShard, columns - first), target + ((nint)first * rows), rows);
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Reduces partial results [outer, blocks, inner] in the order of the blocks, in double precision.</summary>
internal readonly unsafe struct CombineWork<TReduction>(float* partial, float* y, int outer, int blocks, int inner) : IShardedWork
    where TReduction : unmanaged, IReduction
{
    private readonly int _columnsOfShard = Shards.RowsOf(blocks);

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(outer * inner, _columnsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint i, nint end) = Shards.Range(outer * inner, shard, _columnsOfShard);
        for (; i < end; i++)
        {
            (nint part, nint column) = (i / inner, i % inner);
            float* from = partial + (part * blocks * inner) + column;
            double sum = *from;
            for (int block = 1; block < blocks; block++)
                sum = TReduction.Combine(sum, from[(nint)block * inner]);
            y[i] = (float)sum;
        }
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Copies the runs of bytes that a list of positions names, for each of several outer parts.</summary>
internal readonly unsafe struct GatherWork(byte* source, int* positions, byte* target, int n, int picked, int outer, long run) : IShardedWork
{
    private readonly int _rowsOfShard = Shards.RowsOf((int)Math.Min(run / sizeof(float), Shards.Size));

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(outer * picked, _rowsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint row, nint end) = Shards.Range(outer * picked, shard, _rowsOfShard);
        for (; row < end; row++)
        {
            (int part, int i) = Math.DivRem((int)row, picked);
            byte* from = source + ((((long)part * n) + positions[i]) * run), to = target + ((long)row * run);
            if (run == sizeof(float))
                *(int*)to = *(int*)from;
            else
                Buffer.MemoryCopy(from, to, run, run);
        }
    }
}

namespace Numerics.Backends.Cpu;

/// <summary>
/// Work cut into shards that can run in any order, on any thread. How many shards there are, and what each one does, depends on
/// the problem alone, never on the number of threads: that is what keeps results the same bit for bit.
/// </summary>
internal interface IShardedWork
{
    /// <summary>Does one shard.</summary>
    /// <param name="shard">0..shards-1.</param>
    void Run(int shard);
}

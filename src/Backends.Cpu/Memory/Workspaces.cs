namespace Numerics.Backends.Cpu;

/// <summary>
/// Memory that the shards of a job work in and leave to the next one: a piece for each thread, not for each shard, so that it stays in that
/// thread's own caches, however few rows a shard has. What a shard finds there is left over from another.
/// </summary>
internal readonly unsafe struct Workspaces(float* first, nint size)
{
    /// <summary>The piece of the thread that asks, at a cache line.</summary>
    public float* Mine => first + (ThreadTeam.Current * size);
}

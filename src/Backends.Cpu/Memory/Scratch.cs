namespace Numerics.Backends.Cpu;

/// <summary>Working memory of one kernel call, from the pool and back to it at the end of the call.</summary>
internal readonly unsafe ref struct Scratch
{
    private readonly CpuBuffer _buffer;
    private readonly nint _ofThread;

    public Scratch(CpuMemory memory, long floats) => _buffer = memory.Rent(floats * sizeof(float));

    /// <summary>A piece of so many floats for each thread of a team.</summary>
    public Scratch(CpuMemory memory, ThreadTeam team, nint floats)
        : this(memory, team.Threads * (long)floats) => _ofThread = floats;

    /// <summary>The pieces of the threads.</summary>
    public Workspaces Workspaces => new(Pointer, _ofThread);

    /// <summary>The first float; the content is not set.</summary>
    public float* Pointer => (float*)_buffer.Pointer;

    public void Dispose() => _buffer.Release();
}

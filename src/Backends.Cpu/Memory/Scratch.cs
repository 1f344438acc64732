namespace Numerics.Backends.Cpu;

/// <summary>Working memory of one kernel call, from the pool and back to it at the end of the call.</summary>
internal readonly unsafe ref struct Scratch
{
    private readonly CpuBuffer _buffer;

    public Scratch(CpuMemory memory, long floats) => _buffer = memory.Rent(floats * sizeof(float));

    /// <summary>The first float; the content is not set.</summary>
    public float* Pointer => (float*)_buffer.Pointer;

    public void Dispose() => _buffer.Release();
}

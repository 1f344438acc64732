namespace Numerics.CudaSimulator.Memory;

/// <summary>A piece of simulated memory between guard zones.</summary>
public sealed unsafe class DeviceAllocation
{
    internal DeviceAllocation(ulong start, long length, byte* host)
    {
        (Start, Length) = (start, length);
        Host = host;
    }

    /// <summary>The address that the program sees.</summary>
    public ulong Start { get; }

    /// <summary>The size in bytes.</summary>
    public long Length { get; }

    internal byte* Host { get; }

    internal bool IsFreed { get; set; }

    internal bool Holds(ulong address, long bytes) => address >= Start && address - Start <= (ulong)Length && (ulong)bytes <= (ulong)Length - (address - Start);

    internal byte* At(ulong address) => Host + (address - Start);
}

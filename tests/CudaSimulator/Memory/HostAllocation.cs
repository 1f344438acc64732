using System.Runtime.InteropServices;

namespace Numerics.CudaSimulator.Memory;

/// <summary>A piece of page-locked host memory.</summary>
internal sealed unsafe class HostAllocation
{
    public HostAllocation(long length)
    {
        Length = length;
        Start = (nint)NativeMemory.AlignedAlloc((nuint)length, 64);
        NativeMemory.Fill((void*)Start, (nuint)length, 0xFD);
    }

    public nint Start { get; }

    public long Length { get; }

    public bool Holds(nint address, long bytes) => address >= Start && address - Start <= Length - bytes;

    public void Free() => NativeMemory.AlignedFree((void*)Start);
}

using System.Runtime.InteropServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Memory in pages of 2 MiB, where the operating system has them for who asks: Linux in its usual setting. Kernels walk through
/// tensors of many megabytes, and with pages of 4 KiB they wait for addresses to be translated, in a virtual machine for long.
/// </summary>
internal static unsafe partial class HugePages
{
    private const nuint Size = 2 << 20;

    // A block of a few pages would leave much of its last one unused.
    private const nuint SmallestBlock = 2 * Size;

    // MADV_HUGEPAGE, the same number on all architectures that .NET runs on.
    private const int UseHugePages = 14;

    /// <summary>Allocates memory; <see cref="NativeMemory.AlignedFree"/> frees it.</summary>
    /// <param name="byteLength">How much.</param>
    /// <param name="alignment">The least alignment, a power of two.</param>
    public static void* Allocate(nuint byteLength, nuint alignment)
    {
        if (byteLength < SmallestBlock || !OperatingSystem.IsLinux())
            return NativeMemory.AlignedAlloc(byteLength, alignment);
        void* block = NativeMemory.AlignedAlloc(byteLength, Size);

        // A kernel without them refuses; the block is as good in small pages.
        _ = Advise(block, byteLength, UseHugePages);
        return block;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}

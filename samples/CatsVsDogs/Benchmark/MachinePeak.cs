using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Numerics.Samples.CatsVsDogs.Benchmark;

/// <summary>What the machine can do at most, measured: the yardstick for everything else.</summary>
internal static class MachinePeak
{
    // Long enough that starting threads does not count, short enough that some try runs undisturbed by other programs.
    private const long FlopsPerTry = 200_000_000;
    private const int FmaTries = 250;

    // Far beyond what a core's share of the last-level cache holds.
    private const int BytesPerThread = 128 << 20;
    private const int MemoryTries = 10;

    /// <summary>The widest vectors of this machine, in bits.</summary>
    public static int WidestBits => FmaLoop.Supports(512) ? 512 : FmaLoop.Supports(256) ? 256 : 128;

    /// <summary>The peak in GFLOP/s: at the widest vectors, or at 256 bits where these run faster.</summary>
    /// <param name="threads">How many threads compute.</param>
    public static double FmaGflops(int threads)
    {
        double peak = 0;
        for (int bits = WidestBits; bits >= Math.Min(256, WidestBits); bits /= 2)
            peak = Math.Max(peak, FmaGflops(threads, bits));
        return peak;
    }

    /// <summary>Fused multiply-adds on registers, in GFLOP/s.</summary>
    /// <param name="threads">How many threads compute.</param>
    /// <param name="bits">The width of a vector, one that the machine has.</param>
    public static double FmaGflops(int threads, int bits)
    {
        long[] flops = new long[threads];
        double seconds = TeamTiming.Fastest(threads, FmaTries, number => flops[number] = FmaLoop.Run(bits, FlopsPerTry));
        return flops.Sum() / seconds / 1e9;
    }

    /// <summary>Reading memory that no cache holds, in GB/s.</summary>
    /// <param name="threads">How many threads read, each 128 MiB of its own.</param>
    public static double ReadGigabytes(int threads)
    {
        float[][] memory = Allocate(threads, BytesPerThread);
        float[] sums = new float[threads];
        double seconds = TeamTiming.Fastest(threads, MemoryTries, number => sums[number] = Sum(memory[number]));
        return (double)BytesPerThread * threads / seconds / 1e9;
    }

    /// <summary>Copying memory that no cache holds, in GB/s; a byte copied counts twice, as read and as written.</summary>
    /// <param name="threads">How many threads copy, each 64 MiB of its own.</param>
    public static double CopyGigabytes(int threads)
    {
        float[][] from = Allocate(threads, BytesPerThread / 2), to = Allocate(threads, BytesPerThread / 2);
        double seconds = TeamTiming.Fastest(threads, MemoryTries, number => from[number].CopyTo(to[number], 0));
        return (double)BytesPerThread * threads / seconds / 1e9;
    }

    private static float[][] Allocate(int threads, int bytes)
    {
        var memory = new float[threads][];
        for (int i = 0; i < threads; i++)
        {
            // Written once, so that the operating system backs every page with memory of its own.
            memory[i] = GC.AllocateUninitializedArray<float>(bytes / sizeof(float));
            memory[i].AsSpan().Fill(i);
        }

        return memory;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(float[] values)
    {
        ref float first = ref MemoryMarshal.GetArrayDataReference(values);
        nuint lanes = (nuint)Vector256<float>.Count;
        Vector256<float> a = Vector256<float>.Zero, b = a, c = a, d = a;
        for (nuint i = 0; i < (nuint)values.Length; i += 4 * lanes)
        {
            a += Vector256.LoadUnsafe(ref first, i);
            b += Vector256.LoadUnsafe(ref first, i + lanes);
            c += Vector256.LoadUnsafe(ref first, i + (2 * lanes));
            d += Vector256.LoadUnsafe(ref first, i + (3 * lanes));
        }

        return Vector256.Sum(a + b + c + d);
    }
}

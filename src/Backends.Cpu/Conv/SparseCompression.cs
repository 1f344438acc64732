using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Lists the channels of a pooled pixel by their place in the window, eight at a time: each becomes one 64-bit
/// <see cref="SparseEntry"/>, and those of a place are moved together by one instruction. No branch depends on the data.
/// </summary>
internal static unsafe class SparseCompression
{
    /// <summary>Channels in a step. Every list needs so much room behind its last entry: vectors are written whole.</summary>
    public const int Step = 8;

    /// <summary>Whether machine and channel count allow it.</summary>
    public static bool Fits(int channels) => Simd.Level == SimdLevel.Avx512 && Avx512F.IsSupported && channels % Step == 0;

    /// <summary>Makes the four lists.</summary>
    /// <param name="values">The pixel's gradient; zeros are left out.</param>
    /// <param name="at">The place of each channel, 0 to 3.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="patch">Floats between the channels' kernels, which the offsets count.</param>
    /// <param name="lists">The first list.</param>
    /// <param name="capacity">Entries between the lists' starts.</param>
    /// <param name="lengths">Receives the entries of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(float* values, byte* at, int channels, int patch, SparseEntry* lists, int capacity, int* lengths)
    {
        SparseEntry* end0 = lists, end1 = end0 + capacity, end2 = end1 + capacity, end3 = end2 + capacity;
        Vector512<long> offsets = Vector512.Create(0L, 1, 2, 3, 4, 5, 6, 7) * patch, step = Vector512.Create((long)Step * patch);
        for (int channel = 0; channel < channels; channel += Step, offsets += step)
        {
            Vector512<long> bits = Avx512F.ConvertToVector512Int64(Vector256.Load((int*)values + channel)) << 32;
            Vector512<long> entries = bits | offsets;

            // The place, or one that no list has where the gradient is 0 of either sign.
            Vector512<long> place = Avx512F.ConvertToVector512Int64(Vector128.CreateScalarUnsafe(*(long*)(at + channel)).AsByte()) & Vector512.Create(3L);
            place |= Vector512.Equals(bits << 1, Vector512<long>.Zero);
            end0 = Append(end0, entries, Vector512.Equals(place, Vector512<long>.Zero));
            end1 = Append(end1, entries, Vector512.Equals(place, Vector512.Create(1L)));
            end2 = Append(end2, entries, Vector512.Equals(place, Vector512.Create(2L)));
            end3 = Append(end3, entries, Vector512.Equals(place, Vector512.Create(3L)));
        }

        lengths[0] = (int)(end0 - lists);
        lengths[1] = (int)(end1 - lists) - capacity;
        lengths[2] = (int)(end2 - lists) - (2 * capacity);
        lengths[3] = (int)(end3 - lists) - (3 * capacity);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SparseEntry* Append(SparseEntry* end, Vector512<long> entries, Vector512<long> mask)
    {
        Avx512F.Compress(Vector512<long>.Zero, mask, entries).Store((long*)end);
        return end + BitOperations.PopCount(mask.ExtractMostSignificantBits());
    }
}

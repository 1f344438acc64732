using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary><see cref="SparseCompression"/> with vectors of eight entries; those of a list are moved together by one instruction.</summary>
internal static unsafe class SparseCompression512
{
    private const int Step = SparseCompression.Step;

    /// <inheritdoc cref="SparseCompression.Gather"/>
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

    /// <inheritdoc cref="SparseCompression.GatherRow"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GatherRow(
        float* values, byte* at, int pixels, nint channels, int start, int right, int below, SparseEntry* lists, int capacity, int* lengths)
    {
        Vector512<long> places = Vector512.Create(start, start + right, start + below, start + below + right, 0L, 0, 0, 0);
        SparseEntry* end0 = lists + lengths[0], end1 = lists + capacity + lengths[1];
        SparseEntry* end2 = lists + (2 * capacity) + lengths[2], end3 = lists + (3 * capacity) + lengths[3];
        SparseEntry* end4 = lists + (4 * capacity) + lengths[4], end5 = lists + (5 * capacity) + lengths[5];
        SparseEntry* end6 = lists + (6 * capacity) + lengths[6], end7 = lists + (7 * capacity) + lengths[7];
        Vector512<long> next = Vector512.Create(2L * right), none = Vector512<long>.Zero;
        for (int left = pixels; left > 0; left -= Step, values += Step * channels, at += Step * channels)
        {
            // Pixels beyond the last one have no gradient.
            Vector512<long> r0 = Entries(values, at, places);
            Vector512<long> r1 = left > 1 ? Entries(values + channels, at + channels, places += next) : none;
            Vector512<long> r2 = left > 2 ? Entries(values + (2 * channels), at + (2 * channels), places += next) : none;
            Vector512<long> r3 = left > 3 ? Entries(values + (3 * channels), at + (3 * channels), places += next) : none;
            Vector512<long> r4 = left > 4 ? Entries(values + (4 * channels), at + (4 * channels), places += next) : none;
            Vector512<long> r5 = left > 5 ? Entries(values + (5 * channels), at + (5 * channels), places += next) : none;
            Vector512<long> r6 = left > 6 ? Entries(values + (6 * channels), at + (6 * channels), places += next) : none;
            Vector512<long> r7 = left > 7 ? Entries(values + (7 * channels), at + (7 * channels), places += next) : none;
            places += next;

            // Rows of a pixel's channels become rows of a channel's pixels.
            (Vector512<long> c0, Vector512<long> c2, Vector512<long> c4, Vector512<long> c6) = Turn(
                Avx512F.UnpackLow(r0, r1), Avx512F.UnpackLow(r2, r3), Avx512F.UnpackLow(r4, r5), Avx512F.UnpackLow(r6, r7));
            (Vector512<long> c1, Vector512<long> c3, Vector512<long> c5, Vector512<long> c7) = Turn(
                Avx512F.UnpackHigh(r0, r1), Avx512F.UnpackHigh(r2, r3), Avx512F.UnpackHigh(r4, r5), Avx512F.UnpackHigh(r6, r7));
            end0 = Append(end0, c0, HasValue(c0));
            end1 = Append(end1, c1, HasValue(c1));
            end2 = Append(end2, c2, HasValue(c2));
            end3 = Append(end3, c3, HasValue(c3));
            end4 = Append(end4, c4, HasValue(c4));
            end5 = Append(end5, c5, HasValue(c5));
            end6 = Append(end6, c6, HasValue(c6));
            end7 = Append(end7, c7, HasValue(c7));
        }

        lengths[0] = (int)(end0 - lists);
        lengths[1] = (int)(end1 - lists) - capacity;
        lengths[2] = (int)(end2 - lists) - (2 * capacity);
        lengths[3] = (int)(end3 - lists) - (3 * capacity);
        lengths[4] = (int)(end4 - lists) - (4 * capacity);
        lengths[5] = (int)(end5 - lists) - (5 * capacity);
        lengths[6] = (int)(end6 - lists) - (6 * capacity);
        lengths[7] = (int)(end7 - lists) - (7 * capacity);
    }

    // A pixel's eight channels: the gradient above the offset of the place that won.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Entries(float* values, byte* at, Vector512<long> places)
    {
        Vector512<long> place = Avx512F.ConvertToVector512Int64(Vector128.CreateScalarUnsafe(*(long*)at).AsByte());
        return (Avx512F.ConvertToVector512Int64(Vector256.Load((int*)values)) << 32) | Avx512F.PermuteVar8x64(places, place & Vector512.Create(3L));
    }

    // Whether the gradient is neither 0 nor -0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> HasValue(Vector512<long> entries) =>
        ~Vector512.Equals(entries & Vector512.Create(0x7FFFFFFFL << 32), Vector512<long>.Zero);

    // Every second row of a transposed block, from pairs of its columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<long> A, Vector512<long> B, Vector512<long> C, Vector512<long> D) Turn(
        Vector512<long> t0, Vector512<long> t2, Vector512<long> t4, Vector512<long> t6)
    {
        Vector512<long> u0 = Avx512F.Shuffle4x128(t0, t2, 0x44), u1 = Avx512F.Shuffle4x128(t0, t2, 0xEE);
        Vector512<long> u2 = Avx512F.Shuffle4x128(t4, t6, 0x44), u3 = Avx512F.Shuffle4x128(t4, t6, 0xEE);
        return (Avx512F.Shuffle4x128(u0, u2, 0x88), Avx512F.Shuffle4x128(u0, u2, 0xDD), Avx512F.Shuffle4x128(u1, u3, 0x88), Avx512F.Shuffle4x128(u1, u3, 0xDD));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SparseEntry* Append(SparseEntry* end, Vector512<long> entries, Vector512<long> mask)
    {
        Avx512F.Compress(Vector512<long>.Zero, mask, entries).Store((long*)end);
        return end + BitOperations.PopCount(mask.ExtractMostSignificantBits());
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary><see cref="SparseCompression"/> with vectors of four entries; a table says how those of a list move together.</summary>
internal static unsafe class SparseCompression256
{
    private const int Step = SparseCompression.Step;

    // Entries of a vector.
    private const int Lanes = 4;

    // For each pattern of entries to leave out, the halves of those to keep and then of the others; the lowest byte is the first.
    private static ReadOnlySpan<ulong> Moves =>
    [
        0x0706050403020100, 0x0100070605040302, 0x0302070605040100, 0x0302010007060504,
        0x0504070603020100, 0x0504010007060302, 0x0504030207060100, 0x0504030201000706,
        0x0706050403020100, 0x0706010005040302, 0x0706030205040100, 0x0706030201000504,
        0x0706050403020100, 0x0706050401000302, 0x0706050403020100, 0x0706050403020100,
    ];

    // Constants are in the program's image, which does not move.
    private static ulong* MovesPointer
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (ulong*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Moves));
    }

    /// <inheritdoc cref="SparseCompression.Gather"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(float* values, byte* at, int channels, int patch, SparseEntry* lists, int capacity, int* lengths)
    {
        ulong* moves = MovesPointer;
        SparseEntry* end0 = lists, end1 = end0 + capacity, end2 = end1 + capacity, end3 = end2 + capacity;
        Vector256<long> offsets = Vector256.Create(0L, 1, 2, 3) * patch, step = Vector256.Create((long)Lanes * patch);
        for (int channel = 0; channel < channels; channel += Lanes, offsets += step)
        {
            Vector256<long> bits = Avx2.ConvertToVector256Int64(Vector128.Load((int*)values + channel)) << 32;
            Vector256<long> entries = bits | offsets;

            // The place, or one that no list has where the gradient is 0 of either sign.
            Vector256<long> place = Avx2.ConvertToVector256Int64(Vector128.CreateScalarUnsafe(*(int*)(at + channel)).AsByte()) & Vector256.Create(3L);
            place |= Vector256.Equals(bits << 1, Vector256<long>.Zero);
            end0 = Append(end0, entries, ~Vector256.Equals(place, Vector256<long>.Zero), moves);
            end1 = Append(end1, entries, ~Vector256.Equals(place, Vector256.Create(1L)), moves);
            end2 = Append(end2, entries, ~Vector256.Equals(place, Vector256.Create(2L)), moves);
            end3 = Append(end3, entries, ~Vector256.Equals(place, Vector256.Create(3L)), moves);
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
        ulong* moves = MovesPointer;
        SparseEntry* end0 = lists + lengths[0], end1 = lists + capacity + lengths[1];
        SparseEntry* end2 = lists + (2 * capacity) + lengths[2], end3 = lists + (3 * capacity) + lengths[3];
        SparseEntry* end4 = lists + (4 * capacity) + lengths[4], end5 = lists + (5 * capacity) + lengths[5];
        SparseEntry* end6 = lists + (6 * capacity) + lengths[6], end7 = lists + (7 * capacity) + lengths[7];
        Vector256<int> places = Vector256.Create(start, start + right, start + below, start + below + right, start, start + right, start + below, start + below + right);
        Vector256<int> next = Vector256.Create(2 * right);
        for (int left = pixels; left > 0; left -= Lanes, values += Lanes * channels, at += Lanes * channels)
        {
            // A pixel's channels 0, 1, 4, 5 and 2, 3, 6, 7; pixels beyond the last one have no gradient.
            Vector256<long> a0, a1, a2, a3, b0, b1, b2, b3;
            (a0, b0) = Entries(values, at, places);
            (a1, b1) = left > 1 ? Entries(values + channels, at + channels, places += next) : default;
            (a2, b2) = left > 2 ? Entries(values + (2 * channels), at + (2 * channels), places += next) : default;
            (a3, b3) = left > 3 ? Entries(values + (3 * channels), at + (3 * channels), places += next) : default;
            places += next;

            // Rows of a pixel's channels become rows of a channel's pixels.
            Vector256<long> first = Avx2.UnpackLow(a0, a1), second = Avx2.UnpackLow(a2, a3);
            end0 = Append(end0, Avx2.Permute2x128(first, second, 0x20), moves);
            end4 = Append(end4, Avx2.Permute2x128(first, second, 0x31), moves);
            (first, second) = (Avx2.UnpackHigh(a0, a1), Avx2.UnpackHigh(a2, a3));
            end1 = Append(end1, Avx2.Permute2x128(first, second, 0x20), moves);
            end5 = Append(end5, Avx2.Permute2x128(first, second, 0x31), moves);
            (first, second) = (Avx2.UnpackLow(b0, b1), Avx2.UnpackLow(b2, b3));
            end2 = Append(end2, Avx2.Permute2x128(first, second, 0x20), moves);
            end6 = Append(end6, Avx2.Permute2x128(first, second, 0x31), moves);
            (first, second) = (Avx2.UnpackHigh(b0, b1), Avx2.UnpackHigh(b2, b3));
            end3 = Append(end3, Avx2.Permute2x128(first, second, 0x20), moves);
            end7 = Append(end7, Avx2.Permute2x128(first, second, 0x31), moves);
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

    // A pixel's eight channels: the gradient above the offset of the place that won, its two lowest bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<long> A, Vector256<long> B) Entries(float* values, byte* at, Vector256<int> places)
    {
        Vector256<int> place = Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(*(long*)at).AsByte());
        Vector256<float> offsets = Avx.PermuteVar(places.AsSingle(), place), bits = Vector256.Load(values);
        return (Avx.UnpackLow(offsets, bits).AsInt64(), Avx.UnpackHigh(offsets, bits).AsInt64());
    }

    // Appends those whose gradient is neither 0 nor -0. A comparison's result for a gradient is the entry's highest bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SparseEntry* Append(SparseEntry* end, Vector256<long> entries, ulong* moves) =>
        Append(end, entries, Vector256.Equals(entries.AsSingle(), Vector256<float>.Zero).AsInt64(), moves);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static SparseEntry* Append(SparseEntry* end, Vector256<long> entries, Vector256<long> leftOut, ulong* moves)
    {
        uint pattern = leftOut.ExtractMostSignificantBits();
        Avx2.PermuteVar8x32(entries.AsInt32(), Avx2.ConvertToVector256Int32((byte*)(moves + pattern))).Store((int*)end);
        return end + Lanes - BitOperations.PopCount(pattern);
    }
}

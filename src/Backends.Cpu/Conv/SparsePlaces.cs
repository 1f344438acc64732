using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>Which channels chose which place of a pooling window, as words of bits: once for all slices of the input that read them.</summary>
internal static unsafe class SparsePlaces
{
    /// <summary>Words of a window, one for each place.</summary>
    public const int Words = 4;

    /// <summary>Writes the words of some windows: a bit for each channel that chose the place and has a gradient other than 0 of either sign.</summary>
    /// <param name="values">The first window's gradient.</param>
    /// <param name="at">The place of each, 0 to 3.</param>
    /// <param name="count">How many channels, at most 64.</param>
    /// <param name="stride">Elements between windows in both.</param>
    /// <param name="windows">How many windows.</param>
    /// <param name="words">Receives <see cref="Words"/> for each window.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Find(float* values, byte* at, int count, nint stride, int windows, ulong* words)
    {
        for (; windows > 0; windows--, values += stride, at += stride, words += Words)
        {
            ulong place0 = 0, place1 = 0, place2 = 0, place3 = 0;
            int channel = 0;
            for (; channel <= count - Vector256<float>.Count; channel += Vector256<float>.Count)
            {
                uint zero = Vector256.Equals(Vector256.Load((int*)values + channel) << 1, Vector256<int>.Zero).ExtractMostSignificantBits();
                ulong has = ~zero & 0xFF;
                Vector128<byte> place = Vector128.CreateScalarUnsafe(*(long*)(at + channel)).AsByte() & Vector128.Create((byte)3);
                place0 |= (has & Vector128.Equals(place, Vector128<byte>.Zero).ExtractMostSignificantBits()) << channel;
                place1 |= (has & Vector128.Equals(place, Vector128.Create((byte)1)).ExtractMostSignificantBits()) << channel;
                place2 |= (has & Vector128.Equals(place, Vector128.Create((byte)2)).ExtractMostSignificantBits()) << channel;
                place3 |= (has & Vector128.Equals(place, Vector128.Create((byte)3)).ExtractMostSignificantBits()) << channel;
            }

            words[0] = place0;
            words[1] = place1;
            words[2] = place2;
            words[3] = place3;
            for (; channel < count; channel++)
                words[at[channel] & 3] |= (BitConverter.SingleToUInt32Bits(values[channel]) << 1) != 0 ? 1ul << channel : 0;
        }
    }
}

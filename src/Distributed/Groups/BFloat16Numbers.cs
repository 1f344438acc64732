using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Distributed;

/// <summary>The upper halves of floats, rounded to nearest, ties to even; NaN stays NaN.</summary>
internal static unsafe class BFloat16Numbers
{
    /// <summary>Rounds floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(float* source, ushort* target, long count)
    {
        long i = 0;
        for (; i <= count - 16; i += 16)
        {
            Vector256<uint> low = Round(Vector256.Load((uint*)source + i)), high = Round(Vector256.Load((uint*)source + i + 8));
            Vector256.Narrow(low, high).Store(target + i);
        }

        for (; i < count; i++)
            target[i] = (ushort)Round(Vector256.CreateScalar(BitConverter.SingleToUInt32Bits(source[i])))[0];
    }

    /// <summary>The floats of upper halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* source, float* target, long count)
    {
        long i = 0;
        for (; i <= count - 16; i += 16)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(source + i));
            (low << 16).Store((uint*)target + i);
            (high << 16).Store((uint*)target + i + 8);
        }

        for (; i < count; i++)
            target[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    private static Vector256<uint> Round(Vector256<uint> bits)
    {
        // Half of the last place that stays, and a bit more if that place is odd.
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256.Create(1u))) >> 16;
        Vector256<uint> isNaN = Vector256.GreaterThan(bits & Vector256.Create(0x7FFF_FFFFu), Vector256.Create(0x7F80_0000u));
        return Vector256.ConditionalSelect(isNaN, (bits >> 16) | Vector256.Create(0x40u), rounded);
    }
}

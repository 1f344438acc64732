namespace Numerics.CudaSimulator.Ptx;

// Conversions. Float to integer goes toward zero and saturates; NaN becomes 0. Rounding is to nearest even.
internal readonly struct ToU16 : IUnaryLane
{
    public static ulong Apply(ulong a) => (ushort)a;
}

internal readonly struct ToU32 : IUnaryLane
{
    public static ulong Apply(ulong a) => (uint)a;
}

internal readonly struct ToU8 : IUnaryLane
{
    public static ulong Apply(ulong a) => (byte)a;
}

internal readonly struct S32ToS64 : IUnaryLane
{
    public static ulong Apply(ulong a) => (ulong)(int)a;
}

internal readonly struct S32ToF32 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.SingleToUInt32Bits((int)a);
}

internal readonly struct U32ToF32 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.SingleToUInt32Bits((uint)a);
}

internal readonly struct S32ToF64 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.DoubleToUInt64Bits((int)a);
}

internal readonly struct U32ToF64 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.DoubleToUInt64Bits((uint)a);
}

internal readonly struct F32ToF64 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.DoubleToUInt64Bits(BitConverter.UInt32BitsToSingle((uint)a));
}

internal readonly struct F64ToF32 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.SingleToUInt32Bits((float)BitConverter.UInt64BitsToDouble(a));
}

internal readonly struct F32ToS32 : IUnaryLane
{
    public static ulong Apply(ulong a) => (uint)(int)BitConverter.UInt32BitsToSingle((uint)a);
}

internal readonly struct F64ToS32 : IUnaryLane
{
    public static ulong Apply(ulong a) => (uint)(int)BitConverter.UInt64BitsToDouble(a);
}

internal readonly struct F32ToU32 : IUnaryLane
{
    public static ulong Apply(ulong a) => (uint)BitConverter.UInt32BitsToSingle((uint)a);
}

// To ten bits of mantissa, half away from zero.
internal readonly struct RoundTf32 : IUnaryLane
{
    public static ulong Apply(ulong a) =>
        float.IsNaN(BitConverter.UInt32BitsToSingle((uint)a)) ? 0x7FFFFFFF : (uint)(((uint)a + 0x1000) & 0xFFFFE000);
}

// Two numbers to nearest even: the first operand is the upper half.
internal readonly struct PackBrainFloats : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (Round((uint)a) << 16) | Round((uint)b);

    private static uint Round(uint bits) =>
        float.IsNaN(BitConverter.UInt32BitsToSingle(bits)) ? 0x7FFF : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
}

internal readonly struct RoundF32 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.SingleToUInt32Bits(MathF.Round(BitConverter.UInt32BitsToSingle((uint)a)));
}

internal readonly struct RoundF64 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.DoubleToUInt64Bits(Math.Round(BitConverter.UInt64BitsToDouble(a)));
}

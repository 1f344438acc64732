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

internal readonly struct RoundF32 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.SingleToUInt32Bits(MathF.Round(BitConverter.UInt32BitsToSingle((uint)a)));
}

internal readonly struct RoundF64 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.DoubleToUInt64Bits(Math.Round(BitConverter.UInt64BitsToDouble(a)));
}

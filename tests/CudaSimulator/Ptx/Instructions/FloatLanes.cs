namespace Numerics.CudaSimulator.Ptx;

// Floating point by IEEE 754, round to nearest even, subnormal numbers kept.
internal readonly struct AddF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle((uint)a) + BitConverter.UInt32BitsToSingle((uint)b));
}

internal readonly struct AddF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(a) + BitConverter.UInt64BitsToDouble(b));
}

internal readonly struct SubF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle((uint)a) - BitConverter.UInt32BitsToSingle((uint)b));
}

internal readonly struct SubF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(a) - BitConverter.UInt64BitsToDouble(b));
}

internal readonly struct MulF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle((uint)a) * BitConverter.UInt32BitsToSingle((uint)b));
}

/// <summary>Within [0, 1], and 0 for NaN.</summary>
internal readonly struct MulSaturatedF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b)
    {
        float product = BitConverter.UInt32BitsToSingle((uint)a) * BitConverter.UInt32BitsToSingle((uint)b);
        return BitConverter.SingleToUInt32Bits(product > 0 ? Math.Min(product, 1) : 0);
    }
}

internal readonly struct MulF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(a) * BitConverter.UInt64BitsToDouble(b));
}

internal readonly struct DivF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle((uint)a) / BitConverter.UInt32BitsToSingle((uint)b));
}

internal readonly struct DivF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(a) / BitConverter.UInt64BitsToDouble(b));
}

internal readonly struct FmaF32 : ITernaryLane
{
    public static ulong Apply(ulong a, ulong b, ulong c) => BitConverter.SingleToUInt32Bits(MathF.FusedMultiplyAdd(
        BitConverter.UInt32BitsToSingle((uint)a), BitConverter.UInt32BitsToSingle((uint)b), BitConverter.UInt32BitsToSingle((uint)c)));
}

internal readonly struct FmaF64 : ITernaryLane
{
    public static ulong Apply(ulong a, ulong b, ulong c) => BitConverter.DoubleToUInt64Bits(Math.FusedMultiplyAdd(
        BitConverter.UInt64BitsToDouble(a), BitConverter.UInt64BitsToDouble(b), BitConverter.UInt64BitsToDouble(c)));
}

internal readonly struct RcpF32 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.SingleToUInt32Bits(1f / BitConverter.UInt32BitsToSingle((uint)a));
}

internal readonly struct RcpF64 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.DoubleToUInt64Bits(1 / BitConverter.UInt64BitsToDouble(a));
}

internal readonly struct SqrtF32 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.SingleToUInt32Bits(MathF.Sqrt(BitConverter.UInt32BitsToSingle((uint)a)));
}

internal readonly struct SqrtF64 : IUnaryLane
{
    public static ulong Apply(ulong a) => BitConverter.DoubleToUInt64Bits(Math.Sqrt(BitConverter.UInt64BitsToDouble(a)));
}

internal readonly struct AbsF32 : IUnaryLane
{
    public static ulong Apply(ulong a) => (uint)a & 0x7FFFFFFF;
}

internal readonly struct NegF32 : IUnaryLane
{
    public static ulong Apply(ulong a) => (uint)a ^ 0x80000000;
}

internal readonly struct AbsF64 : IUnaryLane
{
    public static ulong Apply(ulong a) => a & 0x7FFFFFFFFFFFFFFF;
}

internal readonly struct NegF64 : IUnaryLane
{
    public static ulong Apply(ulong a) => a ^ 0x8000000000000000;
}

internal readonly struct MaxF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.SingleToUInt32Bits(float.MaxNumber(BitConverter.UInt32BitsToSingle((uint)a), BitConverter.UInt32BitsToSingle((uint)b)));
}

internal readonly struct MinF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.SingleToUInt32Bits(float.MinNumber(BitConverter.UInt32BitsToSingle((uint)a), BitConverter.UInt32BitsToSingle((uint)b)));
}

using System.Numerics;

namespace Numerics.CudaSimulator.Ptx;

// Integers: 32-bit values lie in the lower half of a register, 16-bit ones in the lowest quarter, with zeros above.
internal readonly struct Add32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)a + (uint)b;
}

internal readonly struct Sub32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)a - (uint)b;
}

internal readonly struct MulLow32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)a * (uint)b;
}

internal readonly struct MadLow32 : ITernaryLane
{
    public static ulong Apply(ulong a, ulong b, ulong c) => ((uint)a * (uint)b) + (uint)c;
}

internal readonly struct Add16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ushort)(a + b);
}

internal readonly struct Sub16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ushort)(a - b);
}

internal readonly struct MulLow16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ushort)(a * b);
}

internal readonly struct MulHighU16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => ((uint)(ushort)a * (ushort)b) >> 16;
}

internal readonly struct ShrU16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)b > 15 ? 0 : (ulong)((ushort)a >> (int)b);
}

internal readonly struct Add64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a + b;
}

internal readonly struct Sub64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a - b;
}

internal readonly struct MulLow64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a * b;
}

internal readonly struct MadLow64 : ITernaryLane
{
    public static ulong Apply(ulong a, ulong b, ulong c) => (a * b) + c;
}

internal readonly struct MulWideU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ulong)(uint)a * (uint)b;
}

internal readonly struct MulWideS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ulong)((long)(int)a * (int)b);
}

internal readonly struct MadWideU32 : ITernaryLane
{
    public static ulong Apply(ulong a, ulong b, ulong c) => ((ulong)(uint)a * (uint)b) + c;
}

internal readonly struct MadWideS32 : ITernaryLane
{
    public static ulong Apply(ulong a, ulong b, ulong c) => (ulong)((long)(int)a * (int)b) + c;
}

internal readonly struct MulHighU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)(((ulong)(uint)a * (uint)b) >> 32);
}

internal readonly struct DivU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)b == 0 ? uint.MaxValue : (uint)a / (uint)b;
}

internal readonly struct RemU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)b == 0 ? (uint)a : (uint)a % (uint)b;
}

internal readonly struct DivS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (int)b == 0 ? uint.MaxValue : (int)b == -1 ? 0u - (uint)a : (uint)((int)a / (int)b);
}

internal readonly struct RemS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (int)b is 0 ? (uint)a : (int)b == -1 ? 0 : (uint)((int)a % (int)b);
}

internal readonly struct MinS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)Math.Min((int)a, (int)b);
}

internal readonly struct MaxS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)Math.Max((int)a, (int)b);
}

internal readonly struct MinU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => Math.Min((uint)a, (uint)b);
}

internal readonly struct MaxU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => Math.Max((uint)a, (uint)b);
}

internal readonly struct Neg32 : IUnaryLane
{
    public static ulong Apply(ulong a) => 0u - (uint)a;
}

internal readonly struct Neg64 : IUnaryLane
{
    public static ulong Apply(ulong a) => 0 - a;
}

internal readonly struct AbsS32 : IUnaryLane
{
    public static ulong Apply(ulong a) => (uint)((int)a < 0 ? 0 - (int)a : (int)a);
}

internal readonly struct And : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a & b;
}

internal readonly struct Or : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a | b;
}

internal readonly struct Xor : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a ^ b;
}

internal readonly struct Not32 : IUnaryLane
{
    public static ulong Apply(ulong a) => ~(uint)a;
}

internal readonly struct CountBits32 : IUnaryLane
{
    public static ulong Apply(ulong a) => (uint)BitOperations.PopCount((uint)a);
}

internal readonly struct Not64 : IUnaryLane
{
    public static ulong Apply(ulong a) => ~a;
}

internal readonly struct NotPredicate : IUnaryLane
{
    public static ulong Apply(ulong a) => a ^ 1;
}

internal readonly struct Shl32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)b > 31 ? 0 : (uint)a << (int)b;
}

internal readonly struct Shl64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)b > 63 ? 0 : a << (int)b;
}

internal readonly struct ShrU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)b > 31 ? 0 : (uint)a >> (int)b;
}

internal readonly struct ShrU64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)b > 63 ? 0 : a >> (int)b;
}

internal readonly struct ShrS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)((int)a >> (int)Math.Min((uint)b, 31));
}

internal readonly struct ShrS64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ulong)((long)a >> (int)Math.Min((uint)b, 63));
}

internal readonly struct BfeU32 : ITernaryLane
{
    public static ulong Apply(ulong a, ulong b, ulong c) => (uint)c >= 32 ? (uint)a >> (int)Math.Min((uint)b, 31) : ((uint)b > 31 ? 0 : (uint)a >> (int)b) & ((1u << (int)c) - 1);
}

internal readonly struct Move : IUnaryLane
{
    public static ulong Apply(ulong a) => a;
}

internal readonly struct Choose : ITernaryLane
{
    public static ulong Apply(ulong a, ulong b, ulong c) => (c & 1) != 0 ? a : b;
}

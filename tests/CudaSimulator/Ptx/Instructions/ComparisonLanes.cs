namespace Numerics.CudaSimulator.Ptx;

// Comparisons. Those ending in u hold as well where an operand is NaN, the others do not.
internal readonly struct EqS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (int)a == (int)b ? 1u : 0u;
}

internal readonly struct NeS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (int)a != (int)b ? 1u : 0u;
}

internal readonly struct LtS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (int)a < (int)b ? 1u : 0u;
}

internal readonly struct LeS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (int)a <= (int)b ? 1u : 0u;
}

internal readonly struct GtS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (int)a > (int)b ? 1u : 0u;
}

internal readonly struct GeS32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (int)a >= (int)b ? 1u : 0u;
}

internal readonly struct EqU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)a == (uint)b ? 1u : 0u;
}

internal readonly struct NeU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)a != (uint)b ? 1u : 0u;
}

internal readonly struct LtU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)a < (uint)b ? 1u : 0u;
}

internal readonly struct LeU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)a <= (uint)b ? 1u : 0u;
}

internal readonly struct GtU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)a > (uint)b ? 1u : 0u;
}

internal readonly struct GeU32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (uint)a >= (uint)b ? 1u : 0u;
}

internal readonly struct EqS16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (short)a == (short)b ? 1u : 0u;
}

internal readonly struct NeS16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (short)a != (short)b ? 1u : 0u;
}

internal readonly struct LtS16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (short)a < (short)b ? 1u : 0u;
}

internal readonly struct LeS16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (short)a <= (short)b ? 1u : 0u;
}

internal readonly struct GtS16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (short)a > (short)b ? 1u : 0u;
}

internal readonly struct GeS16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (short)a >= (short)b ? 1u : 0u;
}

internal readonly struct EqU16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ushort)a == (ushort)b ? 1u : 0u;
}

internal readonly struct NeU16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ushort)a != (ushort)b ? 1u : 0u;
}

internal readonly struct LtU16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ushort)a < (ushort)b ? 1u : 0u;
}

internal readonly struct LeU16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ushort)a <= (ushort)b ? 1u : 0u;
}

internal readonly struct GtU16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ushort)a > (ushort)b ? 1u : 0u;
}

internal readonly struct GeU16 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (ushort)a >= (ushort)b ? 1u : 0u;
}

internal readonly struct EqS64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (long)a == (long)b ? 1u : 0u;
}

internal readonly struct NeS64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (long)a != (long)b ? 1u : 0u;
}

internal readonly struct LtS64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (long)a < (long)b ? 1u : 0u;
}

internal readonly struct LeS64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (long)a <= (long)b ? 1u : 0u;
}

internal readonly struct GtS64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (long)a > (long)b ? 1u : 0u;
}

internal readonly struct GeS64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => (long)a >= (long)b ? 1u : 0u;
}

internal readonly struct EqU64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a == b ? 1u : 0u;
}

internal readonly struct NeU64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a != b ? 1u : 0u;
}

internal readonly struct LtU64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a < b ? 1u : 0u;
}

internal readonly struct LeU64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a <= b ? 1u : 0u;
}

internal readonly struct GtU64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a > b ? 1u : 0u;
}

internal readonly struct GeU64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => a >= b ? 1u : 0u;
}

internal readonly struct EqF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) == BitConverter.UInt32BitsToSingle((uint)b) ? 1u : 0u;
}

internal readonly struct LtF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) < BitConverter.UInt32BitsToSingle((uint)b) ? 1u : 0u;
}

internal readonly struct LeF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) <= BitConverter.UInt32BitsToSingle((uint)b) ? 1u : 0u;
}

internal readonly struct GtF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) > BitConverter.UInt32BitsToSingle((uint)b) ? 1u : 0u;
}

internal readonly struct GeF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) >= BitConverter.UInt32BitsToSingle((uint)b) ? 1u : 0u;
}

internal readonly struct NeuF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) == BitConverter.UInt32BitsToSingle((uint)b) ? 0u : 1u;
}

internal readonly struct LtuF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) >= BitConverter.UInt32BitsToSingle((uint)b) ? 0u : 1u;
}

internal readonly struct LeuF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) > BitConverter.UInt32BitsToSingle((uint)b) ? 0u : 1u;
}

internal readonly struct GtuF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) <= BitConverter.UInt32BitsToSingle((uint)b) ? 0u : 1u;
}

internal readonly struct GeuF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) < BitConverter.UInt32BitsToSingle((uint)b) ? 0u : 1u;
}

internal readonly struct NeF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) < BitConverter.UInt32BitsToSingle((uint)b) || BitConverter.UInt32BitsToSingle((uint)a) > BitConverter.UInt32BitsToSingle((uint)b) ? 1u : 0u;
}

internal readonly struct EquF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt32BitsToSingle((uint)a) < BitConverter.UInt32BitsToSingle((uint)b) || BitConverter.UInt32BitsToSingle((uint)a) > BitConverter.UInt32BitsToSingle((uint)b) ? 0u : 1u;
}

internal readonly struct NanF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => float.IsNaN(BitConverter.UInt32BitsToSingle((uint)a)) || float.IsNaN(BitConverter.UInt32BitsToSingle((uint)b)) ? 1u : 0u;
}

internal readonly struct NumF32 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => float.IsNaN(BitConverter.UInt32BitsToSingle((uint)a)) || float.IsNaN(BitConverter.UInt32BitsToSingle((uint)b)) ? 0u : 1u;
}

internal readonly struct EqF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) == BitConverter.UInt64BitsToDouble(b) ? 1u : 0u;
}

internal readonly struct LtF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) < BitConverter.UInt64BitsToDouble(b) ? 1u : 0u;
}

internal readonly struct LeF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) <= BitConverter.UInt64BitsToDouble(b) ? 1u : 0u;
}

internal readonly struct GtF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) > BitConverter.UInt64BitsToDouble(b) ? 1u : 0u;
}

internal readonly struct GeF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) >= BitConverter.UInt64BitsToDouble(b) ? 1u : 0u;
}

internal readonly struct NeuF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) == BitConverter.UInt64BitsToDouble(b) ? 0u : 1u;
}

internal readonly struct LtuF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) >= BitConverter.UInt64BitsToDouble(b) ? 0u : 1u;
}

internal readonly struct LeuF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) > BitConverter.UInt64BitsToDouble(b) ? 0u : 1u;
}

internal readonly struct GtuF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) <= BitConverter.UInt64BitsToDouble(b) ? 0u : 1u;
}

internal readonly struct GeuF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) < BitConverter.UInt64BitsToDouble(b) ? 0u : 1u;
}

internal readonly struct NeF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) < BitConverter.UInt64BitsToDouble(b) || BitConverter.UInt64BitsToDouble(a) > BitConverter.UInt64BitsToDouble(b) ? 1u : 0u;
}

internal readonly struct EquF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => BitConverter.UInt64BitsToDouble(a) < BitConverter.UInt64BitsToDouble(b) || BitConverter.UInt64BitsToDouble(a) > BitConverter.UInt64BitsToDouble(b) ? 0u : 1u;
}

internal readonly struct NanF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => double.IsNaN(BitConverter.UInt64BitsToDouble(a)) || double.IsNaN(BitConverter.UInt64BitsToDouble(b)) ? 1u : 0u;
}

internal readonly struct NumF64 : IBinaryLane
{
    public static ulong Apply(ulong a, ulong b) => double.IsNaN(BitConverter.UInt64BitsToDouble(a)) || double.IsNaN(BitConverter.UInt64BitsToDouble(b)) ? 0u : 1u;
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>Reads and writes positions within a window eight at a time, whether they are kept as bytes or as integers.</summary>
internal static unsafe class WindowPositions
{
    /// <summary>Writes eight positions.</summary>
    /// <param name="value">The positions.</param>
    /// <param name="target">The first byte of the tensor.</param>
    /// <param name="index">The first element to write.</param>
    /// <param name="type">How they are kept.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> value, byte* target, nint index, DType type)
    {
        if (type == DType.UInt8)
        {
            Vector128<ushort> words = Vector128.Narrow(value.GetLower().AsUInt32(), value.GetUpper().AsUInt32());
            Unsafe.WriteUnaligned(target + index, Vector128.Narrow(words, words).AsUInt64().ToScalar());
        }
        else
        {
            value.Store((int*)target + index);
        }
    }

    /// <summary>Reads eight positions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(byte* source, nint index, DType type)
    {
        if (type != DType.UInt8)
            return Vector256.Load((int*)source + index);
        if (Avx2.IsSupported)
            return Avx2.ConvertToVector256Int32(source + index);
        Vector128<ushort> words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(source + index)).AsByte());
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    /// <summary>Writes one position.</summary>
    public static void Store(int value, byte* target, nint index, DType type)
    {
        if (type == DType.UInt8)
            target[index] = (byte)value;
        else
            ((int*)target)[index] = value;
    }

    /// <summary>Reads one position.</summary>
    public static int LoadOne(byte* source, nint index, DType type) => type == DType.UInt8 ? source[index] : ((int*)source)[index];
}

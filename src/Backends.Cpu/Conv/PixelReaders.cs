using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>The types of pixels.</summary>
internal static unsafe class PixelReaders
{
    /// <summary>Floats.</summary>
    public readonly struct OfFloats : IPixelReader
    {
        public static nint Size => sizeof(float);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Load<TLanes>(byte* elements, TLanes high, TLanes low)
            where TLanes : unmanaged, ILanes<TLanes> => TLanes.Load((float*)elements);
    }

    /// <summary>Bytes.</summary>
    public readonly struct OfBytes : IPixelReader
    {
        public static nint Size => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Load<TLanes>(byte* elements, TLanes high, TLanes low)
            where TLanes : unmanaged, ILanes<TLanes> => ByteScale.Load(elements, high, low);
    }
}

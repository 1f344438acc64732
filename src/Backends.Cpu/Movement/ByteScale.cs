using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The floats that bytes stand for, without a division: b/255 as high·b + low·b. The high part of 1/255 has so few bits that its
/// product with a byte is exact, so one rounding counts, with a fused multiply-add or without; for each of the 256 bytes the sum
/// is b/255 rounded.
/// </summary>
internal readonly unsafe struct ByteScale
{
    private const int BitsThatAByteTakes = 8;

    private ByteScale(double unit)
    {
        High = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)unit) & (-1 << BitsThatAByteTakes));
        Low = (float)(unit - High);
    }

    /// <summary>What a byte is multiplied by, but for the last bits.</summary>
    public float High { get; }

    /// <summary>The last bits of what a byte is multiplied by.</summary>
    public float Low { get; }

    /// <summary>The scale of <see cref="DType.UNorm8"/>, or that of whole numbers.</summary>
    public static ByteScale Of(DType type) => new(type == DType.UNorm8 ? 1.0 / 255 : 1);

    /// <summary>As many floats as a vector holds.</summary>
    /// <typeparam name="TLanes">The vector.</typeparam>
    /// <param name="bytes">The bytes.</param>
    /// <param name="high"><see cref="High"/> in every lane.</param>
    /// <param name="low"><see cref="Low"/> in every lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* bytes, TLanes high, TLanes low)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes numbers = TLanes.LoadBytes(bytes);
        return TLanes.MultiplyAdd(numbers, high, numbers * low);
    }

    /// <summary>Converts a run of bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Convert(byte* bytes, float* target, nint count)
    {
        switch (Simd.Level)
        {
            case SimdLevel.Scalar: Convert<LanesScalar>(bytes, target, count); break;
            case SimdLevel.Vector128: Convert<Lanes128>(bytes, target, count); break;
            case SimdLevel.Avx2: Convert<Lanes256>(bytes, target, count); break;
            default: Convert<Lanes512>(bytes, target, count); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Convert<TLanes>(byte* bytes, float* target, nint count)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes high = TLanes.Create(High), low = TLanes.Create(Low);
        nint i = 0;
        for (; i <= count - TLanes.Count; i += TLanes.Count)
            TLanes.Store(Load(bytes + i, high, low), target + i);
        LanesScalar lastHigh = LanesScalar.Create(High), lastLow = LanesScalar.Create(Low);
        for (; i < count; i++)
            LanesScalar.Store(Load(bytes + i, lastHigh, lastLow), target + i);
    }
}

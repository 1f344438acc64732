using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>One float, which makes plain loops of the micro-kernels.</summary>
internal unsafe struct LanesScalar(float value) : ILanes<LanesScalar>
{
    private float _value = value;

    public static int Count => 1;

    public static LanesScalar Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar Load(float* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar LoadBytes(byte* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar Repeat(float* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar MultiplyAdd(LanesScalar a, LanesScalar b, LanesScalar c) => new(float.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar MultiplyAdd(LanesScalar a, float* b, LanesScalar c) => new(float.MultiplyAddEstimate(a._value, *b, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(LanesScalar a, LanesScalar b, ref LanesScalar sum) => sum._value = float.MultiplyAddEstimate(a._value, b._value, sum._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(float* a, LanesScalar b, ref LanesScalar sum) => sum._value = float.MultiplyAddEstimate(b._value, *a, sum._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar Permute(LanesScalar value, LanesScalar positions) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(LanesScalar value, float* target) => *target = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar Greater(LanesScalar a, LanesScalar b) => Mask(a._value > b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar Unordered(LanesScalar a, LanesScalar b) => Mask(float.IsNaN(a._value) || float.IsNaN(b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar Max(LanesScalar a, LanesScalar b) => a._value > b._value ? a : b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar Select(LanesScalar mask, LanesScalar one, LanesScalar other) => BitConverter.SingleToInt32Bits(mask._value) != 0 ? one : other;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar Rectify(LanesScalar value) => new(value._value < 0 ? 0 : value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(LanesScalar bits, byte* target) => *target = (byte)BitConverter.SingleToInt32Bits(bits._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar Create(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar operator +(LanesScalar a, LanesScalar b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar operator -(LanesScalar a, LanesScalar b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar operator *(LanesScalar a, LanesScalar b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesScalar operator |(LanesScalar a, LanesScalar b) =>
        new(BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a._value) | BitConverter.SingleToInt32Bits(b._value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LanesScalar Mask(bool all) => new(BitConverter.Int32BitsToSingle(all ? -1 : 0));
}

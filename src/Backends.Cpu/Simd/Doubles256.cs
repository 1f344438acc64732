using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>4 doubles; two vectors, or plain ones, where the machine has no such vector.</summary>
internal readonly unsafe struct Doubles256(Vector256<double> value) : IDoubles<Doubles256>
{
    private readonly Vector256<double> _value = value;

    public static int Count => Vector256<double>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 Load(float* source) => new(Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Doubles256 value, float* target) => Vector256.Narrow(value._value, default).GetLower().Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 Multiply(Doubles256 a, double b) => new(a._value * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 MultiplyAdd(Doubles256 a, double b, Doubles256 c) => new(Vector256.MultiplyAddEstimate(a._value, Vector256.Create(b), c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 operator +(Doubles256 a, Doubles256 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles256 operator -(Doubles256 a, Doubles256 b) => new(a._value - b._value);
}

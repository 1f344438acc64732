using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>8 doubles, for machines that have such vectors.</summary>
internal readonly unsafe struct Doubles512(Vector512<double> value) : IDoubles<Doubles512>
{
    private readonly Vector512<double> _value = value;

    public static int Count => Vector512<double>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 Load(float* source) => new(Avx512F.ConvertToVector512Double(Vector256.Load(source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Doubles512 value, float* target) => Avx512F.ConvertToVector256Single(value._value).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 Multiply(Doubles512 a, double b) => new(a._value * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 MultiplyAdd(Doubles512 a, double b, Doubles512 c) => new(Vector512.MultiplyAddEstimate(a._value, Vector512.Create(b), c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 operator +(Doubles512 a, Doubles512 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Doubles512 operator -(Doubles512 a, Doubles512 b) => new(a._value - b._value);
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>a + b.</summary>
internal readonly struct SumReduction : IReduction
{
    public static float Identity => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Combine(Vector256<float> a, Vector256<float> b) => a + b;

    public static float Combine(float a, float b) => a + b;

    public static double Combine(double a, double b) => a + b;
}

/// <summary>The greater one; NaN if either is.</summary>
internal readonly struct MaxReduction : IReduction
{
    public static float Identity => float.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Combine(Vector256<float> a, Vector256<float> b) => Vector256.Max(a, b);

    public static float Combine(float a, float b) => MathF.Max(a, b);

    public static double Combine(double a, double b) => Math.Max(a, b);
}

/// <summary>The smaller one; NaN if either is.</summary>
internal readonly struct MinReduction : IReduction
{
    public static float Identity => float.PositiveInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Combine(Vector256<float> a, Vector256<float> b) => Vector256.Min(a, b);

    public static float Combine(float a, float b) => MathF.Min(a, b);

    public static double Combine(double a, double b) => Math.Min(a, b);
}

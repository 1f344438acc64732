using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>How two elements become one: associative and commutative but for rounding.</summary>
internal interface IReduction
{
    /// <summary>What combines with anything to that thing.</summary>
    static abstract float Identity { get; }

    /// <summary>Two vectors into one, lane by lane.</summary>
    static abstract Vector256<float> Combine(Vector256<float> a, Vector256<float> b);

    /// <summary>Two elements into one.</summary>
    static abstract float Combine(float a, float b);

    /// <summary>Two elements into one, for the last steps over partial results.</summary>
    static abstract double Combine(double a, double b);
}

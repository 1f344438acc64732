using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>A function of two arguments over a vector of elements.</summary>
internal interface IBinaryFunction
{
    /// <summary>f(a, b).</summary>
    Vector256<float> Invoke(Vector256<float> a, Vector256<float> b);
}

using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>A function of one argument over a vector of elements.</summary>
internal interface IUnaryFunction
{
    /// <summary>f(x).</summary>
    Vector256<float> Invoke(Vector256<float> x);
}

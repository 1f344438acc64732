using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>The gradient of a function of one argument over a vector of elements.</summary>
internal interface IUnaryGradient
{
    /// <summary>Whether the argument is read.</summary>
    static abstract bool ReadsX { get; }

    /// <summary>Whether the value is read.</summary>
    static abstract bool ReadsY { get; }

    /// <summary>f'(x)·dy, with y = f(x).</summary>
    Vector256<float> Invoke(Vector256<float> x, Vector256<float> y, Vector256<float> dy);
}

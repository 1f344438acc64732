using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>The gradient of an op's output, come back through its ReLU if it had one: where the output is not positive, it is 0.</summary>
/// <param name="dy">The gradient.</param>
/// <param name="y">The output; null without ReLU.</param>
internal readonly unsafe struct OuterGradient(float* dy, float* y)
{
    /// <summary>One element.</summary>
    public float this[nint at] => y is null || y[at] > 0 ? dy[at] : 0;

    /// <summary>The same from an element on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public OuterGradient Skip(nint elements) => new(dy + elements, y is null ? null : y + elements);

    /// <summary>Eight elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Load(nint at)
    {
        Vector256<float> gradient = Vector256.Load(dy + at);
        return y is null ? gradient : gradient & Vector256.GreaterThan(Vector256.Load(y + at), Vector256<float>.Zero);
    }

    /// <summary>Fewer than eight.</summary>
    public Vector256<float> Load(nint at, int lanes)
    {
        Vector256<float> gradient = VectorTail.Load(dy + at, lanes);
        return y is null ? gradient : gradient & Vector256.GreaterThan(VectorTail.Load(y + at, lanes), Vector256<float>.Zero);
    }
}

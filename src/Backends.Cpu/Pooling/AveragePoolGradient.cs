using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>The same share of the gradient to every position.</summary>
internal readonly unsafe struct AveragePoolGradient(float* dy) : IWindowGradient
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Eight(nint index, int position, float share) => Vector256.Load(dy + index) * share;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float One(nint index, int position, float share) => dy[index] * share;
}

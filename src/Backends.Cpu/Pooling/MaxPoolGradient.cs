using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>All of the gradient to the position that won.</summary>
internal readonly unsafe struct MaxPoolGradient(float* dy, byte* argMax, DType type) : IWindowGradient
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<float> Eight(nint index, int position, float share) =>
        Vector256.Load(dy + index) & Vector256.Equals(WindowPositions.Load(argMax, index, type), Vector256.Create(position)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float One(nint index, int position, float share) => WindowPositions.LoadOne(argMax, index, type) == position ? dy[index] : 0;
}

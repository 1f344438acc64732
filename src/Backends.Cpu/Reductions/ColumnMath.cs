using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>Reductions of eight short rows at once, given as vectors of columns.</summary>
internal static unsafe class ColumnMath
{
    /// <summary>The greatest element of each row. With a NaN in it the result means nothing, but neither does a softmax.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Vector256<float> Max(Vector256<float>* x, int n)
    {
        Vector256<float> max = x[0];
        for (int i = 1; i < n; i++)
            max = Vector256.MaxNative(max, x[i]);
        return max;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>The last few elements of a run, fewer than a vector holds, so that they go through the very same arithmetic.</summary>
internal static unsafe class VectorTail
{
    /// <summary>The first <paramref name="count"/> elements at a place, the rest of the vector filled.</summary>
    /// <param name="from">Where they are.</param>
    /// <param name="count">1..7; nothing behind them is read.</param>
    /// <param name="fill">What the other lanes hold.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from, int count, float fill = 0)
    {
        float* lanes = stackalloc float[8];
        Vector256.Create(fill).Store(lanes);
        for (int i = 0; i < count; i++)
            lanes[i] = from[i];
        return Vector256.Load(lanes);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* to, int count)
    {
        float* lanes = stackalloc float[8];
        value.Store(lanes);
        for (int i = 0; i < count; i++)
            to[i] = lanes[i];
    }
}

using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>dy where y is positive, else 0.</summary>
internal static class ReluGradient
{
    public static void Apply(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        int i = 0;
        for (; i <= dx.Length - 8; i += 8)
        {
            Vector256<float> mask = Vector256.GreaterThan(Vector256.Create(y[i..]), Vector256<float>.Zero);
            (Vector256.Create(dy[i..]) & mask).CopyTo(dx[i..]);
        }

        for (; i < dx.Length; i++)
            dx[i] = y[i] > 0 ? dy[i] : 0;
    }
}

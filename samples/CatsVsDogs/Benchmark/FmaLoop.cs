using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Samples.CatsVsDogs.Benchmark;

/// <summary>
/// A loop of fused multiply-adds on registers alone: nothing that computes in float32 with this vector width is faster.
/// A fused multiply-add takes four cycles and two start in each, so that eight must be on their way at any time; twelve are.
/// </summary>
internal static class FmaLoop
{
    private const int Accumulators = 12;

    private interface ILanes<TVector>
    {
        static abstract TVector Broadcast(float value);

        static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

        static abstract float Sum(TVector value);
    }

    /// <summary>Whether the machine computes with vectors of so many bits.</summary>
    public static bool Supports(int bits) => bits switch
    {
        512 => Vector512.IsHardwareAccelerated,
        256 => Vector256.IsHardwareAccelerated,
        128 => true,
        _ => false,
    };

    /// <summary>Runs the loop.</summary>
    /// <param name="bits">The width of a vector: 128, 256 or 512.</param>
    /// <param name="flops">How many operations at least, an addition and a multiplication being two.</param>
    /// <returns>How many it were.</returns>
    public static long Run(int bits, long flops)
    {
        long each = 2 * Accumulators * (bits / 32), rounds = (flops + each - 1) / each;
        float sum = bits switch
        {
            512 => Run<Vector512<float>, Lanes512>(rounds),
            256 => Run<Vector256<float>, Lanes256>(rounds),
            128 => Run<Vector128<float>, Lanes128>(rounds),
            _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "128, 256 or 512"),
        };

        // Every accumulator tends to 2. Reading them keeps the loop from being removed.
        return float.IsFinite(sum) ? rounds * each : throw new InvalidOperationException("the loop of multiply-adds left the finite numbers");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run<TVector, TLanes>(long rounds)
        where TLanes : struct, ILanes<TVector>
    {
        TVector half = TLanes.Broadcast(0.5f), one = TLanes.Broadcast(1);
        TVector a0 = one, a1 = one, a2 = one, a3 = one, a4 = one, a5 = one, a6 = one, a7 = one, a8 = one, a9 = one, a10 = one, a11 = one;
        for (long i = 0; i < rounds; i++)
        {
            a0 = TLanes.MultiplyAdd(a0, half, one);
            a1 = TLanes.MultiplyAdd(a1, half, one);
            a2 = TLanes.MultiplyAdd(a2, half, one);
            a3 = TLanes.MultiplyAdd(a3, half, one);
            a4 = TLanes.MultiplyAdd(a4, half, one);
            a5 = TLanes.MultiplyAdd(a5, half, one);
            a6 = TLanes.MultiplyAdd(a6, half, one);
            a7 = TLanes.MultiplyAdd(a7, half, one);
            a8 = TLanes.MultiplyAdd(a8, half, one);
            a9 = TLanes.MultiplyAdd(a9, half, one);
            a10 = TLanes.MultiplyAdd(a10, half, one);
            a11 = TLanes.MultiplyAdd(a11, half, one);
        }

        return TLanes.Sum(a0) + TLanes.Sum(a1) + TLanes.Sum(a2) + TLanes.Sum(a3) + TLanes.Sum(a4) + TLanes.Sum(a5)
            + TLanes.Sum(a6) + TLanes.Sum(a7) + TLanes.Sum(a8) + TLanes.Sum(a9) + TLanes.Sum(a10) + TLanes.Sum(a11);
    }

    private readonly struct Lanes128 : ILanes<Vector128<float>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
            Vector128.MultiplyAddEstimate(a, b, c);

        public static float Sum(Vector128<float> value) => Vector128.Sum(value);
    }

    private readonly struct Lanes256 : ILanes<Vector256<float>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.MultiplyAddEstimate(a, b, c);

        public static float Sum(Vector256<float> value) => Vector256.Sum(value);
    }

    private readonly struct Lanes512 : ILanes<Vector512<float>>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
            Vector512.MultiplyAddEstimate(a, b, c);

        public static float Sum(Vector512<float> value) => Vector512.Sum(value);
    }
}

using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The one-dimensional transforms of Winograd's F(4, 3), F(3, 4) and F(2, 5): four neighbouring outputs of a three-tap filter, three
/// of a four-tap one, or two of a five-tap one, from six products instead of twelve or ten (Lavin and Gray 2016, "Fast algorithms for
/// convolutional neural networks"). All evaluate at 0, ±3/4, ±3/2 and infinity, so the input's side is the same; the usual 0, ±1, ±2 cost as much but
/// three times the rounding error. All constants here are exact in binary.
/// </summary>
internal static class WinogradTransform
{
    /// <summary>Outputs of a tile along one axis, of filters of three taps.</summary>
    public const int Outputs = 4;

    /// <summary>Inputs of a tile, and points of evaluation, along one axis.</summary>
    public const int Points = 6;

    /// <summary>Points of a tile.</summary>
    public const int Area = Points * Points;

    private const float A = 0.75f;
    private const float B = 1.5f;

    // The filter side is worked out in double precision, once a kernel.
    private const double SquareA = (double)A * A;
    private const double SquareB = (double)B * B;
    private const double ScaleA = 1 / (2 * SquareA * (SquareA - SquareB));
    private const double ScaleB = 1 / (2 * SquareB * (SquareB - SquareA));

    /// <summary>Outputs of a tile along one axis.</summary>
    /// <param name="taps">Taps of the filter.</param>
    public static int OutputsOf(int taps) => Points + 1 - taps;

    /// <summary>Six inputs at the six points: the values of Lagrange's polynomials.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TLanes>(ref TLanes d0, ref TLanes d1, ref TLanes d2, ref TLanes d3, ref TLanes d4, ref TLanes d5)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes a = TLanes.Create(A), minusA = TLanes.Create(-A), b = TLanes.Create(B), minusB = TLanes.Create(-B);
        TLanes sum = TLanes.Create(-((A * A) + (B * B))), product = TLanes.Create(A * A * B * B);
        TLanes minusSquareA = TLanes.Create(-A * A), minusSquareB = TLanes.Create(-B * B);
        TLanes evenA = TLanes.MultiplyAdd(minusSquareB, d2, d4), oddA = TLanes.MultiplyAdd(minusSquareB, d1, d3);
        TLanes evenB = TLanes.MultiplyAdd(minusSquareA, d2, d4), oddB = TLanes.MultiplyAdd(minusSquareA, d1, d3);
        d0 = TLanes.MultiplyAdd(product, d0, TLanes.MultiplyAdd(sum, d2, d4));
        d5 = TLanes.MultiplyAdd(product, d1, TLanes.MultiplyAdd(sum, d3, d5));
        d1 = TLanes.MultiplyAdd(a, oddA, evenA);
        d2 = TLanes.MultiplyAdd(minusA, oddA, evenA);
        d3 = TLanes.MultiplyAdd(b, oddB, evenB);
        d4 = TLanes.MultiplyAdd(minusB, oddB, evenB);
    }

    /// <summary>Four outputs from the products at the six points; left in the first four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TLanes>(ref TLanes m0, ref TLanes m1, ref TLanes m2, ref TLanes m3, TLanes m4, TLanes m5)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes sumA = m1 + m2, differenceA = m1 - m2, sumB = m3 + m4, differenceB = m3 - m4;
        m0 = m0 + sumA + sumB;
        m1 = TLanes.MultiplyAdd(TLanes.Create(B), differenceB, TLanes.Create(A) * differenceA);
        m2 = TLanes.MultiplyAdd(TLanes.Create(B * B), sumB, TLanes.Create(A * A) * sumA);
        m3 = TLanes.MultiplyAdd(TLanes.Create(B * B * B), differenceB, TLanes.MultiplyAdd(TLanes.Create(A * A * A), differenceA, m5));
    }

    /// <summary>Three outputs from the products at the six points; left in the first three.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TLanes>(ref TLanes m0, ref TLanes m1, ref TLanes m2, TLanes m3, TLanes m4, TLanes m5)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes sumA = m1 + m2, sumB = m3 + m4;
        m1 = TLanes.MultiplyAdd(TLanes.Create(B), m3 - m4, TLanes.Create(A) * (m1 - m2));
        m0 = m0 + sumA + sumB;
        m2 = TLanes.MultiplyAdd(TLanes.Create(B * B), sumB, TLanes.MultiplyAdd(TLanes.Create(A * A), sumA, m5));
    }

    /// <summary>Two outputs from the products at the six points; left in the first two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output<TLanes>(ref TLanes m0, ref TLanes m1, TLanes m2, TLanes m3, TLanes m4, TLanes m5)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        m0 = m0 + (m1 + m2) + (m3 + m4);
        m1 = TLanes.MultiplyAdd(TLanes.Create(B), m3 - m4, TLanes.MultiplyAdd(TLanes.Create(A), m1 - m2, m5));
    }

    /// <summary>Three taps at the six points.</summary>
    /// <param name="g0">The first tap.</param>
    /// <param name="g1">The second tap.</param>
    /// <param name="g2">The third tap.</param>
    /// <param name="p0">Point 0.</param>
    /// <param name="p1">Point 1.</param>
    /// <param name="p2">Point 2.</param>
    /// <param name="p3">Point 3.</param>
    /// <param name="p4">Point 4.</param>
    /// <param name="p5">Point 5.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<T>(T g0, T g1, T g2, out T p0, out T p1, out T p2, out T p3, out T p4, out T p5)
        where T : unmanaged, IDoubles<T>
    {
        T evenA = T.MultiplyAdd(g2, SquareA * ScaleA, T.Multiply(g0, ScaleA)), oddA = T.Multiply(g1, A * ScaleA);
        T evenB = T.MultiplyAdd(g2, SquareB * ScaleB, T.Multiply(g0, ScaleB)), oddB = T.Multiply(g1, B * ScaleB);
        p0 = T.Multiply(g0, 1 / (SquareA * SquareB));
        p1 = evenA + oddA;
        p2 = evenA - oddA;
        p3 = evenB + oddB;
        p4 = evenB - oddB;
        p5 = g2;
    }

    /// <summary>Four taps at the six points.</summary>
    /// <param name="g0">The first tap.</param>
    /// <param name="g1">The second tap.</param>
    /// <param name="g2">The third tap.</param>
    /// <param name="g3">The fourth tap.</param>
    /// <param name="p0">Point 0.</param>
    /// <param name="p1">Point 1.</param>
    /// <param name="p2">Point 2.</param>
    /// <param name="p3">Point 3.</param>
    /// <param name="p4">Point 4.</param>
    /// <param name="p5">Point 5.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<T>(T g0, T g1, T g2, T g3, out T p0, out T p1, out T p2, out T p3, out T p4, out T p5)
        where T : unmanaged, IDoubles<T>
    {
        T evenA = T.Multiply(T.MultiplyAdd(g2, SquareA, g0), ScaleA), oddA = T.Multiply(T.MultiplyAdd(g3, SquareA, g1), A * ScaleA);
        T evenB = T.Multiply(T.MultiplyAdd(g2, SquareB, g0), ScaleB), oddB = T.Multiply(T.MultiplyAdd(g3, SquareB, g1), B * ScaleB);
        p0 = T.Multiply(g0, 1 / (SquareA * SquareB));
        p1 = evenA + oddA;
        p2 = evenA - oddA;
        p3 = evenB + oddB;
        p4 = evenB - oddB;
        p5 = g3;
    }

    /// <summary>Five taps at the six points.</summary>
    /// <param name="g0">The first tap.</param>
    /// <param name="g1">The second tap.</param>
    /// <param name="g2">The third tap.</param>
    /// <param name="g3">The fourth tap.</param>
    /// <param name="g4">The fifth tap.</param>
    /// <param name="p0">Point 0.</param>
    /// <param name="p1">Point 1.</param>
    /// <param name="p2">Point 2.</param>
    /// <param name="p3">Point 3.</param>
    /// <param name="p4">Point 4.</param>
    /// <param name="p5">Point 5.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Filter<T>(
        T g0, T g1, T g2, T g3, T g4, out T p0, out T p1, out T p2, out T p3, out T p4, out T p5)
        where T : unmanaged, IDoubles<T>
    {
        T evenA = T.Multiply(T.MultiplyAdd(T.MultiplyAdd(g4, SquareA, g2), SquareA, g0), ScaleA);
        T evenB = T.Multiply(T.MultiplyAdd(T.MultiplyAdd(g4, SquareB, g2), SquareB, g0), ScaleB);
        T oddA = T.Multiply(T.MultiplyAdd(g3, SquareA, g1), A * ScaleA), oddB = T.Multiply(T.MultiplyAdd(g3, SquareB, g1), B * ScaleB);
        p0 = T.Multiply(g0, 1 / (SquareA * SquareB));
        p1 = evenA + oddA;
        p2 = evenA - oddA;
        p3 = evenB + oddB;
        p4 = evenB - oddB;
        p5 = g4;
    }

    /// <summary>
    /// Four taps at the six points, each still to be multiplied by its <see cref="Scale"/>: taps that are a gradient, of which there are many, whose
    /// products are added before that is done once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Taps<TLanes>(TLanes g0, TLanes g1, TLanes g2, TLanes g3, out TLanes p1, out TLanes p2, out TLanes p3, out TLanes p4)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes squareA = TLanes.Create(A * A), squareB = TLanes.Create(B * B);
        TLanes evenA = TLanes.MultiplyAdd(squareA, g2, g0), oddA = TLanes.MultiplyAdd(squareA, g3, g1);
        TLanes evenB = TLanes.MultiplyAdd(squareB, g2, g0), oddB = TLanes.MultiplyAdd(squareB, g3, g1);
        p1 = TLanes.MultiplyAdd(TLanes.Create(A), oddA, evenA);
        p2 = TLanes.MultiplyAdd(TLanes.Create(-A), oddA, evenA);
        p3 = TLanes.MultiplyAdd(TLanes.Create(B), oddB, evenB);
        p4 = TLanes.MultiplyAdd(TLanes.Create(-B), oddB, evenB);
    }

    /// <summary>Two taps at the six points, each still to be multiplied by its <see cref="Scale"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Taps<TLanes>(TLanes g0, TLanes g1, out TLanes p1, out TLanes p2, out TLanes p3, out TLanes p4)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        p1 = TLanes.MultiplyAdd(TLanes.Create(A), g1, g0);
        p2 = TLanes.MultiplyAdd(TLanes.Create(-A), g1, g0);
        p3 = TLanes.MultiplyAdd(TLanes.Create(B), g1, g0);
        p4 = TLanes.MultiplyAdd(TLanes.Create(-B), g1, g0);
    }

    /// <summary>Three outputs from products that are still to be multiplied by their point's <see cref="Scale"/>; left in the first three.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaledOutput<TLanes>(ref TLanes m0, ref TLanes m1, ref TLanes m2, TLanes m3, TLanes m4, TLanes m5)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes sumA = m1 + m2, differenceA = m1 - m2, sumB = m3 + m4, differenceB = m3 - m4;
        m0 = TLanes.MultiplyAdd(TLanes.Create((float)Scale(0)), m0, TLanes.MultiplyAdd(TLanes.Create((float)ScaleA), sumA, TLanes.Create((float)ScaleB) * sumB));
        m1 = TLanes.MultiplyAdd(TLanes.Create((float)(B * ScaleB)), differenceB, TLanes.Create((float)(A * ScaleA)) * differenceA);
        m2 = TLanes.MultiplyAdd(TLanes.Create((float)(SquareB * ScaleB)), sumB, TLanes.MultiplyAdd(TLanes.Create((float)(SquareA * ScaleA)), sumA, m5));
    }

    /// <summary>Five outputs from such products; left in the first five.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaledOutput<TLanes>(ref TLanes m0, ref TLanes m1, ref TLanes m2, ref TLanes m3, ref TLanes m4, TLanes m5)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes sumA = m1 + m2, differenceA = m1 - m2, sumB = m3 + m4, differenceB = m3 - m4;
        m0 = TLanes.MultiplyAdd(TLanes.Create((float)Scale(0)), m0, TLanes.MultiplyAdd(TLanes.Create((float)ScaleA), sumA, TLanes.Create((float)ScaleB) * sumB));
        m1 = TLanes.MultiplyAdd(TLanes.Create((float)(B * ScaleB)), differenceB, TLanes.Create((float)(A * ScaleA)) * differenceA);
        m2 = TLanes.MultiplyAdd(TLanes.Create((float)(SquareB * ScaleB)), sumB, TLanes.Create((float)(SquareA * ScaleA)) * sumA);
        m3 = TLanes.MultiplyAdd(TLanes.Create((float)(SquareB * B * ScaleB)), differenceB, TLanes.Create((float)(SquareA * A * ScaleA)) * differenceA);
        m4 = TLanes.MultiplyAdd(
            TLanes.Create((float)(SquareB * SquareB * ScaleB)), sumB, TLanes.MultiplyAdd(TLanes.Create((float)(SquareA * SquareA * ScaleA)), sumA, m5));
    }

    /// <summary>What taps that are a gradient leave out at a point; at the first and the last one they are the first and the last tap themselves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Scale(int point) => point switch
    {
        0 => 1 / (SquareA * SquareB),
        1 or 2 => ScaleA,
        3 or 4 => ScaleB,
        _ => 1,
    };

    /// <summary>A filter at one of the six points.</summary>
    /// <param name="point">Which point.</param>
    /// <param name="taps">The first tap.</param>
    /// <param name="stride">Floats between taps.</param>
    /// <param name="count">How many taps.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe double Filter(int point, float* taps, nint stride, int count)
    {
        double x = point switch { 1 => A, 2 => -A, 3 => B, 4 => -B, _ => 0 };
        if (point == Points - 1)
            return taps[(count - 1) * stride];
        double sum = 0;
        for (int i = count - 1; i >= 0; i--)
            sum = (sum * x) + taps[i * stride];
        return sum * Scale(point);
    }
}

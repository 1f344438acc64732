using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The micro-kernel of <see cref="ColourPoolWork"/>: four neighbouring pixels of convolution by sixteen channels at the six points
/// of Winograd's F(4, 3), 24 accumulators; then back to four rows of convolution, and 2 x 2 max-pooling of these, all in
/// registers.
/// </summary>
internal static unsafe class ColourPoolTile
{
    /// <summary>Pooled pixels of a row.</summary>
    public const int Pixels = 2;

    private const int Lanes = 16;

    /// <summary>Computes 2 x 2 pooled pixels.</summary>
    /// <typeparam name="TChannels">Channels of the input.</typeparam>
    /// <param name="rows">The transformed rows at the first pixel.</param>
    /// <param name="rowStride">Floats between them.</param>
    /// <param name="kernel">The transformed kernel [taps][6][16].</param>
    /// <param name="taps">Kernel width by input channels.</param>
    /// <param name="bias">One float a channel.</param>
    /// <param name="y">The first pooled pixel.</param>
    /// <param name="argMax">Its places.</param>
    /// <param name="channels">Elements between pooled pixels.</param>
    /// <param name="below">Elements to the pooled row below, or 0 where there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TChannels>(
        float* rows, nint rowStride, float* kernel, int taps, float* bias, float* y, byte* argMax, nint channels, nint below)
        where TChannels : struct, IRowCount
    {
        Vector512<float> a00 = default, a01 = default, a02 = default, a03 = default;
        Vector512<float> a10 = default, a11 = default, a12 = default, a13 = default;
        Vector512<float> a20 = default, a21 = default, a22 = default, a23 = default;
        Vector512<float> a30 = default, a31 = default, a32 = default, a33 = default;
        Vector512<float> a40 = default, a41 = default, a42 = default, a43 = default;
        Vector512<float> a50 = default, a51 = default, a52 = default, a53 = default;
        float* upper = rows, lower = rows + (3 * rowStride);
        for (; taps > 0; taps--, upper++, lower++, kernel += WinogradTransform.Points * Lanes)
        {
            Vector512<float> w0 = Vector512.Load(kernel);
            a00 = Vector512.MultiplyAddEstimate(Vector512.Create(*upper), w0, a00);
            a01 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + TChannels.Count)), w0, a01);
            a02 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + (2 * TChannels.Count))), w0, a02);
            a03 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + (3 * TChannels.Count))), w0, a03);
            Vector512<float> w1 = Vector512.Load(kernel + (1 * Lanes));
            a10 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + rowStride)), w1, a10);
            a11 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + rowStride + TChannels.Count)), w1, a11);
            a12 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + rowStride + (2 * TChannels.Count))), w1, a12);
            a13 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + rowStride + (3 * TChannels.Count))), w1, a13);
            Vector512<float> w2 = Vector512.Load(kernel + (2 * Lanes));
            a20 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + (2 * rowStride))), w2, a20);
            a21 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + (2 * rowStride) + TChannels.Count)), w2, a21);
            a22 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + (2 * rowStride) + (2 * TChannels.Count))), w2, a22);
            a23 = Vector512.MultiplyAddEstimate(Vector512.Create(*(upper + (2 * rowStride) + (3 * TChannels.Count))), w2, a23);
            Vector512<float> w3 = Vector512.Load(kernel + (3 * Lanes));
            a30 = Vector512.MultiplyAddEstimate(Vector512.Create(*lower), w3, a30);
            a31 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + TChannels.Count)), w3, a31);
            a32 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + (2 * TChannels.Count))), w3, a32);
            a33 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + (3 * TChannels.Count))), w3, a33);
            Vector512<float> w4 = Vector512.Load(kernel + (4 * Lanes));
            a40 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + rowStride)), w4, a40);
            a41 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + rowStride + TChannels.Count)), w4, a41);
            a42 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + rowStride + (2 * TChannels.Count))), w4, a42);
            a43 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + rowStride + (3 * TChannels.Count))), w4, a43);
            Vector512<float> w5 = Vector512.Load(kernel + (5 * Lanes));
            a50 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + (2 * rowStride))), w5, a50);
            a51 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + (2 * rowStride) + TChannels.Count)), w5, a51);
            a52 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + (2 * rowStride) + (2 * TChannels.Count))), w5, a52);
            a53 = Vector512.MultiplyAddEstimate(Vector512.Create(*(lower + (2 * rowStride) + (3 * TChannels.Count))), w5, a53);
        }

        Back(ref a00, ref a10, ref a20, ref a30, a40, a50);
        Back(ref a01, ref a11, ref a21, ref a31, a41, a51);
        Back(ref a02, ref a12, ref a22, ref a32, a42, a52);
        Back(ref a03, ref a13, ref a23, ref a33, a43, a53);
        Vector512<float> add = Vector512.Load(bias);
        Pool(a00, a01, a10, a11, add, y, argMax);
        Pool(a02, a03, a12, a13, add, y + channels, argMax + channels);
        if (below == 0)
            return;
        Pool(a20, a21, a30, a31, add, y + below, argMax + below);
        Pool(a22, a23, a32, a33, add, y + below + channels, argMax + below + channels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Back(
        ref Vector512<float> m0, ref Vector512<float> m1, ref Vector512<float> m2, ref Vector512<float> m3, Vector512<float> m4, Vector512<float> m5)
    {
        Lanes512 v0 = new(m0), v1 = new(m1), v2 = new(m2), v3 = new(m3);
        WinogradTransform.Output(ref v0, ref v1, ref v2, ref v3, new Lanes512(m4), new Lanes512(m5));
        (m0, m1, m2, m3) = (v0.Value, v1.Value, v2.Value, v3.Value);
    }

    // The first of equals, and NaN before all, as everywhere.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pool(
        Vector512<float> first, Vector512<float> right, Vector512<float> down, Vector512<float> across, Vector512<float> bias, float* y, byte* argMax)
    {
        Vector512<int> at = Vector512<int>.Zero;
        Challenge(right, 1, ref first, ref at);
        Challenge(down, 2, ref first, ref at);
        Challenge(across, 3, ref first, ref at);
        Epilogue.Rectify(first + bias).Store(y);
        Avx512F.ConvertToVector128Byte(at.AsUInt32()).Store(argMax);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(Vector512<float> value, int place, ref Vector512<float> greatest, ref Vector512<int> at)
    {
        Vector512<float> wins = Vector512.GreaterThan(value, greatest) | Vector512.IsNaN(value);
        greatest = Vector512.ConditionalSelect(wins, value, greatest);
        at = Vector512.ConditionalSelect(wins.AsInt32(), Vector512.Create(place), at);
    }
}

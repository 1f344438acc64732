using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The register tile of convolutions to so few channels that they would leave most lanes of a vector empty, such as the gradient into a
/// picture's colours: lanes are neighbouring steps of the inner sum instead, and are added at its end. Four pixels by up to three
/// channels stay in registers, and each vector that is loaded is multiplied three or four times.
/// </summary>
internal static unsafe class DotTile
{
    private const int MaxColumns = 3;
    private const int Height = 4;
    private const int Lanes = 8;
    private const int FloatsAhead = 1024;

    /// <summary>Whether this tile takes a convolution.</summary>
    /// <param name="steps">Floats of a tap.</param>
    /// <param name="columns">Channels that are computed.</param>
    public static bool Fits(int steps, int columns) => Simd.Level >= SimdLevel.Avx2 && steps % Lanes == 0 && columns <= MaxColumns;

    /// <summary>Lays out steps of a kernel as [steps / 8][columns][8].</summary>
    /// <param name="source">Element (0, 0).</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="stepStride">Floats between steps of the source.</param>
    /// <param name="columnStride">Floats between its columns.</param>
    /// <param name="target">Receives as many floats.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* source, int steps, int columns, nint stepStride, nint columnStride, float* target)
    {
        for (int step = 0; step < steps; step += Lanes, source += Lanes * stepStride)
        {
            for (int column = 0; column < columns; column++, target += Lanes)
            {
                for (int lane = 0; lane < Lanes; lane++)
                    target[lane] = source[(lane * stepStride) + (column * columnStride)];
            }
        }
    }

    /// <summary>Computes some rows, pixels of convolution, of all columns.</summary>
    /// <param name="x">The operands; the right one is packed.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    public static void Run(in TileOperands x, int rows, int columns)
    {
        switch (columns)
        {
            case 1: Run<Rows.R1>(x, rows); break;
            case 2: Run<Rows.R2>(x, rows); break;
            default: Run<Rows.R3>(x, rows); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TColumns>(in TileOperands x, int rows)
        where TColumns : struct, IRowCount
    {
        // Fewer rows than a tile has are computed one by one, four times over; else the last tile computes rows again.
        bool few = rows < Height;
        int step = few ? 1 : Height;
        nint stride = few ? 0 : x.RowStride, strideC = few ? 0 : x.StrideC;
        for (int i = 0; i < rows; i += step)
        {
            int row = Math.Min(i, rows - step);
            Tile<TColumns>(x, x.A + (row * x.RowStride), stride, x.C + (row * x.StrideC), strideC);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TColumns>(in TileOperands x, float* a, nint stride, float* c, nint strideC)
        where TColumns : struct, IRowCount
    {
        int n = TColumns.Count;
        Vector256<float> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector256<float> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        float* b = x.B;
        nint length = x.Length, stride2 = 2 * stride, stride3 = 3 * stride;

        // In the order of memory where pixels follow each other.
        bool direct = strideC == n && x.Start is null;

        // The lines that a few tiles later are written to, for a store waits for its line as a load does, and what the last row of taps reads
        // a page later; where pixels are the phases of a stride, mostly another one has read it.
        Prefetching.Start(c + (4 * Height * strideC));
        if (direct && x.Segments > 0)
        {
            float* ahead = a + x.Offsets[x.Segments - 1] + FloatsAhead;
            Prefetching.Start(ahead);
            Prefetching.Start(ahead + stride);
            Prefetching.Start(ahead + stride2);
            Prefetching.Start(ahead + stride3);
        }

        for (int segment = 0; segment < x.Segments; segment++)
        {
            float* a0 = a + x.Offsets[segment];
            for (float* end = a0 + length; a0 < end; a0 += Lanes, b += n * Lanes)
            {
                Vector256<float> w0 = Vector256.Load(b), w1 = default, w2 = default;
                if (n > 1)
                    w1 = Vector256.Load(b + Lanes);
                if (n > 2)
                    w2 = Vector256.Load(b + (2 * Lanes));
                Add<TColumns>(Vector256.Load(a0), w0, w1, w2, ref s00, ref s01, ref s02);
                Add<TColumns>(Vector256.Load(a0 + stride), w0, w1, w2, ref s10, ref s11, ref s12);
                Add<TColumns>(Vector256.Load(a0 + stride2), w0, w1, w2, ref s20, ref s21, ref s22);
                Add<TColumns>(Vector256.Load(a0 + stride3), w0, w1, w2, ref s30, ref s31, ref s32);
            }
        }

        float* sums = stackalloc float[Height * MaxColumns];
        float* target = direct ? c : sums;
        if (n == 1)
            Sum(s00, s10, s20, s30).Store(target);
        else if (n == 2)
        {
            Sum(s00, s01, s10, s11).Store(target);
            Sum(s20, s21, s30, s31).Store(target + 4);
        }
        else
        {
            Sum(s00, s01, s02, s10).Store(target);
            Sum(s11, s12, s20, s21).Store(target + 4);
            Sum(s22, s30, s31, s32).Store(target + 8);
        }

        if (direct)
            return;
        for (int row = 0; row < Height; row++, c += strideC, sums += n)
        {
            for (int column = 0; column < n; column++)
                c[column] = x.Start is null ? sums[column] : sums[column] + x.Start[column];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TColumns>(
        Vector256<float> a, Vector256<float> w0, Vector256<float> w1, Vector256<float> w2, ref Vector256<float> s0, ref Vector256<float> s1, ref Vector256<float> s2)
        where TColumns : struct, IRowCount
    {
        s0 = Vector256.MultiplyAddEstimate(a, w0, s0);
        if (TColumns.Count > 1)
            s1 = Vector256.MultiplyAddEstimate(a, w1, s1);
        if (TColumns.Count > 2)
            s2 = Vector256.MultiplyAddEstimate(a, w2, s2);
    }

    // The sums of four vectors' lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Sum(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        Vector256<float> ab = Avx.UnpackLow(a, b) + Avx.UnpackHigh(a, b), cd = Avx.UnpackLow(c, d) + Avx.UnpackHigh(c, d);
        Vector256<float> all = Avx.UnpackLow(ab.AsDouble(), cd.AsDouble()).AsSingle() + Avx.UnpackHigh(ab.AsDouble(), cd.AsDouble()).AsSingle();
        return all.GetLower() + all.GetUpper();
    }
}

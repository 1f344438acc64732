using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// <see cref="SoftmaxFocalWork"/> for rows of two logits, four rows at a time in double precision. With R = e^(-|z_0 - z_1|) the greater
/// class has p = 1/(1 + R) and u = R/(1 + R), the other one the two exchanged.
/// </summary>
internal readonly unsafe struct TwoClassFocal(FocalLabels labels, float* logits, FocalTerm term, float* dloss, float* output)
{
    private const int Lanes = 4;

    private static Vector256<int> Apart => Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7);

    private static Vector256<int> Together => Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7);

    /// <summary>Computes rows, as many as vectors hold.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="end">The row after the last one.</param>
    /// <returns>The first row that is left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public nint Run(nint row, nint end)
    {
        for (; row <= end - Lanes; row += Lanes)
        {
            (Vector256<double> z0, Vector256<double> z1) = Columns(logits + (2 * row));
            (Vector256<double> y0, Vector256<double> y1) = labels.Numbers == null ? Columns(labels.Row(row)) : OneHot(Vector128.Load(labels.Numbers + row));
            Vector256<double> below = -Vector256.Abs(z0 - z1), others = Vector256.Exp(below), logSum = Log1p(others);
            Vector256<double> greater = Vector256<double>.One / (Vector256<double>.One + others), lesser = others * greater;
            Vector256<double> first = Vector256.GreaterThanOrEqual(z0, z1);
            Vector256<double> p0 = Vector256.ConditionalSelect(first, greater, lesser), p1 = Vector256.ConditionalSelect(first, lesser, greater);
            Vector256<double> log0 = Vector256.ConditionalSelect(first, -logSum, below - logSum);
            Vector256<double> log1 = Vector256.ConditionalSelect(first, below - logSum, -logSum);
            if (dloss == null)
            {
                Vector256<double> loss = Term(y0, p1, log0, labels.Alpha(0)) + Term(y1, p0, log1, labels.Alpha(1));

                // A NaN counts even where there is no label.
                loss = Vector256.ConditionalSelect(Vector256.IsNaN(others), others, loss);
                Vector256.Narrow(loss, loss).GetLower().Store(output + row);
                continue;
            }

            Vector256<double> h0 = Pull(y0, p0, p1, log0, labels.Alpha(0)), h1 = Pull(y1, p1, p0, log1, labels.Alpha(1));
            Vector256<double> outer = Vector256.WidenLower(Vector128.Load(dloss + row).ToVector256Unsafe());
            Vector256<float> slopes = Vector256.Narrow(outer * ((h0 * p1) - (p0 * h1)), outer * ((h1 * p0) - (p1 * h0)));
            Vector256.Shuffle(slopes, Together).Store(output + (2 * row));
        }

        return row;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> First, Vector256<double> Second) Columns(float* rows) =>
        Vector256.Widen(Vector256.Shuffle(Vector256.Load(rows), Apart));

    // A number that is no class has no label.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> First, Vector256<double> Second) OneHot(Vector128<int> numbers)
    {
        Vector128<float> first = Vector128.ConditionalSelect(Vector128.Equals(numbers, Vector128<int>.Zero).AsSingle(), Vector128<float>.One, default);
        Vector128<float> second = Vector128.ConditionalSelect(Vector128.Equals(numbers, Vector128<int>.One).AsSingle(), Vector128<float>.One, default);
        return Vector256.Widen(Vector256.Create(first, second));
    }

    // By Kahan's correction: exact near 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Log1p(Vector256<double> x)
    {
        Vector256<double> u = Vector256<double>.One + x;
        return Vector256.ConditionalSelect(Vector256.Equals(u, Vector256<double>.One), x, Vector256.Log(u) * (x / (u - Vector256<double>.One)));
    }

    // y·u^γ·(ε·u - α·ln p); a label of 0 leaves out a logarithm that is infinite.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<double> Term(Vector256<double> y, Vector256<double> u, Vector256<double> logP, double alpha)
    {
        Vector256<double> each = y * Power(u) * ((u * term.Poly) - (logP * alpha));
        return Vector256.ConditionalSelect(Vector256.Equals(y, Vector256<double>.Zero), Vector256<double>.Zero, each);
    }

    // y·u^γ·(α·(γ·p·ln p/u - 1) - ε·(γ + 1)·p), where ln p/u goes to -1 with u → 0, and p·ln p to 0 with p → 0.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<double> Pull(Vector256<double> y, Vector256<double> p, Vector256<double> u, Vector256<double> logP, double alpha)
    {
        Vector256<double> zero = Vector256<double>.Zero;
        Vector256<double> ratio = Vector256.ConditionalSelect(Vector256.Equals(u, zero), -Vector256<double>.One, logP / u);
        Vector256<double> gap = Vector256.ConditionalSelect(Vector256.Equals(p, zero), zero, p * ratio);
        Vector256<double> slope = (((gap * (double)term.Gamma) - Vector256<double>.One) * alpha) - (p * (term.Poly * ((double)term.Gamma + 1)));
        return y * Power(u) * slope;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<double> Power(Vector256<double> u) => term.Gamma switch
    {
        0 => Vector256<double>.One,
        1 => u,
        2 => u * u,
        _ => Vector256.Exp(Vector256.Log(u) * (double)term.Gamma),
    };
}

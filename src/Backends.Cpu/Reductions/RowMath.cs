using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Reductions of one row on one thread. Sums run in vectors over 1024 elements at a time and in double precision from there.
/// </summary>
internal static unsafe class RowMath
{
    private const int BlockSize = 1024;

    /// <summary>The greatest element. With a NaN in the row the result means nothing, but neither does a softmax.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(float* x, int n)
    {
        if (n < 8)
        {
            float greatest = float.NegativeInfinity;
            for (int k = 0; k < n; k++)
                greatest = Math.Max(greatest, x[k]);
            return greatest;
        }

        // The last eight, some of which are looked at twice.
        Vector256<float> a = Vector256.Load(x + n - 8), b = a, c = a, d = a;
        int i = 0;
        for (; i <= n - 32; i += 32)
        {
            a = Vector256.MaxNative(a, Vector256.Load(x + i));
            b = Vector256.MaxNative(b, Vector256.Load(x + i + 8));
            c = Vector256.MaxNative(c, Vector256.Load(x + i + 16));
            d = Vector256.MaxNative(d, Vector256.Load(x + i + 24));
        }

        for (; i <= n - 8; i += 8)
            a = Vector256.MaxNative(a, Vector256.Load(x + i));
        a = Vector256.MaxNative(Vector256.MaxNative(a, b), Vector256.MaxNative(c, d));
        Vector128<float> four = Vector128.MaxNative(a.GetLower(), a.GetUpper());
        four = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2)))[0];
    }

    /// <summary>The first place of a value, or the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int IndexOf(float* x, float value, int n)
    {
        Vector256<float> wanted = Vector256.Create(value);
        int i = 0;
        for (; i <= n - 8; i += 8)
        {
            uint found = Vector256.Equals(Vector256.Load(x + i), wanted).ExtractMostSignificantBits();
            if (found != 0)
                return i + BitOperations.TrailingZeroCount(found);
        }

        while (i < n && x[i] != value)
            i++;
        return i;
    }

    /// <summary>The first place from one on that is not 0 (a NaN is not), or the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int IndexOfNonZero(float* x, int from, int n)
    {
        int i = from;
        for (; i <= n - 32; i += 32)
        {
            Vector256<float> any = (Vector256.Load(x + i) | Vector256.Load(x + i + 8)) | (Vector256.Load(x + i + 16) | Vector256.Load(x + i + 24));

            // The bits of ±0, shifted by one, are those of 0.
            if ((any.AsUInt32() << 1) != Vector256<uint>.Zero)
                break;
        }

        while (i < n && x[i] == 0)
            i++;
        return i;
    }

    /// <summary>The sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum(float* x, int n)
    {
        double total = 0;
        for (int start = 0; start < n; start += BlockSize)
        {
            int i = start, end = Math.Min(n, start + BlockSize);
            Vector256<float> a = default, b = default;
            for (; i <= end - 16; i += 16)
            {
                a += Vector256.Load(x + i);
                b += Vector256.Load(x + i + 8);
            }

            total += Vector256.Sum(a + b);
            for (; i < end; i++)
                total += x[i];
        }

        return total;
    }

    /// <summary>The sum of products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(float* x, float* y, int n)
    {
        double total = 0;
        for (int start = 0; start < n; start += BlockSize)
        {
            int i = start, end = Math.Min(n, start + BlockSize);
            Vector256<float> a = default, b = default;
            for (; i <= end - 16; i += 16)
            {
                a = Vector256.MultiplyAddEstimate(Vector256.Load(x + i), Vector256.Load(y + i), a);
                b = Vector256.MultiplyAddEstimate(Vector256.Load(x + i + 8), Vector256.Load(y + i + 8), b);
            }

            total += Vector256.Sum(a + b);
            for (; i < end; i++)
                total += (double)x[i] * y[i];
        }

        return total;
    }

    /// <summary>The sum of e^(x - shift), which goes to <paramref name="y"/> element by element unless that is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumExp(float* x, float shift, float* y, int n)
    {
        double total = 0;
        for (int start = 0; start < n; start += BlockSize)
        {
            int i = start, end = Math.Min(n, start + BlockSize);
            Vector256<float> top = Vector256.Create(shift), sum = default;
            for (; i <= end - 32; i += 32)
            {
                var (a, b, c, d) = VectorMath.Exp(
                    Vector256.Load(x + i) - top, Vector256.Load(x + i + 8) - top, Vector256.Load(x + i + 16) - top, Vector256.Load(x + i + 24) - top);
                if (y != null)
                {
                    a.Store(y + i);
                    b.Store(y + i + 8);
                    c.Store(y + i + 16);
                    d.Store(y + i + 24);
                }

                sum = sum + a + b + c + d;
            }

            for (; i <= end - 8; i += 8)
            {
                Vector256<float> e = VectorMath.Exp(Vector256.Load(x + i) - top);
                if (y != null)
                    e.Store(y + i);
                sum += e;
            }

            if (i < end)
            {
                // The lanes beyond the row hold -∞ and add nothing.
                Vector256<float> rest = VectorTail.Load(x + i, end - i, float.NegativeInfinity);
                Vector256<float> e = VectorMath.Exp(rest - top);
                if (y != null)
                    VectorTail.Store(e, y + i, end - i);
                sum += e;
            }

            total += Vector256.Sum(sum);
        }

        return total;
    }

    /// <summary>
    /// The sum of e^(x - max) over all but one of the greatest elements: what 1 is added to, exact however small it is. The terms
    /// go to <paramref name="y"/>, those of the greatest too, unless that is null.
    /// </summary>
    /// <param name="x">The row.</param>
    /// <param name="max">Its greatest element.</param>
    /// <param name="y">Where e^(x - max) goes, or null.</param>
    /// <param name="n">Elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumExpOfOthers(float* x, float max, float* y, int n)
    {
        double total = 0, greatestOnes = -1;
        for (int start = 0; start < n; start += BlockSize)
        {
            int i = start, end = Math.Min(n, start + BlockSize);
            Vector256<float> top = Vector256.Create(max), sum = default, ones = default, sum2 = default;
            for (; i <= end - 32; i += 32)
            {
                Vector256<float> a = Vector256.Load(x + i), b = Vector256.Load(x + i + 8);
                Vector256<float> c = Vector256.Load(x + i + 16), d = Vector256.Load(x + i + 24);
                var (expA, expB, expC, expD) = VectorMath.Exp(a - top, b - top, c - top, d - top);
                if (y != null)
                {
                    expA.Store(y + i);
                    expB.Store(y + i + 8);
                    expC.Store(y + i + 16);
                    expD.Store(y + i + 24);
                }

                // Few places hold the greatest.
                if (Vector256.EqualsAny(Vector256.MaxNative(Vector256.MaxNative(a, b), Vector256.MaxNative(c, d)), top))
                {
                    Vector256<float> greatestA = Vector256.Equals(a, top), greatestB = Vector256.Equals(b, top);
                    Vector256<float> greatestC = Vector256.Equals(c, top), greatestD = Vector256.Equals(d, top);
                    ones += (expA & greatestA) + (expB & greatestB) + (expC & greatestC) + (expD & greatestD);
                    (expA, expB) = (Vector256.AndNot(expA, greatestA), Vector256.AndNot(expB, greatestB));
                    (expC, expD) = (Vector256.AndNot(expC, greatestC), Vector256.AndNot(expD, greatestD));
                }

                sum += expA;
                sum2 += expB;
                sum += expC;
                sum2 += expD;
            }

            sum += sum2;
            for (; i < end; i += 8)
            {
                // The lanes beyond the row hold -∞ and add nothing.
                int count = Math.Min(8, end - i);
                Vector256<float> a = count == 8 ? Vector256.Load(x + i) : VectorTail.Load(x + i, count, float.NegativeInfinity);
                Vector256<float> exp = VectorMath.Exp(a - top), greatest = Vector256.Equals(a, top);
                if (y != null && count == 8)
                    exp.Store(y + i);
                else if (y != null)
                    VectorTail.Store(exp, y + i, count);
                sum += Vector256.AndNot(exp, greatest);
                ones += exp & greatest;
            }

            total += Vector256.Sum(sum);
            greatestOnes += Vector256.Sum(ones);
        }

        return total + greatestOnes;
    }

    /// <summary>y = f(x) over one row; y may be x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Map<TFunction>(TFunction function, float* x, float* y, int n)
        where TFunction : struct, IUnaryFunction
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
            function.Invoke(Vector256.Load(x + i)).Store(y + i);
        if (i < n)
            VectorTail.Store(function.Invoke(VectorTail.Load(x + i, n - i)), y + i, n - i);
    }

    /// <summary>y = f(a, b) over one row; y may be either.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Zip<TFunction>(TFunction function, float* a, float* b, float* y, int n)
        where TFunction : struct, IBinaryFunction
    {
        int i = 0;
        for (; i <= n - 8; i += 8)
            function.Invoke(Vector256.Load(a + i), Vector256.Load(b + i)).Store(y + i);
        if (i < n)
            VectorTail.Store(function.Invoke(VectorTail.Load(a + i, n - i), VectorTail.Load(b + i, n - i)), y + i, n - i);
    }
}

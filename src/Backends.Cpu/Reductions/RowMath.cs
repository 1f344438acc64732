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
    public static float Max(float* x, int n)
    {
        Vector256<float> a = Vector256.Create(float.NegativeInfinity), b = a;
        int i = 0;
        for (; i <= n - 16; i += 16)
        {
            a = Vector256.MaxNative(a, Vector256.Load(x + i));
            b = Vector256.MaxNative(b, Vector256.Load(x + i + 8));
        }

        a = Vector256.MaxNative(a, b);
        float max = a[0];
        for (int lane = 1; lane < 8; lane++)
            max = Math.Max(max, a[lane]);
        for (; i < n; i++)
            max = Math.Max(max, x[i]);
        return max;
    }

    /// <summary>The first place of a value, or the length.</summary>
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
    public static double SumExp(float* x, float shift, float* y, int n)
    {
        double total = 0;
        for (int start = 0; start < n; start += BlockSize)
        {
            int i = start, end = Math.Min(n, start + BlockSize);
            Vector256<float> sum = default;
            for (; i <= end - 8; i += 8)
            {
                Vector256<float> e = VectorMath.Exp(Vector256.Load(x + i) - Vector256.Create(shift));
                if (y != null)
                    e.Store(y + i);
                sum += e;
            }

            if (i < end)
            {
                // The lanes beyond the row hold -∞ and add nothing.
                Vector256<float> rest = VectorTail.Load(x + i, end - i, float.NegativeInfinity);
                Vector256<float> e = VectorMath.Exp(rest - Vector256.Create(shift));
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
    public static double SumExpOfOthers(float* x, float max, float* y, int n)
    {
        double total = 0, greatestOnes = -1;
        for (int start = 0; start < n; start += BlockSize)
        {
            int i = start, end = Math.Min(n, start + BlockSize);
            Vector256<float> top = Vector256.Create(max), sum = default, ones = default, sum2 = default, ones2 = default;
            for (; i <= end - 16; i += 16)
            {
                Vector256<float> a = Vector256.Load(x + i), b = Vector256.Load(x + i + 8);
                Vector256<float> expA = VectorMath.Exp(a - top), expB = VectorMath.Exp(b - top);
                if (y != null)
                {
                    expA.Store(y + i);
                    expB.Store(y + i + 8);
                }

                Vector256<float> greatestA = Vector256.Equals(a, top), greatestB = Vector256.Equals(b, top);
                sum += Vector256.AndNot(expA, greatestA);
                sum2 += Vector256.AndNot(expB, greatestB);
                ones += expA & greatestA;
                ones2 += expB & greatestB;
            }

            (sum, ones) = (sum + sum2, ones + ones2);
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

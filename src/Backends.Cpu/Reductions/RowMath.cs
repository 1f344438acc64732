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

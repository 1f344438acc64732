using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>y = e^(x - max) / Σ e^(x - max).</summary>
internal readonly unsafe struct SoftmaxRow : IRowKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* a, float* b, float* y, int n)
    {
        double sum = RowMath.SumExp(a, RowMath.Max(a, n), y, n);
        RowMath.Map(new ScaleFunction((float)(1 / sum)), y, y, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunColumns(Vector256<float>* a, Vector256<float>* b, Vector256<float>* y, int n)
    {
        Vector256<float> max = ColumnMath.Max(a, n), sum = default;
        for (int i = 0; i < n; i++)
            sum += y[i] = VectorMath.Exp(a[i] - max);
        for (int i = 0; i < n; i++)
            y[i] /= sum;
    }
}

/// <summary>dx = y·(dy - Σ dy·y), from y and dy.</summary>
internal readonly unsafe struct SoftmaxGradientRow : IRowKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* a, float* b, float* y, int n) =>
        RowMath.Zip(new Centred((float)RowMath.Dot(a, b, n)), a, b, y, n);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunColumns(Vector256<float>* a, Vector256<float>* b, Vector256<float>* y, int n)
    {
        Vector256<float> dot = default;
        for (int i = 0; i < n; i++)
            dot = Vector256.MultiplyAddEstimate(a[i], b[i], dot);
        for (int i = 0; i < n; i++)
            y[i] = a[i] * (b[i] - dot);
    }

    private readonly struct Centred(float dot) : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => a * (b - Vector256.Create(dot));
    }
}

/// <summary>y = x - max - ln Σ e^(x - max).</summary>
internal readonly unsafe struct LogSoftmaxRow : IRowKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* a, float* b, float* y, int n)
    {
        float max = RowMath.Max(a, n);
        RowMath.Map(new Shifted(max, (float)Math.Log(RowMath.SumExp(a, max, null, n))), a, y, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunColumns(Vector256<float>* a, Vector256<float>* b, Vector256<float>* y, int n)
    {
        Vector256<float> max = ColumnMath.Max(a, n), sum = default;
        for (int i = 0; i < n; i++)
            sum += VectorMath.Exp(a[i] - max);
        Vector256<float> log = VectorMath.Log(sum);
        for (int i = 0; i < n; i++)
            y[i] = a[i] - max - log;
    }

    private readonly struct Shifted(float max, float log) : IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Invoke(Vector256<float> x) => x - Vector256.Create(max) - Vector256.Create(log);
    }
}

/// <summary>dx = dy - e^y·Σ dy, from y and dy.</summary>
internal readonly unsafe struct LogSoftmaxGradientRow : IRowKernel
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* a, float* b, float* y, int n) => RowMath.Zip(new Spread((float)RowMath.Sum(b, n)), a, b, y, n);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunColumns(Vector256<float>* a, Vector256<float>* b, Vector256<float>* y, int n)
    {
        Vector256<float> sum = default;
        for (int i = 0; i < n; i++)
            sum += b[i];
        for (int i = 0; i < n; i++)
            y[i] = b[i] - (VectorMath.Exp(a[i]) * sum);
    }

    private readonly struct Spread(float sum) : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => b - (VectorMath.Exp(a) * sum);
    }
}

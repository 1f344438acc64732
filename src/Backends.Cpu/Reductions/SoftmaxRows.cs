using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>y = e^(x - max) / Σ e^(x - max).</summary>
internal readonly unsafe struct SoftmaxRow : IRowKernel
{
    public static void Run(float* a, float* b, float* y, int n)
    {
        double sum = RowMath.SumExp(a, RowMath.Max(a, n), y, n);
        RowMath.Map(new ScaleFunction((float)(1 / sum)), y, y, n);
    }
}

/// <summary>dx = y·(dy - Σ dy·y), from y and dy.</summary>
internal readonly unsafe struct SoftmaxGradientRow : IRowKernel
{
    public static void Run(float* a, float* b, float* y, int n) =>
        RowMath.Zip(new Centred((float)RowMath.Dot(a, b, n)), a, b, y, n);

    private readonly struct Centred(float dot) : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => a * (b - Vector256.Create(dot));
    }
}

/// <summary>y = x - max - ln Σ e^(x - max).</summary>
internal readonly unsafe struct LogSoftmaxRow : IRowKernel
{
    public static void Run(float* a, float* b, float* y, int n)
    {
        float max = RowMath.Max(a, n);
        RowMath.Map(new Shifted(max, (float)Math.Log(RowMath.SumExp(a, max, null, n))), a, y, n);
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
    public static void Run(float* a, float* b, float* y, int n) => RowMath.Zip(new Spread((float)RowMath.Sum(b, n)), a, b, y, n);

    private readonly struct Spread(float sum) : IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Invoke(Vector256<float> a, Vector256<float> b) => b - (VectorMath.Exp(a) * sum);
    }
}

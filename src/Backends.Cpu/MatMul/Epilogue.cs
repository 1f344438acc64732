using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>What comes before and after an inner sum, on a block that is in cache: the bias, and ReLU.</summary>
internal static unsafe class Epilogue
{
    /// <summary>Sets every row to the bias, or to zero without one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Start(float* y, nint stride, int rows, int columns, float* bias)
    {
        for (int row = 0; row < rows; row++, y += stride)
        {
            var target = new Span<float>(y, columns);
            if (bias is null)
                target.Clear();
            else
                new ReadOnlySpan<float>(bias, columns).CopyTo(target);
        }
    }

    /// <summary>y = max(y, 0); NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Relu(float* y, nint stride, int rows, int columns)
    {
        for (int row = 0; row < rows; row++, y += stride)
        {
            int i = 0;
            for (; i <= columns - Vector256<float>.Count; i += Vector256<float>.Count)
                Rectify(Vector256.Load(y + i)).Store(y + i);
            for (; i < columns; i++)
                y[i] = y[i] < 0 ? 0 : y[i];
        }
    }

    /// <summary>y = max(y + bias, 0), the two steps as asked for.</summary>
    /// <param name="y">The first float.</param>
    /// <param name="stride">Floats between rows.</param>
    /// <param name="rows">Rows, such as pixels.</param>
    /// <param name="columns">Columns, such as channels.</param>
    /// <param name="bias">One float a column, or null.</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void BiasRelu(float* y, nint stride, int rows, int columns, float* bias, bool relu)
    {
        if (bias is null)
        {
            Relu(y, stride, rows, columns);
            return;
        }

        for (int row = 0; row < rows; row++, y += stride)
        {
            int i = 0;
            for (; i <= columns - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256<float> sum = Vector256.Load(y + i) + Vector256.Load(bias + i);
                (relu ? Rectify(sum) : sum).Store(y + i);
            }

            for (; i < columns; i++)
            {
                float sum = y[i] + bias[i];
                y[i] = relu && sum < 0 ? 0 : sum;
            }
        }
    }

    /// <summary>max(v, 0) with NaN kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Rectify(Vector256<float> v) => Vector256.AndNot(v, Vector256.LessThan(v, Vector256<float>.Zero));

    /// <summary>max(v, 0) with NaN kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Rectify(Vector512<float> v) => Vector512.AndNot(v, Vector512.LessThan(v, Vector512<float>.Zero));
}

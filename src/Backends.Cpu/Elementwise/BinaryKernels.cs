using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>The element-wise functions of two arguments over a run of elements.</summary>
internal static class BinaryKernels
{
    /// <summary>y[i] = f(a[i], b[i]).</summary>
    public static void Run(BinaryOp op, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        switch (op)
        {
            case BinaryOp.Add:
                TensorPrimitives.Add(a, b, y);
                break;
            case BinaryOp.Subtract:
                TensorPrimitives.Subtract(a, b, y);
                break;
            case BinaryOp.Multiply:
                TensorPrimitives.Multiply(a, b, y);
                break;
            case BinaryOp.Divide:
                TensorPrimitives.Divide(a, b, y);
                break;
            case BinaryOp.Maximum:
                TensorPrimitives.Max(a, b, y);
                break;
            case BinaryOp.Minimum:
                TensorPrimitives.Min(a, b, y);
                break;
            default:
                for (int i = 0; i < y.Length; i++)
                    y[i] = One(op, a[i], b[i]);
                break;
        }
    }

    /// <summary>y[i] = f(a[i], b).</summary>
    public static void Run(BinaryOp op, ReadOnlySpan<float> a, float b, Span<float> y)
    {
        switch (op)
        {
            case BinaryOp.Add:
                TensorPrimitives.Add(a, b, y);
                break;
            case BinaryOp.Subtract:
                TensorPrimitives.Subtract(a, b, y);
                break;
            case BinaryOp.Multiply:
                TensorPrimitives.Multiply(a, b, y);
                break;
            case BinaryOp.Divide:
                TensorPrimitives.Divide(a, b, y);
                break;
            case BinaryOp.Maximum:
                TensorPrimitives.Max(a, b, y);
                break;
            case BinaryOp.Minimum:
                TensorPrimitives.Min(a, b, y);
                break;
            default:
                for (int i = 0; i < y.Length; i++)
                    y[i] = One(op, a[i], b);
                break;
        }
    }

    /// <summary>y[i] = f(a, b[i]).</summary>
    public static void Run(BinaryOp op, float a, ReadOnlySpan<float> b, Span<float> y)
    {
        switch (op)
        {
            case BinaryOp.Add or BinaryOp.Multiply or BinaryOp.Maximum or BinaryOp.Minimum:
                Run(op, b, a, y);
                break;
            case BinaryOp.Subtract:
                TensorPrimitives.Subtract(a, b, y);
                break;
            case BinaryOp.Divide:
                TensorPrimitives.Divide(a, b, y);
                break;
            default:
                for (int i = 0; i < y.Length; i++)
                    y[i] = One(op, a, b[i]);
                break;
        }
    }

    private static float One(BinaryOp op, float a, float b) => op switch
    {
        BinaryOp.Power => (float)Math.Pow(a, b),
        BinaryOp.Equal => a == b ? 1 : 0,
        BinaryOp.NotEqual => a != b ? 1 : 0,
        BinaryOp.Less => a < b ? 1 : 0,
        BinaryOp.LessEqual => a <= b ? 1 : 0,
        BinaryOp.Greater => a > b ? 1 : 0,
        BinaryOp.GreaterEqual => a >= b ? 1 : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "unknown function"),
    };
}

using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>The element-wise functions of one argument over a run of elements.</summary>
internal static class UnaryKernels
{
    public static void Forward(UnaryOp op, ReadOnlySpan<float> x, Span<float> y)
    {
        switch (op.Kind)
        {
            case UnaryKind.Affine when op.B == 0:
                TensorPrimitives.Multiply(x, op.A, y);
                break;
            case UnaryKind.Affine when op.A == 1:
                TensorPrimitives.Add(x, op.B, y);
                break;
            case UnaryKind.Affine:
                TensorPrimitives.Multiply(x, op.A, y);
                TensorPrimitives.Add(y, op.B, y);
                break;
            case UnaryKind.Power:
                Power(op.A, x, y);
                break;
            case UnaryKind.Clip:
                TensorPrimitives.Max(x, op.A, y);
                TensorPrimitives.Min(y, op.B, y);
                break;
            case UnaryKind.Abs:
                TensorPrimitives.Abs(x, y);
                break;
            case UnaryKind.Sign:
                for (int i = 0; i < x.Length; i++)
                    y[i] = x[i] > 0 ? 1 : x[i] < 0 ? -1 : x[i];
                break;
            case UnaryKind.Exp:
                TensorPrimitives.Exp(x, y);
                break;
            case UnaryKind.Expm1:
                for (int i = 0; i < x.Length; i++)
                    y[i] = (float)Scalar.Expm1(x[i]);
                break;
            case UnaryKind.Log:
                TensorPrimitives.Log(x, y);
                break;
            case UnaryKind.Log1p:
                for (int i = 0; i < x.Length; i++)
                    y[i] = (float)Scalar.Log1p(x[i]);
                break;
            case UnaryKind.Sqrt:
                TensorPrimitives.Sqrt(x, y);
                break;
            case UnaryKind.Rsqrt:
                TensorPrimitives.ReciprocalSqrt(x, y);
                break;
            case UnaryKind.Square:
                TensorPrimitives.Multiply(x, x, y);
                break;
            case UnaryKind.Reciprocal:
                TensorPrimitives.Reciprocal(x, y);
                break;
            case UnaryKind.Relu:
                TensorPrimitives.Max(x, 0f, y);
                break;
            case UnaryKind.LeakyRelu:
                for (int i = 0; i < x.Length; i++)
                    y[i] = x[i] >= 0 ? x[i] : x[i] * op.A;
                break;
            case UnaryKind.Elu:
                for (int i = 0; i < x.Length; i++)
                    y[i] = x[i] > 0 ? x[i] : op.A * (float)Scalar.Expm1(x[i]);
                break;
            case UnaryKind.Gelu:
                for (int i = 0; i < x.Length; i++)
                    y[i] = (float)(x[i] * Scalar.NormalCdf(x[i]));
                break;
            case UnaryKind.Sigmoid:
                TensorPrimitives.Sigmoid(x, y);
                break;
            case UnaryKind.Silu:
                for (int i = 0; i < x.Length; i++)
                    y[i] = (float)(x[i] * Scalar.Sigmoid(x[i]));
                break;
            case UnaryKind.Softplus:
                for (int i = 0; i < x.Length; i++)
                    y[i] = (float)(Math.Max(x[i], 0) + Scalar.Log1p(Math.Exp(-Math.Abs((double)x[i]))));
                break;
            case UnaryKind.Tanh:
                TensorPrimitives.Tanh(x, y);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(op), op, "unknown function");
        }
    }

    public static void Gradient(UnaryOp op, ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        switch (op.Kind)
        {
            case UnaryKind.Affine:
                TensorPrimitives.Multiply(dy, op.A, dx);
                break;
            case UnaryKind.Exp:
                TensorPrimitives.Multiply(dy, y, dx);
                break;
            case UnaryKind.Log:
                TensorPrimitives.Divide(dy, x, dx);
                break;
            case UnaryKind.Relu:
                ReluGradient.Apply(y, dy, dx);
                break;
            default:
                for (int i = 0; i < dx.Length; i++)
                    dx[i] = (float)(dy[i] * Slope(op, x[i], y[i]));
                break;
        }
    }

    private static void Power(float exponent, ReadOnlySpan<float> x, Span<float> y)
    {
        switch (exponent)
        {
            case 0:
                y.Fill(1);
                break;
            case 1:
                x.CopyTo(y);
                break;
            case 2:
                TensorPrimitives.Multiply(x, x, y);
                break;
            default:
                for (int i = 0; i < x.Length; i++)
                    y[i] = (float)Math.Pow(x[i], exponent);
                break;
        }
    }

    private static double Slope(UnaryOp op, double x, double y) => op.Kind switch
    {
        UnaryKind.Power => op.A == 0 ? 0 : op.A * Math.Pow(x, op.A - 1.0),
        UnaryKind.Clip => x >= op.A && x <= op.B ? 1 : 0,
        UnaryKind.Abs => x > 0 ? 1 : x < 0 ? -1 : x,
        UnaryKind.Sign => 0,
        UnaryKind.Expm1 => y + 1,
        UnaryKind.Log1p => 1 / (1 + x),
        UnaryKind.Sqrt => 0.5 / y,
        UnaryKind.Rsqrt => -0.5 * y / x,
        UnaryKind.Square => 2 * x,
        UnaryKind.Reciprocal => -y * y,
        UnaryKind.LeakyRelu => x >= 0 ? 1 : op.A,
        UnaryKind.Elu => x > 0 ? 1 : y + op.A,
        UnaryKind.Gelu => Scalar.NormalCdf(x) + (x * Scalar.NormalDensity(x)),
        UnaryKind.Sigmoid => y * (1 - y),
        UnaryKind.Silu => Scalar.Sigmoid(x) * (1 + (x * (1 - Scalar.Sigmoid(x)))),
        UnaryKind.Softplus => Scalar.Sigmoid(x),
        UnaryKind.Tanh => 1 - (y * y),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "unknown function"),
    };
}

using Numerics.Tensors;

namespace Numerics.Tests.Reference;

public sealed partial class ReferenceBackend
{
    public override void Fill(float value, Tensor y) => V(y).Fill(value);

    public override void Cast(Tensor x, Tensor y)
    {
        Real[] a = Read(x);
        Each(y, i =>
        {
            Real number = x.DType == DType.UNorm8 ? a[i] / 255 : a[i];
            double value = number.Value;
            return y.DType switch
            {
                DType.Float32 => number,
                DType.Int32 => double.IsNaN(value) ? 0 : Math.Clamp(Math.Truncate(value), int.MinValue, int.MaxValue),
                // The product is rounded to a float first, as the operation defines it: near a tie that decides the byte.
                DType.UNorm8 => double.IsNaN(value) ? 0 : Math.Clamp(Math.Round((double)(float)(value * 255)), 0, 255),
                _ => double.IsNaN(value) ? 0 : Math.Clamp(Math.Truncate(value), 0, 255),
            };
        });
    }

    public override void Unary(UnaryOp op, Tensor x, Tensor y)
    {
        Real[] a = Read(x);
        bool picks = op.Kind is UnaryKind.Clip or UnaryKind.Abs or UnaryKind.Sign or UnaryKind.Relu;
        Each(y, i => picks ? a[i].Pick(v => Function(op, v)) : a[i].Apply(v => Function(op, v), Size(op, a[i].Value)));
    }

    public override void UnaryGradient(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx)
    {
        Real[] a = Read(x), g = Read(dy);
        bool picks = op.Kind is UnaryKind.Clip or UnaryKind.Abs or UnaryKind.Sign or UnaryKind.Relu;
        Each(dx, i => picks ? Picked(g[i], Slope(op, a[i].Value)) : g[i] * a[i].Apply(v => Slope(op, v), SlopeSize(op, a[i].Value)));
    }

    public override void Binary(BinaryOp op, Tensor a, Tensor b, Tensor y)
    {
        Real[] p = Read(a), q = Read(b);
        Each(y, i => Function(op, p[Broadcasted(i, y.Shape, a.Shape)], q[Broadcasted(i, y.Shape, b.Shape)]));
    }

    public override void Select(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        double[] c = ReadDoubles(condition);
        Real[] p = Read(a), q = Read(b);
        Each(y, i => c[i] != 0 ? p[i] : q[i]);
    }

    public override void Broadcast(Tensor x, Tensor y)
    {
        Real[] a = Read(x);
        Each(y, i => a[Broadcasted(i, y.Shape, x.Shape)]);
    }

    /// <summary>The normal distribution function, by the series of the error function near 0 and its continued fraction further out.</summary>
    internal static double Normal(double x)
    {
        double z = Math.Abs(x) / Math.Sqrt(2);
        if (double.IsNaN(z))
            return z;
        if (z < 2)
        {
            double term = z, sum = z;
            for (int n = 1; n < 200; n++)
            {
                term *= -z * z / n;
                sum += term / ((2 * n) + 1);
            }

            return 0.5 + (Math.Sign(x) * sum / Math.Sqrt(Math.PI));
        }

        double fraction = 0;
        for (int n = 200; n > 0; n--)
            fraction = n / 2.0 / (z + fraction);
        double tail = Math.Exp(-z * z) / Math.Sqrt(Math.PI) / (z + fraction) / 2;
        return x < 0 ? tail : 1 - tail;
    }

    internal static double Log1p(double x) => Math.Abs(x) > 1e-4 ? Math.Log(1 + x) : x - (x * x / 2) + (x * x * x / 3) - (x * x * x * x / 4);

    private static int Broadcasted(int index, Shape output, Shape input)
    {
        int result = 0, stride = 1;
        for (int axis = 1; axis <= output.Rank; axis++)
        {
            int position = index % output.Dims[^axis];
            index /= output.Dims[^axis];
            if (axis > input.Rank)
                continue;
            if (input.Dims[^axis] != 1)
                result += position * stride;
            stride *= input.Dims[^axis];
        }

        return result;
    }

    private static double Function(UnaryOp op, double x) => op.Kind switch
    {
        UnaryKind.Affine => (op.A * x) + op.B,
        UnaryKind.Power => Math.Pow(x, op.A),
        UnaryKind.Clip => double.IsNaN(x) ? x : Math.Min(Math.Max(x, op.A), op.B),
        UnaryKind.Abs => Math.Abs(x),
        UnaryKind.Sign => double.IsNaN(x) ? x : Math.Sign(x),
        UnaryKind.Exp => Math.Exp(x),
        UnaryKind.Expm1 => Math.Abs(x) > 1e-4 ? Math.Exp(x) - 1 : x + (x * x / 2) + (x * x * x / 6),
        UnaryKind.Log => Math.Log(x),
        UnaryKind.Log1p => Log1p(x),
        UnaryKind.Sqrt => Math.Sqrt(x),
        UnaryKind.Rsqrt => 1 / Math.Sqrt(x),
        UnaryKind.Square => x * x,
        UnaryKind.Reciprocal => 1 / x,
        UnaryKind.Relu => Math.Max(x, 0),
        UnaryKind.LeakyRelu => x >= 0 ? x : op.A * x,
        UnaryKind.Elu => x > 0 ? x : op.A * Function(UnaryKind.Expm1, x),
        UnaryKind.Gelu => x * Normal(x),
        UnaryKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryKind.Silu => x / (1 + Math.Exp(-x)),
        UnaryKind.Softplus => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x))),
        UnaryKind.Tanh => Math.Tanh(x),
        _ => throw new ArgumentOutOfRangeException(nameof(op)),
    };

    private static double Slope(UnaryOp op, double x)
    {
        double s = 1 / (1 + Math.Exp(-x));
        return op.Kind switch
        {
            UnaryKind.Affine => op.A,
            UnaryKind.Power => op.A == 0 ? 0 : op.A * Math.Pow(x, op.A - 1.0),
            UnaryKind.Clip => x >= op.A && x <= op.B ? 1 : 0,
            UnaryKind.Abs => double.IsNaN(x) ? x : Math.Sign(x),
            UnaryKind.Sign => 0,
            UnaryKind.Exp or UnaryKind.Expm1 => Math.Exp(x),
            UnaryKind.Log => 1 / x,
            UnaryKind.Log1p => 1 / (1 + x),
            UnaryKind.Sqrt => 0.5 / Math.Sqrt(x),
            UnaryKind.Rsqrt => -0.5 / (x * Math.Sqrt(x)),
            UnaryKind.Square => 2 * x,
            UnaryKind.Reciprocal => -1 / (x * x),
            UnaryKind.Relu => x > 0 ? 1 : 0,
            UnaryKind.LeakyRelu => x >= 0 ? 1 : op.A,
            UnaryKind.Elu => x > 0 ? 1 : op.A * Math.Exp(x),
            UnaryKind.Gelu => Normal(x) + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)),
            UnaryKind.Sigmoid => s * (1 - s),
            UnaryKind.Silu => s * (1 + (x * (1 - s))),
            UnaryKind.Softplus => s,
            UnaryKind.Tanh => 1 - (Math.Tanh(x) * Math.Tanh(x)),
            _ => throw new ArgumentOutOfRangeException(nameof(op)),
        };
    }

    // The size of the terms inside, where that is more than the result's: what is added, or a factor below the normal range.
    private static double Size(UnaryOp op, double x) => op.Kind switch
    {
        UnaryKind.Affine => Math.Max(Math.Abs(op.A * x), Math.Abs(op.B)),
        UnaryKind.Silu or UnaryKind.Gelu => double.IsFinite(x) ? Math.Abs(x) * Real.SmallestNormal : 0,
        _ => 0,
    };

    // Slopes that a backend may take from the function's value: 1 - tanh², s·(1 - s).
    private static double SlopeSize(UnaryOp op, double x) => op.Kind switch
    {
        UnaryKind.Tanh => 1,
        UnaryKind.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryKind.Silu => double.IsFinite(x) ? (1 + Math.Abs(x)) * Math.Max(1 / (1 + Math.Exp(-x)), Real.SmallestNormal) : 0,
        UnaryKind.Elu => op.A,
        UnaryKind.Gelu => Math.Max(Normal(x), double.IsFinite(x) ? Math.Abs(x) * Real.SmallestNormal : 0),
        _ => 0,
    };

    private static Real Picked(Real g, double factor) => new(g.Value * factor, factor == 0 ? 0 : g.Error);

    private static Real Function(BinaryOp op, Real a, Real b) => op switch
    {
        BinaryOp.Add => a + b,
        BinaryOp.Subtract => a - b,
        BinaryOp.Multiply => a * b,
        BinaryOp.Divide => a / b,
        BinaryOp.Power => Power(a, b),
        BinaryOp.Maximum => Extreme(Math.Max(a.Value, b.Value), a, b),
        BinaryOp.Minimum => Extreme(Math.Min(a.Value, b.Value), a, b),
        BinaryOp.AddRelu => (a + b).Pick(v => Math.Max(v, 0)),
        BinaryOp.Equal => a.Value == b.Value ? 1.0 : 0.0,
        BinaryOp.NotEqual => a.Value != b.Value ? 1.0 : 0.0,
        BinaryOp.Less => a.Value < b.Value ? 1.0 : 0.0,
        BinaryOp.LessEqual => a.Value <= b.Value ? 1.0 : 0.0,
        BinaryOp.Greater => a.Value > b.Value ? 1.0 : 0.0,
        BinaryOp.GreaterEqual => a.Value >= b.Value ? 1.0 : 0.0,
        _ => throw new ArgumentOutOfRangeException(nameof(op)),
    };

    private static Real Extreme(double value, Real a, Real b) => new(value, Math.Max(a.Error, b.Error));

    private static Real Power(Real a, Real b)
    {
        Real byBase = a.Apply(v => Math.Pow(v, b.Value)), byExponent = b.Apply(v => Math.Pow(a.Value, v));
        return new Real(byBase.Value, byBase.Error + byExponent.Error);
    }
}

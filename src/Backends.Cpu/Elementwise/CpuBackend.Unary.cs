using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Element-wise functions of one argument and their gradients.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Unary(UnaryOp op, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        switch (op.Kind)
        {
            case UnaryKind.Affine when op.B == 0: Map(new ScaleFunction(op.A), x, y); break;
            case UnaryKind.Affine when op.A == 1: Map(new ShiftFunction(op.B), x, y); break;
            case UnaryKind.Affine: Map(new AffineFunction(op.A, op.B), x, y); break;
            case UnaryKind.Power: Map(new PowerFunction(op.A), x, y); break;
            case UnaryKind.Clip: Map(new ClipFunction(op.A, op.B), x, y); break;
            case UnaryKind.Abs: Map(default(AbsFunction), x, y); break;
            case UnaryKind.Sign: Map(default(SignFunction), x, y); break;
            case UnaryKind.Exp: Map(default(ExpFunction), x, y); break;
            case UnaryKind.Expm1: Map(default(Expm1Function), x, y); break;
            case UnaryKind.Log: Map(default(LogFunction), x, y); break;
            case UnaryKind.Log1p: Map(default(Log1pFunction), x, y); break;
            case UnaryKind.Sqrt: Map(default(SqrtFunction), x, y); break;
            case UnaryKind.Rsqrt: Map(default(RsqrtFunction), x, y); break;
            case UnaryKind.Square: Map(default(SquareFunction), x, y); break;
            case UnaryKind.Reciprocal: Map(default(ReciprocalFunction), x, y); break;
            case UnaryKind.Relu: Map(default(ReluFunction), x, y); break;
            case UnaryKind.LeakyRelu: Map(new LeakyReluFunction(op.A), x, y); break;
            case UnaryKind.Elu: Map(new EluFunction(op.A), x, y); break;
            case UnaryKind.Gelu: Map(default(GeluFunction), x, y); break;
            case UnaryKind.Sigmoid: Map(default(SigmoidFunction), x, y); break;
            case UnaryKind.Silu: Map(default(SiluFunction), x, y); break;
            case UnaryKind.Softplus: Map(default(SoftplusFunction), x, y); break;
            case UnaryKind.Tanh: Map(default(TanhFunction), x, y); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), op, "unknown function");
        }
    }

    /// <inheritdoc/>
    public override void UnaryGradient(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        switch (op.Kind)
        {
            case UnaryKind.Affine: MapGradient(new ScaleGradient(op.A), x, y, dy, dx); break;
            case UnaryKind.Power when op.A == 0: MapGradient(default(ZeroGradient), x, y, dy, dx); break;
            case UnaryKind.Power: MapGradient(new PowerGradient(op.A, new PowerFunction(op.A - 1)), x, y, dy, dx); break;
            case UnaryKind.Clip: MapGradient(new ClipGradient(op.A, op.B), x, y, dy, dx); break;
            case UnaryKind.Abs: MapGradient(default(AbsGradient), x, y, dy, dx); break;
            case UnaryKind.Sign: MapGradient(default(ZeroGradient), x, y, dy, dx); break;
            case UnaryKind.Exp: MapGradient(default(ExpGradient), x, y, dy, dx); break;
            case UnaryKind.Expm1: MapGradient(default(Expm1Gradient), x, y, dy, dx); break;
            case UnaryKind.Log: MapGradient(default(LogGradient), x, y, dy, dx); break;
            case UnaryKind.Log1p: MapGradient(default(Log1pGradient), x, y, dy, dx); break;
            case UnaryKind.Sqrt: MapGradient(default(SqrtGradient), x, y, dy, dx); break;
            case UnaryKind.Rsqrt: MapGradient(default(RsqrtGradient), x, y, dy, dx); break;
            case UnaryKind.Square: MapGradient(default(SquareGradient), x, y, dy, dx); break;
            case UnaryKind.Reciprocal: MapGradient(default(ReciprocalGradient), x, y, dy, dx); break;
            case UnaryKind.Relu: MapGradient(default(ReluGradient), x, y, dy, dx); break;
            case UnaryKind.LeakyRelu: MapGradient(new LeakyReluGradient(op.A), x, y, dy, dx); break;
            case UnaryKind.Elu: MapGradient(new EluGradient(op.A), x, y, dy, dx); break;
            case UnaryKind.Gelu: MapGradient(default(GeluGradient), x, y, dy, dx); break;
            case UnaryKind.Sigmoid: MapGradient(default(SigmoidGradient), x, y, dy, dx); break;
            case UnaryKind.Silu: MapGradient(default(SiluGradient), x, y, dy, dx); break;
            case UnaryKind.Softplus: MapGradient(default(SoftplusGradient), x, y, dy, dx); break;
            case UnaryKind.Tanh: MapGradient(default(TanhGradient), x, y, dy, dx); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), op, "unknown function");
        }
    }

    private void Map<TFunction>(TFunction function, Tensor x, Tensor y)
        where TFunction : unmanaged, IUnaryFunction
    {
        _team.Run(new UnaryWork<TFunction>(function, Pointer<float>(x), Pointer<float>(y), y.Count), Shards.Count(y.Count));
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    private void MapGradient<TGradient>(TGradient gradient, Tensor x, Tensor y, Tensor dy, Tensor dx)
        where TGradient : unmanaged, IUnaryGradient
    {
        var work = new UnaryGradientWork<TGradient>(
            gradient, Pointer<float>(x), Pointer<float>(y), Pointer<float>(dy), Pointer<float>(dx), dx.Count);
        _team.Run(work, Shards.Count(dx.Count));
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        GC.KeepAlive(dy);
        GC.KeepAlive(dx);
    }
}

using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Element-wise functions of one argument.</content>
public sealed unsafe partial class CudaBackend
{
    private static readonly string[] s_unary = SnakeCase.All<UnaryKind>("unary_");
    private static readonly string[] s_unaryGradient = SnakeCase.All<UnaryKind>("unary_gradient_");
    private static readonly string[] s_unaryNarrow = [.. s_unary.Select(name => name + "_narrow")];
    private static readonly string[] s_unaryGradientNarrow = [.. s_unaryGradient.Select(name => name + "_narrow")];
    private static readonly string[] s_unaryOfNarrow = [.. s_unary.Select(name => name + "_of_narrow")];
    private static readonly string[] s_unaryGradientToNarrow = [.. s_unaryGradient.Select(name => name + "_to_narrow")];

    /// <inheritdoc/>
    public override void Fill(float value, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        Activate();
        _api.SetMemory(OutputAddress(y), BitConverter.SingleToUInt32Bits(value), y.Count, _stream);
        if (BitConverter.SingleToUInt32Bits(value) == 0 && IsWhole(y))
            ((DeviceBuffer)y.Buffer).HoldsZeros = true;
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Unary(UnaryOp op, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        bool readsNarrow = IsRounded(x), isNarrow = readsNarrow && IsActivation(op.Kind);
        (KernelFamily family, string[] kernels) = isNarrow
            ? (KernelFamily.NarrowElementwise, s_unaryNarrow)
            : readsNarrow ? (KernelFamily.NarrowFunctions, s_unaryOfNarrow) : (KernelFamily.Unary, s_unary);
        using Operand inputs = AsOperand(x, readsNarrow);
        using Result result = AsResult(y, isNarrow);
        Each(family, kernels[(int)op.Kind], y.Count, inputs.Address, result.Address, y.Count, op.A, op.B);
        Finish(result);
    }

    /// <inheritdoc/>
    public override void UnaryGradient(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        if (IsRounded(x) && !IsActivation(op.Kind))
        {
            RoundedGradient(op, x, y, dy, dx);
            return;
        }

        bool isNarrow = IsActivation(op.Kind) && IsRounded(x) && IsRounded(y);
        using Operand inputs = AsOperand(x, isNarrow), outputs = AsOperand(y, isNarrow), outer = AsOperand(dy, isNarrow);
        using Result result = AsResult(dx, isNarrow);
        Each(
            isNarrow ? KernelFamily.NarrowElementwise : KernelFamily.UnaryGradient,
            (isNarrow ? s_unaryGradientNarrow : s_unaryGradient)[(int)op.Kind],
            dx.Count,
            inputs.Address,
            outputs.Address,
            outer.Address,
            result.Address,
            dx.Count,
            op.A,
            op.B);
        Finish(result);
    }

    /// <summary>The gradient of a function of rounded numbers that gives single precision.</summary>
    private void RoundedGradient(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx)
    {
        KernelArgument inputs = KernelArgument.Stored(x, out bool isNarrowX), outputs = KernelArgument.Stored(y, out bool isNarrowY);
        KernelArgument outer = KernelArgument.Stored(dy, out bool isNarrowOuter);
        using Result result = AsResult(dx, isNarrow: true);
        Each(
            KernelFamily.NarrowFunctions,
            s_unaryGradientToNarrow[(int)op.Kind],
            dx.Count,
            inputs,
            isNarrowX,
            outputs,
            isNarrowY,
            outer,
            isNarrowOuter,
            result.Address,
            dx.Count,
            op.A,
            op.B);
        Finish(result);
    }

    /// <summary>
    /// Whether a function of rounded numbers is rounded, too: what stands between layers. Probabilities, variances and what losses are made of
    /// are not.
    /// </summary>
    private static bool IsActivation(UnaryKind kind) => kind is UnaryKind.Affine or UnaryKind.Clip or UnaryKind.Abs or UnaryKind.Sign or UnaryKind.Relu
        or UnaryKind.LeakyRelu or UnaryKind.Elu or UnaryKind.Gelu or UnaryKind.Silu or UnaryKind.Softplus or UnaryKind.Tanh;
}

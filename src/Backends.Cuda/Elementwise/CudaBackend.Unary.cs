using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Element-wise functions of one argument.</content>
public sealed unsafe partial class CudaBackend
{
    private static readonly string[] s_unary = SnakeCase.All<UnaryKind>("unary_");
    private static readonly string[] s_unaryGradient = SnakeCase.All<UnaryKind>("unary_gradient_");
    private static readonly string[] s_unaryNarrow = [.. s_unary.Select(name => name + "_narrow")];
    private static readonly string[] s_unaryGradientNarrow = [.. s_unaryGradient.Select(name => name + "_narrow")];

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
        bool isNarrow = IsActivation(op.Kind) && IsRounded(x);
        using Operand inputs = AsOperand(x, isNarrow);
        using Result result = AsResult(y, isNarrow);
        Each(
            isNarrow ? KernelFamily.NarrowElementwise : KernelFamily.Unary,
            (isNarrow ? s_unaryNarrow : s_unary)[(int)op.Kind],
            y.Count,
            inputs.Address,
            result.Address,
            y.Count,
            op.A,
            op.B);
        Finish(result);
    }

    /// <inheritdoc/>
    public override void UnaryGradient(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
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

    /// <summary>
    /// Whether a function of rounded numbers is rounded, too: what stands between layers. Probabilities and what losses are made of are not.
    /// </summary>
    private static bool IsActivation(UnaryKind kind) => kind is UnaryKind.Affine or UnaryKind.Clip or UnaryKind.Relu or UnaryKind.LeakyRelu
        or UnaryKind.Elu or UnaryKind.Gelu or UnaryKind.Silu or UnaryKind.Tanh;
}

using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Element-wise functions of one argument.</content>
public sealed unsafe partial class CudaBackend
{
    private static readonly string[] s_unary = SnakeCase.All<UnaryKind>("unary_");
    private static readonly string[] s_unaryGradient = SnakeCase.All<UnaryKind>("unary_gradient_");

    /// <inheritdoc/>
    public override void Fill(float value, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        Activate();
        _api.SetMemory(Address(y), BitConverter.SingleToUInt32Bits(value), y.Count, _stream);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void Unary(UnaryOp op, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Unary, s_unary[(int)op.Kind], y.Count, x, y, y.Count, op.A, op.B);
    }

    /// <inheritdoc/>
    public override void UnaryGradient(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        Each(KernelFamily.UnaryGradient, s_unaryGradient[(int)op.Kind], dx.Count, x, y, dy, dx, dx.Count, op.A, op.B);
    }
}

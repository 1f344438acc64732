using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Softmax over rows, and its logarithm.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Softmax(Tensor x, Tensor y) => Rows<SoftmaxRow>(x, x, y);

    /// <inheritdoc/>
    public override void SoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Rows<SoftmaxGradientRow>(y, dy, dx);

    /// <inheritdoc/>
    public override void LogSoftmax(Tensor x, Tensor y) => Rows<LogSoftmaxRow>(x, x, y);

    /// <inheritdoc/>
    public override void LogSoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Rows<LogSoftmaxGradientRow>(y, dy, dx);

    private void Rows<TKernel>(Tensor a, Tensor b, Tensor y)
        where TKernel : unmanaged, IRowKernel
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(y);
        var work = new RowWork<TKernel>(Pointer<float>(a), Pointer<float>(b), Pointer<float>(y), y.Shape[0], y.Shape[1]);
        _team.Run(work, work.Count);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        GC.KeepAlive(y);
    }
}

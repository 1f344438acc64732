using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Pooling by own kernels: cuDNN's keeps no positions, and pads both edges alike.</content>
public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void MaxPool2D(Tensor x, in Pool2DGeometry geometry, Tensor y, Tensor argMax)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(argMax);
        KernelArgument inputs = KernelArgument.Stored(x, out bool isNarrow);
        using Result result = AsResult(y, isNarrow);
        EachPooled(SizedByType("max_pool", argMax), isNarrow, y.Count, inputs, result.Address, Output(argMax), Windows(geometry), y.Count);
        Finish(result);
    }

    /// <inheritdoc/>
    public override void MaxPool2DGradient(Tensor dy, Tensor argMax, in Pool2DGeometry geometry, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(argMax);
        ArgumentNullException.ThrowIfNull(dx);
        bool isNarrow = IsToBeRounded(dx, dy);
        using Operand outer = AsOperand(dy, isNarrow);
        using Result result = AsResult(dx, isNarrow);
        EachPooled(SizedByType("max_pool_gradient", argMax), isNarrow, dx.Count, outer.Address, argMax, result.Address, Windows(geometry), dx.Count);
        Finish(result);
    }

    /// <inheritdoc/>
    public override void AveragePool2D(Tensor x, in Pool2DGeometry geometry, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        KernelArgument inputs = KernelArgument.Stored(x, out bool isNarrow);
        using Result result = AsResult(y, isNarrow);
        EachPooled("average_pool", isNarrow, y.Count, inputs, result.Address, Windows(geometry), y.Count);
        Finish(result);
    }

    /// <inheritdoc/>
    public override void AveragePool2DGradient(Tensor dy, in Pool2DGeometry geometry, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        bool isNarrow = IsToBeRounded(dx, dy);
        using Operand outer = AsOperand(dy, isNarrow);
        using Result result = AsResult(dx, isNarrow);
        EachPooled("average_pool_gradient", isNarrow, dx.Count, outer.Address, result.Address, Windows(geometry), dx.Count);
        Finish(result);
    }

    private void EachPooled(string name, bool isNarrow, int items, params ReadOnlySpan<KernelArgument> arguments) =>
        Each(isNarrow ? KernelFamily.NarrowPooling : KernelFamily.Pooling, isNarrow ? name + "_narrow" : name, items, arguments);

    /// <summary>The structure of the same name in pooling.cuh.</summary>
    private static int[] Windows(in Pool2DGeometry g) =>
        [g.InHeight, g.InWidth, g.Channels, g.OutHeight, g.OutWidth, g.PoolHeight, g.PoolWidth, g.StrideH, g.StrideW, g.PadTop, g.PadLeft];
}

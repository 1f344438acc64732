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
        Each(KernelFamily.Pooling, Sized("max_pool", argMax), y.Count, x, y, argMax, Windows(geometry), y.Count);
    }

    /// <inheritdoc/>
    public override void MaxPool2DGradient(Tensor dy, Tensor argMax, in Pool2DGeometry geometry, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(argMax);
        ArgumentNullException.ThrowIfNull(dx);
        Each(KernelFamily.Pooling, Sized("max_pool_gradient", argMax), dx.Count, dy, argMax, dx, Windows(geometry), dx.Count);
    }

    /// <inheritdoc/>
    public override void AveragePool2D(Tensor x, in Pool2DGeometry geometry, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Pooling, "average_pool", y.Count, x, y, Windows(geometry), y.Count);
    }

    /// <inheritdoc/>
    public override void AveragePool2DGradient(Tensor dy, in Pool2DGeometry geometry, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        Each(KernelFamily.Pooling, "average_pool_gradient", dx.Count, dy, dx, Windows(geometry), dx.Count);
    }

    /// <summary>The structure of the same name in pooling.cu.</summary>
    private static int[] Windows(in Pool2DGeometry g) =>
        [g.InHeight, g.InWidth, g.Channels, g.OutHeight, g.OutWidth, g.PoolHeight, g.PoolWidth, g.StrideH, g.StrideW, g.PadTop, g.PadLeft];
}

using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Pooling.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void MaxPool2D(Tensor x, in Pool2DGeometry geometry, Tensor y, Tensor argMax)
    {
        _team.Run(new MaxPoolWork(geometry, Pointer<float>(x), Pointer<float>(y), Pointer<byte>(argMax)), geometry.Batch * geometry.OutHeight);
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        GC.KeepAlive(argMax);
    }

    /// <inheritdoc/>
    public override void MaxPool2DGradient(Tensor dy, Tensor argMax, in Pool2DGeometry geometry, Tensor dx)
    {
        if (geometry.Channels >= 8 && TiledPoolGradientWork<MaxPoolGradient>.Fits(geometry))
        {
            var gradient = new MaxPoolGradient(Pointer<float>(dy), Pointer<byte>(argMax), geometry.ArgMaxType);
            var tiles = new TiledPoolGradientWork<MaxPoolGradient>(geometry, gradient, Pointer<float>(dx));
            _team.Run(tiles, tiles.Shards);
        }
        else
        {
            var work = new MaxPoolGradientWork(geometry, Pointer<float>(dy), Pointer<byte>(argMax), Pointer<float>(dx));
            _team.Run(work, work.Shards);
        }

        GC.KeepAlive(dy);
        GC.KeepAlive(argMax);
        GC.KeepAlive(dx);
    }

    /// <inheritdoc/>
    public override void AveragePool2D(Tensor x, in Pool2DGeometry geometry, Tensor y)
    {
        _team.Run(new AveragePoolWork(geometry, Pointer<float>(x), Pointer<float>(y)), geometry.Batch * geometry.OutHeight);
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void AveragePool2DGradient(Tensor dy, in Pool2DGeometry geometry, Tensor dx)
    {
        if (TiledPoolGradientWork<AveragePoolGradient>.Fits(geometry))
        {
            var tiles = new TiledPoolGradientWork<AveragePoolGradient>(geometry, new AveragePoolGradient(Pointer<float>(dy)), Pointer<float>(dx));
            _team.Run(tiles, tiles.Shards);
        }
        else
        {
            using var shares = new Scratch(_memory, (long)geometry.OutHeight + geometry.OutWidth);
            AveragePoolGradientWork.Share(geometry, shares.Pointer);
            var work = new AveragePoolGradientWork(geometry, Pointer<float>(dy), shares.Pointer, Pointer<float>(dx));
            _team.Run(work, work.Shards);
        }

        GC.KeepAlive(dy);
        GC.KeepAlive(dx);
    }
}

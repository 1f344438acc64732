using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <content>Sampling of pictures.</content>
public sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public override void AffineSample(Tensor x, Tensor transforms, in AffineGeometry geometry, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(transforms);
        ArgumentNullException.ThrowIfNull(y);
        var work = new AffineSampleWork(geometry, Pointer<float>(x), Pointer<float>(transforms), Pointer<float>(y));
        _team.Run(work, geometry.Batch * geometry.OutHeight);
        GC.KeepAlive(x);
        GC.KeepAlive(transforms);
        GC.KeepAlive(y);
    }
}

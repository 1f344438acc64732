using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Sampling of pictures.</content>
public sealed unsafe partial class CudaBackend
{
    /// <inheritdoc/>
    public override void AffineSample(Tensor x, Tensor transforms, in AffineGeometry geometry, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(transforms);
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Sampling, "affine_sample", y.Count, x, transforms, Output(y), SamplingOf(geometry), y.Count);
    }

    /// <summary>The structure Sampling in sampling.cu.</summary>
    private static int[] SamplingOf(in AffineGeometry g) =>
    [
        g.InHeight, g.InWidth, g.Channels, g.OutHeight, g.OutWidth, g.Interpolation == SampleInterpolation.Nearest ? 1 : 0, (int)g.FillMode,
        BitConverter.SingleToInt32Bits(g.FillValue),
    ];
}

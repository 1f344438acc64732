using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The greatest value of each channel over whole pictures: [batch, h, w, channels] becomes [batch, channels].</summary>
/// <param name="keepDims">Whether height and width stay as extents of 1.</param>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class GlobalMaxPooling2D(bool keepDims = false, string? name = null) : GlobalPooling2D(keepDims, name)
{
    private protected override Tensor Pool(Tensor x) => x.Max([1, 2], KeepDims);
}

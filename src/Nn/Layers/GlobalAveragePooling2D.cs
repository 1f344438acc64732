using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The mean of each channel over whole pictures: [batch, h, w, channels] becomes [batch, channels].</summary>
/// <param name="keepDims">Whether height and width stay as extents of 1.</param>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class GlobalAveragePooling2D(bool keepDims = false, string? name = null) : Layer(name)
{
    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Windows.CheckPictures(inputShape);
        return keepDims ? new Shape(inputShape[0], 1, 1, inputShape[3]) : new Shape(inputShape[0], inputShape[3]);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Windows.CheckPictures(x.Shape);
        return x.Mean([1, 2], keepDims);
    }
}

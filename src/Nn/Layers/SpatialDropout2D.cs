using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// In training, sets whole channels of each picture [batch, h, w, channels] to 0 with some probability and scales the others so that the mean
/// stays; otherwise does nothing. Source: Tompson, Goroshin, Jain, LeCun, Bregler, "Efficient object localization using convolutional
/// networks", CVPR 2015, section 3.2.
/// </summary>
public sealed class SpatialDropout2D : RandomLayer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">The probability that a channel is 0, in [0, 1).</param>
    /// <param name="seed">The seed of the layer's own random numbers; those of <see cref="RandomGenerator.Default"/> are used
    /// when null.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1).</exception>
    public SpatialDropout2D(float rate, ulong? seed = null, string? name = null)
        : base(seed, name) => Rate = Dropout.CheckedRate(rate);

    /// <summary>The probability that a channel is 0.</summary>
    public float Rate { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Windows.CheckPictures(inputShape);
        return inputShape;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Windows.CheckPictures(x.Shape);
        return training && Rate > 0 ? x * Tensor.Ones((x.Shape[0], 1, 1, x.Shape[3]), x.Backend).Dropout(Rate, NextKey()) : x;
    }
}

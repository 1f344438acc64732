using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A layer that keeps one value of each channel of a picture: [batch, h, w, channels] becomes [batch, channels].</summary>
public abstract class GlobalPooling2D : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="keepDims">Whether height and width stay as extents of 1.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    private protected GlobalPooling2D(bool keepDims, string? name)
        : base(name) => KeepDims = keepDims;

    /// <summary>Whether height and width stay as extents of 1.</summary>
    public bool KeepDims { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Windows.CheckPictures(inputShape);
        return KeepDims ? new Shape(inputShape[0], 1, 1, inputShape[3]) : new Shape(inputShape[0], inputShape[3]);
    }

    /// <inheritdoc/>
    protected sealed override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        Windows.CheckPictures(x.Shape);
        return Pool(x);
    }

    /// <summary>Reduces the axes 1 and 2.</summary>
    private protected abstract Tensor Pool(Tensor x);
}

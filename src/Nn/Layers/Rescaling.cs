using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>x·scale + offset: raw pixels 0..255 become [0, 1] with a scale of 1/255.</summary>
/// <param name="scale">The factor.</param>
/// <param name="offset">Added after.</param>
/// <param name="name">The layer's name; chosen by the model when null.</param>
public sealed class Rescaling(float scale, float offset = 0, string? name = null) : Layer(name)
{
    /// <summary>The factor.</summary>
    public float Scale => scale;

    /// <summary>What is added after.</summary>
    public float Offset => offset;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => Tensor.Apply(x, new UnaryOp(UnaryKind.Affine, scale, offset));
}

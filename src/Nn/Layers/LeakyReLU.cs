using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>x for x ≥ 0, else slope·x.</summary>
public sealed class LeakyReLU : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="negativeSlope">What negative inputs are multiplied by, at least 0. The default is Keras'; PyTorch's is 0.01.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public LeakyReLU(float negativeSlope = 0.3f, string? name = null)
        : base(name) => NegativeSlope = negativeSlope is >= 0 and < float.PositiveInfinity
            ? negativeSlope
            : throw new ArgumentOutOfRangeException(nameof(negativeSlope), negativeSlope, "negativeSlope is at least 0");

    /// <summary>What negative inputs are multiplied by.</summary>
    public float NegativeSlope { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.LeakyRelu(NegativeSlope);
    }
}

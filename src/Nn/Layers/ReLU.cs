using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>max(x, 0) with a limit and a slope below 0: ReLU6 of mobile networks is <c>new ReLU(6)</c>.</summary>
public sealed class ReLU : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="maxValue">The greatest output, at least 0; no limit when null.</param>
    /// <param name="negativeSlope">What negative inputs are multiplied by, at least 0.</param>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    public ReLU(float? maxValue = null, float negativeSlope = 0, string? name = null)
        : base(name)
    {
        if (maxValue is not (null or >= 0 and < float.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(maxValue), maxValue, "maxValue is at least 0");
        if (negativeSlope is not (>= 0 and < float.PositiveInfinity))
            throw new ArgumentOutOfRangeException(nameof(negativeSlope), negativeSlope, "negativeSlope is at least 0");
        (MaxValue, NegativeSlope) = (maxValue, negativeSlope);
    }

    /// <summary>The greatest output; no limit when null.</summary>
    public float? MaxValue { get; }

    /// <summary>What negative inputs are multiplied by.</summary>
    public float NegativeSlope { get; }

    /// <summary>Whether it is max(x, 0) and nothing else.</summary>
    internal bool IsPlain => MaxValue is null && NegativeSlope == 0;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (NegativeSlope == 0)
            return MaxValue is { } limit ? x.Clip(0, limit) : x.Relu();
        Tensor y = x.LeakyRelu(NegativeSlope);
        return MaxValue is { } most ? y.Minimum(most) : y;
    }
}

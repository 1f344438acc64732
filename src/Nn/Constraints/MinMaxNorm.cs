using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Brings the lengths of vectors of weights into an interval.</summary>
/// <param name="minValue">The least length.</param>
/// <param name="maxValue">The greatest length.</param>
/// <param name="rate">How far a step goes towards the interval: 1 is all the way.</param>
/// <param name="axis">The axis that the vectors lie along.</param>
public sealed class MinMaxNorm(float minValue = 0, float maxValue = 1, float rate = 1, int axis = 0) : Constraint
{
    /// <summary>The least length.</summary>
    public float MinValue => minValue;

    /// <summary>The greatest length.</summary>
    public float MaxValue => maxValue;

    /// <summary>How far a step goes towards the interval.</summary>
    public float Rate => rate;

    /// <summary>The axis that the vectors lie along.</summary>
    public int Axis => axis;

    /// <inheritdoc/>
    public override Tensor Call(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Tensor norm = Norm(weights, axis);
        Tensor wanted = (norm.Clip(minValue, maxValue) * rate) + (norm * (1 - rate));
        return weights * (wanted / (norm + Epsilon));
    }
}
